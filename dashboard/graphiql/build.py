"""Build GraphiQL from its pinned packages, where it is missing or older than what it is made of.

`make graphiql` runs this file. The machine's own Node.js is used if it is one Vite accepts; else the one from
PyPI, which node.txt pins.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MADE_OF = ("package.json", "package-lock.json", "vite.config.js", "index.html", "src")


def build() -> None:
    """Leaves the page in `dist`, or ends the process with what failed; npm writes to this process's own output."""
    # Two that build at once would delete each other's node_modules.
    with (HERE / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _up_to_date():
            return
        npm = _npm()
        # npm is a script that looks for node on PATH: it must find the one that lies beside it.
        environment = os.environ | {"PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        for step in (["ci", "--no-progress"], ["run", "build"]):
            code = subprocess.run([npm, *step], cwd=HERE, env=environment, check=False).returncode  # noqa: S603
            if code:
                sys.exit(f"GraphiQL is not built: npm {step[0]} failed with {code}; what it said stands above.")


def _up_to_date() -> bool:
    page = HERE / "dist" / "index.html"
    sources = [file for name in MADE_OF for file in (HERE / name, *(HERE / name).glob("*")) if file.is_file()]
    return page.is_file() and all(file.stat().st_mtime <= page.stat().st_mtime for file in sources)


def _npm() -> Path:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _accepted_by_vite(node):
        return Path(npm)
    own = Path(sys.executable).parent / "npm"
    if not own.exists():
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(HERE / "node.txt")]
        if subprocess.run(install, check=False).returncode:  # noqa: S603
            sys.exit("GraphiQL is not built: there is no Node.js that Vite accepts, and pip could not install one.")
    return own


def _accepted_by_vite(node: str) -> bool:
    """Vite 8 asks for ^20.19 || >=22.12 (its package.json, `engines`)."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    if not version:
        return False
    major, minor = int(version[1]), int(version[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


if __name__ == "__main__":
    build()
