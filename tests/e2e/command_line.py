"""`python gateway.py …` in a checkout of its own so that nobody's run file is touched.

`typed` and `serving(…, typed=True)` start Python, as a developer does; all else are copies of one that has started.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from tests.machine import patience

from .forked import Forked

CHECKOUT = Path(__file__).parents[2]
PARTS = ("campus", "commands", "connectors", "dashboard", "execution", "pipeline", "resolvers", "sandbox", "schema")

PATIENCE = 120.0
"""Seconds after which a command that says nothing more is taken for hung."""

STOPPING = 20.0
"""Seconds a gateway may take to stop."""


class Said(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line a command that failed has said."""
        (line,) = self.err.splitlines()
        return line


def checkout_at(place: Path) -> Path:
    """A checkout of the same code with a state of its own. The script is copied, since Python resolves its link."""
    place.mkdir()
    shutil.copy(CHECKOUT / "gateway.py", place)
    for part in PARTS:
        (place / part).symlink_to(CHECKOUT / part)
    return place


def said(checkout: Path, *words: str, environ: Mapping[str, str] | None = None) -> Said:
    """Runs a command to its end."""
    process = Forked(checkout, words, {**os.environ, **(environ or {})})
    out, err = process.said(PATIENCE)
    return Said(cast("int", process.returncode), out, err)


def typed(checkout: Path, *words: str) -> Said:
    """The same, from the start of Python on."""
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "gateway.py", *words],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


class Serving:
    """A gateway in a process of its own, and what it says."""

    def __init__(self, process: Process | Forked, out: asyncio.StreamReader, err: asyncio.StreamReader) -> None:
        self.process = process
        self.url = ""
        self.out: list[str] = []
        self.err: list[str] = []
        self._told = asyncio.Condition()
        self._listening = [
            asyncio.create_task(self._listen(out, self.out)),
            asyncio.create_task(self._listen(err, self.err)),
        ]

    async def _listen(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        async for line in stream:
            async with self._told:
                lines.append(line.decode().rstrip("\n"))
                self._told.notify_all()
        async with self._told:
            self._told.notify_all()

    async def says(self, words: str) -> str:
        """The first line on standard output that holds these words. Fails when the process ends without."""

        def found() -> str | None:
            return next((line for line in self.out if words in line), None)

        async with self._told, asyncio.timeout(PATIENCE):
            await self._told.wait_for(lambda: found() is not None or self._listening[0].done())
        line = found()
        assert line is not None, f"never said {words!r}: {self.out} {self.err}"
        return line

    async def ended(self) -> int:
        """The exit status, once all it had to say is there."""
        status = await asyncio.wait_for(self.process.wait(), patience(STOPPING))
        await asyncio.gather(*self._listening)
        return status

    async def stop(self) -> int:
        self.process.terminate()
        return await self.ended()


@asynccontextmanager
async def serving(
    checkout: Path, *words: str, environ: Mapping[str, str] | None = None, typed: bool = False
) -> AsyncIterator[Serving]:
    """`serve` with these words, on any free port, from when it is ready; stopped at the end if it still runs."""
    start = _typed if typed else _forked
    gateway = await start(checkout, ("serve", "--port", "0", *words), {**os.environ, **(environ or {})})
    try:
        gateway.url = (await gateway.says("gateway: ready at ")).removeprefix("gateway: ready at ")
        await gateway.says("  curl ")
        yield gateway
    finally:
        if gateway.process.returncode is None:
            await gateway.stop()


async def _forked(checkout: Path, words: Sequence[str], environ: Mapping[str, str]) -> Serving:
    process = await asyncio.to_thread(Forked, checkout, words, environ)
    return Serving(process, await _reader(process.out), await _reader(process.err))


async def _typed(checkout: Path, words: Sequence[str], environ: Mapping[str, str]) -> Serving:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "gateway.py", *words, cwd=checkout, env=environ, stdout=PIPE, stderr=PIPE, limit=2**20
    )
    out, err = cast("asyncio.StreamReader", process.stdout), cast("asyncio.StreamReader", process.stderr)
    return Serving(process, out, err)


async def _reader(stream: IO[bytes]) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stream)
    return reader


def children_of(pid: int) -> list[int]:
    """Processes that a process has started and that still run (Linux)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in listed.split()]


def runs(pid: int) -> bool:
    """Whether it still does anything: who has ended and waits for its parent to notice does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


async def until(found: Callable[[], bool]) -> None:
    """Fails when it has not come to be, as long as one can wait."""
    async with asyncio.timeout(PATIENCE):
        while not found():  # noqa: ASYNC110  processes tell nobody when they end
            await asyncio.sleep(0.05)


def settings_file(document: Mapping[str, Any]) -> str:
    """The text of a campus.toml that says the same."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in document.items())


def _toml(value: Any) -> str:
    """A value within one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
