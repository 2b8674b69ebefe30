"""The audits of npm's graphql-http: all of them, MUST, SHOULD and MAY."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from .small_gateway import small_gateway

AUDITS = Path(__file__).parent / "graphql-http"


async def test_every_audit_of_graphql_over_http_is_passed() -> None:
    node, npm = _program("node"), _program("npm")
    if not (AUDITS / "node_modules/graphql-http").is_dir():
        await _run(npm, "ci", "--no-progress")
    async with small_gateway() as gate:
        printed = await _run(node, "audit.mjs", str(gate.client.make_url("/graphql")))
    audits = [json.loads(line) for line in printed.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61


def _program(name: str) -> str:
    own = Path(sys.executable).parent / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        _missing(f"{name} is not on this machine")
    return found


async def _run(*command: str) -> str:
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=AUDITS,
        env={**os.environ, "PATH": path},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaint = await asyncio.wait_for(process.communicate(), timeout=120)
    if process.returncode and command[1] == "ci":
        _missing(f"the audits cannot be installed: {complaint.decode()[-300:]}")
    assert process.returncode == 0, complaint.decode()
    return printed.decode()


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
