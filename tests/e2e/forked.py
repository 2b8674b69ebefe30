"""`python gateway.py …` as a copy of a process that has read all its modules already, which takes seconds each time.

Everything else of it is its own: words, folder, environment, streams, signals, status. The script is run from its
checkout, and so are the commands, which know that place by where they lie.
"""

import asyncio
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

_server = multiprocessing.get_context("forkserver")
# It looks for modules in the folder where the tests are started, which is the checkout.
_server.set_forkserver_preload(["gateway"])


class Forked:
    """One that runs; what the tests use of asyncio's Process."""

    def __init__(self, checkout: Path, words: Sequence[str], environ: Mapping[str, str]) -> None:
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        self._process = _server.Process(
            target=_run, args=(checkout, words, environ, _Sent(out_end), _Sent(err_end)), daemon=True
        )
        self._process.start()
        for end in (out_end, err_end):
            os.close(end)
        self.out = os.fdopen(out, "rb", 0)
        self.err = os.fdopen(err, "rb", 0)
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    async def wait(self) -> int | None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        return self._process.exitcode

    def said(self, seconds: float) -> tuple[str, str]:
        """All it says, once it has ended. Raises TimeoutError if it does not."""
        with ThreadPoolExecutor(2) as reading, self.out, self.err:
            texts = [reading.submit(stream.read) for stream in (self.out, self.err)]
            self._process.join(seconds)
            if self.returncode is None:
                self._process.kill()
                raise TimeoutError
            out, err = (text.result().decode() for text in texts)
        return out, err

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Sent:
    """A descriptor that goes along to the process that is started, and is a number again there."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (DupFd(self._descriptor),)


def _received(sent: Any) -> int:
    return sent.detach()


def _run(checkout: Path, words: Sequence[str], environ: Mapping[str, str], out: int, err: int) -> None:
    for stream, number in ((out, 1), (err, 2)):
        os.dup2(stream, number)
        os.close(stream)
    # As Python opens them where they are pipes.
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", 1, closefd=False)
    os.chdir(checkout)
    os.environ.clear()
    os.environ.update(environ)
    for command in [name for name in sys.modules if name.partition(".")[0] == "commands"]:
        del sys.modules[command]
    sys.path.insert(0, str(checkout))
    sys.argv = ["gateway.py", *words]
    runpy.run_path("gateway.py", run_name="__main__")
