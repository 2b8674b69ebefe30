"""Puts into dist/ what installs the committed state of this checkout on a machine without internet.

`make bundle` runs this file, after GraphiQL is built. The wheels fit machines of the same platform and Python.
"""

import io
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
GRAPHIQL = Path("dashboard/graphiql/dist")


def bundle(directory: Path) -> Path:
    """The bundle's path. Ends the process where git or pip fail; what they said stands above."""
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"campus-gateway-{version}"
    inside = directory / name
    shutil.rmtree(inside, ignore_errors=True)
    inside.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(_said_by("git", "archive", "--format=tar", "HEAD"))) as sources:
        sources.extractall(inside, filter="data")
    _download(inside / "requirements" / "run.txt", inside / "wheels")
    shutil.copytree(CHECKOUT / GRAPHIQL, inside / GRAPHIQL)
    (inside / GRAPHIQL / "index.html").touch()  # younger than the sources beside it, so that nobody builds it again
    packed = directory / f"{name}-{sysconfig.get_platform()}-py{sys.version_info.major}.{sys.version_info.minor}.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(inside, arcname=name)
    shutil.rmtree(inside)
    return packed


def _download(requirements: Path, wheels: Path) -> None:
    options = ["--quiet", "--require-hashes", "--only-binary", ":all:", "--dest", str(wheels), "-r", str(requirements)]
    _said_by(sys.executable, "-m", "pip", "download", *options)


def _said_by(*command: str) -> bytes:
    done = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"No bundle is made: {' '.join(command[:4])} failed with {done.returncode}.")
    return done.stdout


if __name__ == "__main__":
    print(f"bundle: {bundle(CHECKOUT / 'dist').relative_to(CHECKOUT)}")
