"""`python gateway.py …` as a developer types it, in a checkout of its own so that nobody's run file is touched."""

import asyncio
import os
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, cast

CHECKOUT = Path(__file__).parents[2]
PARTS = ("campus", "commands", "connectors", "dashboard", "execution", "pipeline", "resolvers", "sandbox", "schema")

PATIENCE = 60.0
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
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "gateway.py", *words],
        cwd=checkout,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


class Serving:
    """A gateway in a process of its own, and what it says."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.url = ""
        self.out: list[str] = []
        self.err: list[str] = []
        self._told = asyncio.Condition()
        self._listening = [
            asyncio.create_task(self._listen(cast("asyncio.StreamReader", process.stdout), self.out)),
            asyncio.create_task(self._listen(cast("asyncio.StreamReader", process.stderr), self.err)),
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
        status = await asyncio.wait_for(self.process.wait(), STOPPING)
        await asyncio.gather(*self._listening)
        return status

    async def stop(self) -> int:
        self.process.terminate()
        return await self.ended()


@asynccontextmanager
async def serving(checkout: Path, *words: str, environ: Mapping[str, str] | None = None) -> AsyncIterator[Serving]:
    """`serve` with these words, on any free port, from when it is ready; stopped at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "gateway.py", "serve", "--port", "0", *words,
        cwd=checkout, env={**os.environ, **(environ or {})}, stdout=PIPE, stderr=PIPE, limit=2**20,
    )  # fmt: skip
    gateway = Serving(process)
    try:
        gateway.url = (await gateway.says("gateway: ready at ")).removeprefix("gateway: ready at ")
        await gateway.says("  curl ")
        yield gateway
    finally:
        if process.returncode is None:
            await gateway.stop()


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
