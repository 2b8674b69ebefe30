"""A real PostgreSQL of the tests' own: a private cluster on a free port, thrown away with the session."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from connectors.portal import Database

USER = "gateway"
PASSWORD = "s3cret-of-the-store"


class Cluster(NamedTuple):
    """A server that is up. Whoever signs in does so by password, as in earnest."""

    programs: Path
    directory: Path
    port: int

    async def database(self, name: str) -> Database:
        """A new, empty one."""
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, database="postgres"
        )
        await connection.execute(f'create database "{name}"')
        await connection.close()
        return Database(f"postgresql://{USER}@127.0.0.1:{self.port}/{name}", PASSWORD)

    def stop(self) -> None:
        _run(self.programs / "pg_ctl", "stop", "-D", self.directory / "data", "-m", "fast", "-w")

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.directory} -c fsync=off"
        )
        _run(self.programs / "pg_ctl", "start", "-D", self.directory / "data", "-w", "-o", options, "-l",
             self.directory / "log")  # fmt: skip


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Skips where PostgreSQL is not installed; in CI that fails."""
    directory = Path(tempfile.mkdtemp(prefix="gateway-postgres-"))
    here = Cluster(_programs(), directory, _free_port())
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root; Debian's package brings a user for it
        shutil.chown(directory, "postgres", "postgres")
    with _cleared_away(here):
        secret = directory / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        _run(here.programs / "initdb", "-D", directory / "data", "-U", USER, "-A", "scram-sha-256", "-E", "UTF8",
             "--pwfile", secret, "--no-sync")  # fmt: skip
        here.start()
        yield here


CLEAR_AWAY = 'cat; "$0" stop -D "$1/data" -m immediate -w; rm -rf "$1"'
"""Once nobody holds the other end of its standard input: also when the tests were killed, which a server outlives."""


@contextmanager
def _cleared_away(here: Cluster) -> Iterator[None]:
    words = ["sh", "-c", CLEAR_AWAY, here.programs / "pg_ctl", here.directory]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": _user(), "cwd": "/"}
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True, **quiet):  # noqa: S603
        yield  # leaving closes the pipe, and waits


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    installed = Path(shutil.which("initdb") or (found[-1] if found else "nowhere"))
    if not installed.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is needed in CI and is not installed")
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    return installed.parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _user() -> str | None:
    return "postgres" if os.geteuid() == 0 else None


def _run(*words: object) -> None:
    done = subprocess.run(  # noqa: S603  programs of Debian's package
        [str(word) for word in words],
        cwd="/",
        user=_user(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # a server that inherits a pipe would keep it open
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, words
