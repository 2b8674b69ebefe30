"""The words of the command line, and which command each of them is for."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import check, migrate, purge, schema, serve, stable, token
from .failure import Failure
from .opening import OpenGateway

MOST_PORT = 65535


COMMANDS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "token": token.token,
    "schema": lambda _: schema.schema(),
    "stable": lambda _: stable.stable(stable.CHECKOUT, datetime.now(UTC).date()),
    "check": check.check,
    "migrate": migrate.migrate,
    "purge": purge.purge,
}
"""All but `serve`, which is handed the gateway as well."""


def run(words: Sequence[str], open_gateway: OpenGateway) -> int:
    """Carries out one command; the exit status is 0 when it did what it was told, 1 with the reason on stderr."""
    arguments = _parser().parse_args(words)
    try:
        if arguments.command == "serve":
            serve.serve(arguments, open_gateway)
        else:
            COMMANDS[arguments.command](arguments)
    except Failure as failure:
        return failure.told()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python gateway.py", description="One GraphQL schema over the systems of a two-campus university."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_serve(commands)
    asked = commands.add_parser("token", help="print one bearer token of the sandbox")
    asked.add_argument("--as", dest="who", required=True, metavar="PERSONA|CLIENT", help="who signs in")
    asked.add_argument("--scope", default="", help='scopes, as "library:read tickets:read"; all allowed, if left out')
    asked.add_argument("--issuer", default="", metavar="CAMPUS", help="which campus signs in; the persona's own")
    commands.add_parser("schema", help="print the schema (SDL)")
    commands.add_parser("stable", help="tell what in the schema breaks clients of the last release")
    checked = commands.add_parser("check", help="check settings, schema, documents, and reach of each system")
    migrated = commands.add_parser("migrate", help="bring the portal's tables to this version, or to another one")
    migrated.add_argument("--to", metavar="VERSION", default="head", help="a version, or base for none (this one)")
    purged = commands.add_parser("purge", help="delete from the portal's tables what is over its time")
    purged.add_argument("--person", metavar="ID", help="everything of this person instead, by university person id")
    for command in (checked, migrated, purged):
        command.add_argument("--config", type=Path, default=Path("campus.toml"), help="settings (campus.toml)")
    return parser


def _add_serve(commands: Any) -> None:
    served = commands.add_parser("serve", help="serve the gateway")
    served.add_argument("--sandbox", action="store_true", help="start the simulated university along with it")
    served.add_argument("--config", type=Path, help="settings; with --sandbox, its systems replace simulated ones")
    served.add_argument("--host", help="address to listen on (127.0.0.1)")
    served.add_argument("--port", type=_port, help="port to listen on (8000); 0 takes any free one")
    served.add_argument("--workers", type=_many, default=1, metavar="N", help="processes that answer (1)")
    simulated = served.add_argument_group("the simulated university")
    simulated.add_argument("--catalogue", type=Path, metavar="FILE", help="a real term's courses, .json or .json.gz")
    simulated.add_argument("--term", metavar="CODE", help="its term, where the file's name does not begin with it")
    simulated.add_argument("--students", type=int, metavar="N", help="how many students (2000)")
    simulated.add_argument("--seed", type=int, metavar="N", help="which university (1)")
    simulated.add_argument(
        "--officers", type=float, default=20, metavar="SECONDS", help="after which One Stop agrees to a step (20)"
    )
    simulated.add_argument("--now", type=_moment, metavar="TIME", help="what its clock shows, ISO 8601 (mid-term)")
    simulated.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where its state lies (one for each university)"
    )
    simulated.add_argument("--reset", action="store_true", help="throw its state away and build it anew")


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= MOST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to {MOST_PORT}")
    return int(text)


def _many(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError as reason:
        sentence = f"{text!r} is no time of ISO 8601, as 2026-10-28T10:00:00+08:00"
        raise argparse.ArgumentTypeError(sentence) from reason
    return text
