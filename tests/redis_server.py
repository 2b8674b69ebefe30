"""A real Redis of the tests' own on a free port, with a password, thrown away with the session."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

PASSWORD = "s3cret-of-redis"


class RedisServer:
    """A server that can be stopped and started again."""

    def __init__(self, program: str, port: int) -> None:
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"

    async def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "requirepass": PASSWORD}
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        nowhere = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(self._program, *words, cwd="/tmp", stdout=nowhere)  # noqa: S108
        for _ in range(200):
            if await self._answers():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("redis-server does not answer")

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    def client(self) -> "Redis":
        return Redis.from_url(self.url, password=PASSWORD)

    async def _answers(self) -> bool:
        async with self.client() as client:
            try:
                return bool(await client.ping())
            except (RedisError, OSError):
                return False


@asynccontextmanager
async def redis_server() -> AsyncIterator[RedisServer]:
    """Skips where Redis is not installed; in CI that fails."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("redis-server is needed in CI and is not installed")
        pytest.skip("redis-server is not installed; on Debian: apt-get install redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = RedisServer(program, port)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
