"""The sandbox as a process: it builds, says where everything is, keeps its state, and knows what it was asked for."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.machine import patience

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-10-28T10:00:00+08:00"
SYSTEMS = {
    "sis-cwb",
    "sis-gz",
    "library-cwb",
    "catalogue-cwb",
    "library-gz",
    "onestop-gz",
    "tickets-cwb",
    "notices-cwb",
    "notices-gz",
    "shuttle-gz",
    "rates-hkma",
    "life-gz",
    "life-cwb",
    "facilities-gz",
}


def command(data, *options):
    return [sys.executable, "-m", "sandbox", "--data-dir", str(data), *options]


@contextmanager
def running(data, *options):
    """The announcement of a sandbox that runs until the block ends."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        command(data, *options), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    line = process.stdout.readline()
    try:
        assert line, process.stderr.read().decode()
        yield json.loads(line) | {"process": process}
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()
        process.stderr.close()


def refused(data, *options):
    """What a start that does not come up says."""
    done = subprocess.run(  # noqa: S603 - our own command
        command(data, *options),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A data directory of a small university, built once."""
    data = tmp_path_factory.mktemp("sandbox")
    with running(data, "--students", "40", "--seed", "7", "--now", NOW) as told:
        told.pop("process")
        return data, told


async def test_it_says_where_everything_is(built):
    _, told = built
    assert {system["id"] for system in told["systems"]} == SYSTEMS
    assert [issuer["campus"] for issuer in told["issuers"]] == ["CWB", "GZ"]
    assert {persona["id"] for persona in told["personas"]} == {
        "alex", "mei", "jordan", "wing", "sam", "taiman-a", "taiman-b", "bo", "quinn", "lee", "rita", "pat", "ivy",
    }  # fmt: skip
    assert "partner-portal" in {client["id"] for client in told["clients"]}
    assert told["now"].startswith("2026-10-28T10:0")
    assert "2610" in told["terms"]["CWB"]
    addresses = [system["url"] for system in told["systems"]] + [issuer["issuer"] for issuer in told["issuers"]]
    assert len(set(addresses)) == len(SYSTEMS) + 2
    assert all(address.startswith("http://127.0.0.1:") for address in addresses)


async def test_a_start_on_existing_data_is_quick_keeps_addresses_and_state(built):
    data, told = built
    (sis,) = [system for system in told["systems"] if system["id"] == "sis-cwb"]
    headers = {"Authorization": f"Bearer {sis['secret']}"}
    begin = time.monotonic()
    with running(data) as again:
        assert time.monotonic() - begin < patience(3.0)
        assert (again["systems"], again["issuers"]) == (told["systems"], told["issuers"])
        assert again["now"] > told["now"]
        async with aiohttp.ClientSession(sis["url"], headers=headers) as session:
            async with session.get("/persons") as answer:
                person = (await answer.json())["items"][0] | {"mobileNumber": "+852 5555 0001"}
            async with session.put(f"/persons/{person['personId']}", json=person) as answer:
                assert answer.status == 200
    with running(data, "--seed", "7", "--students", "40", "--now", NOW):
        address = f"{sis['url']}/persons/{person['personId']}"
        async with aiohttp.request("GET", address, headers=headers) as answer:
            assert (await answer.json()) == person


async def test_every_system_is_framed_and_can_be_reset_at_the_socket(built):
    with running(built[0]) as told:
        for system in told["systems"]:
            async with aiohttp.ClientSession(system["url"]) as session:
                async with session.put("/__faults", json={"mode": "down"}) as answer:
                    assert answer.status == 200
                reader, writer = await asyncio.open_connection("127.0.0.1", int(system["url"].rpartition(":")[2]))
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                with pytest.raises(ConnectionResetError):
                    await reader.read()
                writer.close()
                for mode, status in (("closed", 503), ("500", 500), ("429", 429), ("401", 401), ("wrong-schema", 200)):
                    await session.put("/__faults", json={"mode": mode})
                    async with session.get("/anything") as answer:
                        assert (answer.status, bool(await answer.read())) == (status, True)
                async with session.get("/__calls") as answer:
                    assert (await answer.json())["count"] >= 6


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_in_order(built, number):
    with running(built[0]) as told:
        told["process"].send_signal(number)
        assert told["process"].wait(10) == 0


async def test_it_ends_when_nobody_listens_any_more(built):
    with running(built[0]) as told:
        told["process"].stdin.close()
        assert told["process"].wait(10) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--students", "41"], "students 40, not 41"),
        (["--seed", "8"], "seed 7, not 8"),
        (["--now", "2026-10-29T10:00:00+08:00"], "--reset"),
    ],
)
def test_options_that_contradict_the_data_are_refused(built, options, said):
    told = refused(built[0], *options)
    assert said in told
    assert "--reset" in told


def test_a_data_directory_is_held_by_one_sandbox(built):
    with running(built[0]):
        assert "in use" in refused(built[0])


def test_a_half_built_data_directory_is_noticed_and_built_anew(built, tmp_path):
    sqlite3.connect(tmp_path / "sis-cwb.sqlite").execute("CREATE TABLE resource (kind TEXT)").connection.close()
    process = subprocess.Popen(  # noqa: S603 - our own command
        command(tmp_path, "--students", "40"),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    first = process.stderr.readline().decode()
    assert "half-built" in first
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "sandbox.json").exists()
    with running(tmp_path, "--students", "40") as told:
        assert {system["id"] for system in told["systems"]} == SYSTEMS


def test_a_catalogue_that_cannot_be_used_stops_the_start(tmp_path):
    file = tmp_path / "2330.json"
    assert "cannot be read" in refused(tmp_path / "data", "--catalogue", str(file))
    file.write_text("{")
    assert "does not hold JSON" in refused(tmp_path / "data", "--catalogue", str(file))
    assert "--catalogue" in refused(tmp_path / "data", "--term", "2330")
    file.write_text('{"UROP": []}')
    assert "holds no course" in refused(tmp_path / "data", "--catalogue", str(file))
    course = {"subject": "UROP", "course": "1000", "name": "Research", "units": 1, "info": {}, "attrs": []}
    file.write_text(json.dumps({"UROP": [course | {"sections": []}]}))
    assert "outside the catalogue's term 2330" in refused(tmp_path / "data", "--catalogue", str(file), "--now", NOW)
