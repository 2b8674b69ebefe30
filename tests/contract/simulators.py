"""Serving one simulated system to a test, and comparing its answers with recorded ones."""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web

from sandbox.clock import Clock
from sandbox.university import CAMPUS_TIME

from .small_university import NOW, small_university

SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """The origin of the application on a free loopback port."""
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def simulator(module: ModuleType, campus: str, secret: str) -> AsyncIterator[str]:
    """One system of the small university, at the moment the small university was made."""
    db = sqlite3.connect(":memory:")
    module.seed(db, small_university(), campus)
    async with served(module.build_app(db, clock_at(NOW), secret)) as origin:
        yield origin
    db.close()


def clock_at(moment: datetime) -> Clock:
    return Clock(moment - datetime.now(CAMPUS_TIME))


async def drive(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Runs a third party's blocking client beside the server."""
    return await asyncio.to_thread(call, *args, **kwargs)


def specification(name: str) -> Path:
    """A published specification or recording. They are not ours to copy, so they lie beside the checkout."""
    path = SPECS / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is needed in CI and is not there")
        pytest.skip(f"{name} is not beside this checkout")
    return path


def recorded_json(name: str) -> Any:
    """The body of a recorded answer: a JSON file, or what follows the head in an .http file."""
    text = specification(name).read_text()
    return json.loads(text.split("\n\n", 1)[1] if name.endswith(".http") else text)


def differences(recorded: Any, ours: Any, at: str = "$") -> list[str]:
    """Where members or types differ. A recorded null says nothing of the type; of a list the first row is the model."""
    if recorded is None or ours is None:
        return []
    if isinstance(recorded, dict) and isinstance(ours, dict):
        odd = [
            f"{at}.{name} is {'missing' if name in recorded else 'too much'}" for name in recorded.keys() ^ ours.keys()
        ]
        return odd + [
            d for name in recorded.keys() & ours.keys() for d in differences(recorded[name], ours[name], f"{at}.{name}")
        ]
    if isinstance(recorded, list) and isinstance(ours, list):
        return [d for n, row in enumerate(ours) if recorded for d in differences(recorded[0], row, f"{at}[{n}]")]
    numbers = (int, float)
    if isinstance(recorded, numbers) and isinstance(ours, numbers) and not isinstance(recorded, bool):
        return []
    return [] if type(recorded) is type(ours) else [f"{at} is {type(ours).__name__}, not {type(recorded).__name__}"]
