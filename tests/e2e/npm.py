"""Programs of npm that tests run: each in a folder of its own beside the tests, installed as its lock file says."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

FOLDERS = Path(__file__).parent


async def run_in(folder: str, program: str, *arguments: str) -> str:
    """What a program of the folder prints. What it needs is installed before, if it is not."""
    node, npm = _program("node"), _program("npm")
    if not (FOLDERS / folder / "node_modules").is_dir():
        await _run(folder, npm, "ci", "--no-progress")
    return await _run(folder, node, program, *arguments)


def _program(name: str) -> str:
    own = Path(sys.executable).parent / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        _missing(f"{name} is not on this machine")
    return found


async def _run(folder: str, *command: str) -> str:
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=FOLDERS / folder,
        env={**os.environ, "PATH": path},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaint = await asyncio.wait_for(process.communicate(), timeout=600)
    if process.returncode and command[1] == "ci":
        _missing(f"{folder} cannot be installed: {complaint.decode()[-300:]}")
    assert process.returncode == 0, complaint.decode()
    return printed.decode()


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
