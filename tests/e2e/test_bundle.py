"""The bundle installs and serves where nothing beyond the machine itself can be reached."""

import json
import os
import subprocess
import sys
import tarfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bundle.build import CHECKOUT, bundle

NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: whoever wants to leave the machine fails at once."""


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The bundle of the last commit, unpacked and installed."""
    build = [sys.executable, CHECKOUT / "dashboard/graphiql/build.py"]
    built = subprocess.run(build, check=False, capture_output=True)  # noqa: S603
    if built.returncode:
        pytest.skip(f"GraphiQL cannot be built here: {built.stderr.decode()[-300:]}")
    try:
        packed = bundle(tmp_path)
    except SystemExit as reason:
        pytest.skip(f"the wheels cannot be fetched here: {reason}")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path, filter="data")
    (inside,) = (path for path in tmp_path.iterdir() if path.is_dir())
    install = ["sh", "bundle/install.sh"]
    subprocess.run(install, cwd=inside, env=_offline(PYTHON=sys.executable), check=True, timeout=600)  # noqa: S603
    return inside


def test_what_the_bundle_installs_serves_the_sandbox_and_graphiql(unpacked: Path) -> None:
    with _served(unpacked) as url:
        with urllib.request.urlopen(f"{url}/graphql?query=%7Bsystems%7Bid%7D%7D", timeout=60) as answer:  # noqa: S310
            systems = {system["id"] for system in json.load(answer)["data"]["systems"]}
        with urllib.request.urlopen(f"{url}/graphiql", timeout=60) as page:  # noqa: S310
            assert page.status == 200
    assert systems == {
        "sis-cwb",
        "sis-gz",
        "library-cwb",
        "library-gz",
        "catalogue-cwb",
        "onestop-gz",
        "tickets-cwb",
        "shuttle-gz",
        "rates-hkma",
        "life-gz",
        "life-cwb",
        "facilities-gz",
        "notices-cwb",
        "notices-gz",
    }
    assert not list(unpacked.glob(".venv/lib/*/site-packages/pytest")), "what only develops stays at home"


@contextmanager
def _served(inside: Path) -> Iterator[str]:
    options = ["--sandbox", "--students", "30", "--port", "0", "--data-dir", str(inside / "data")]
    python = inside / ".venv/bin/python"
    with subprocess.Popen(  # noqa: S603
        [python, "gateway.py", "serve", *options], cwd=inside, env=_offline(), stdout=subprocess.PIPE, text=True
    ) as gateway:
        try:
            assert gateway.stdout is not None
            ready = next(line for line in gateway.stdout if line.startswith("gateway: ready at "))
            yield ready.split()[-1]
        finally:
            gateway.terminate()
            gateway.communicate(timeout=60)


def _offline(**more: str) -> Mapping[str, str]:
    """Nothing of this machine's settings for packages, and no way out."""
    kept = {
        name: value for name, value in os.environ.items() if not name.lower().startswith(("pip_", "uv_", "no_proxy"))
    }
    return kept | {name: NOWHERE for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")} | more
