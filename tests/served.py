"""A gateway in the process of the test, served as `gateway.py serve` serves it."""

from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from commands.opening import runner_of


class Served(TestServer):
    async def _make_runner(self, **_: Any) -> web.AppRunner:
        return runner_of(self.app)
