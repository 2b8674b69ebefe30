"""Which gateway was started last from this checkout: written by serve, read by token."""

from pathlib import Path

import msgspec

from .failure import Failure

STATE = Path(__file__).parents[1] / ".campus-gateway"
"""What running leaves in the checkout; git ignores it."""

RUN_FILE = STATE / "run.json"


class Run(msgspec.Struct):
    url: str
    sandbox: bool


def write(run: Run) -> None:
    STATE.mkdir(exist_ok=True)
    fresh = RUN_FILE.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(run))
    fresh.replace(RUN_FILE)


def read() -> Run:
    """Raises Failure where nothing was started yet."""
    try:
        return msgspec.json.decode(RUN_FILE.read_bytes(), type=Run)
    except (OSError, msgspec.DecodeError) as error:
        raise Failure(
            "no gateway was started from this checkout yet: run `python gateway.py serve --sandbox`"
        ) from error
