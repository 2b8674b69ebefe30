"""GET /metrics: what is counted, by which few names, and who may read it."""

import re
import socket
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.caching import Clock
from tests.simulated_campus import SimulatedCampus, University, campus_over

FREE = "query Canary { me { loans { nodes { title } } } }"
PASSED_ON = [{"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"X-Real-IP": "203.0.113.9"}]


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Sample name and labels in the order of their names, but for the buckets' -> value."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "le" not in sample.labels
    }


async def counted(campus: SimulatedCampus) -> dict[tuple[str, ...], float]:
    async with campus.client.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        return samples(await answer.text())


async def test_operations_systems_loaders_indexes_and_followers_are_counted(university: University) -> None:
    await university.well()
    async with campus_over(university) as campus:
        await campus.indexes_filled()
        before = await counted(campus)
        await campus.widget("loans", as_="alex")
        await university.systems["library-cwb"].fault("down")
        await campus.widget("loans", as_="alex")
        await university.well()
        await campus.ask(FREE, as_="alex")
        await campus.ask("query Canary { nothing }")
        now = await counted(campus)
        more = {name: value - before.get(name, 0) for name, value in now.items()}
        operations = {name[1:]: value for name, value in more.items() if name[0] == "gateway_operation_seconds_count"}
        assert {name: value for name, value in operations.items() if value} == {
            ("Loans", "ok", "query"): 1,
            ("Loans", "partial", "query"): 1,
            ("other", "ok", "query"): 1,
            ("other", "refused", "none"): 1,
        }
        assert not any("Canary" in part for name in now for part in name)
        calls = {name[1:]: value for name, value in more.items() if name[0] == "gateway_system_call_seconds_count"}
        assert calls["ok", "library-cwb"] == 2
        assert calls["UPSTREAM_UNAVAILABLE", "library-cwb"] == 1
        assert more["gateway_lookups_total", "documents", "hit"] == 2
        assert more["gateway_lookups_total", "documents", "miss"] == 2
        assert any(name[0] == "gateway_loader_keys_total" and value for name, value in more.items())
        assert now["gateway_index_fill_seconds_count", "services", "ok", "onestop-gz"] >= 1
        assert now["gateway_index_filled_timestamp_seconds", "services", "onestop-gz"] > 1.7e9

        assert now["gateway_connections",] == now["gateway_subscriptions",] == 0
        async with campus.client.ws_connect("/graphql", protocols=("graphql-transport-ws",)) as client:
            await follow(client)
            now = await counted(campus)
            assert now["gateway_connections",] == now["gateway_subscriptions",] == 1
            assert now["gateway_subscription_events_total",] == 1


async def follow(client: Any) -> None:
    """Until there is a first event."""
    await client.send_json({"type": "connection_init"})
    await client.receive_json()
    payload = {"query": 'subscription { shuttlePositions(route: "R1") { __typename } }'}
    await client.send_json({"type": "subscribe", "id": "1", "payload": payload})
    await client.receive_json()


async def test_whoever_is_not_on_this_machine_reads_nothing(open_campus: SimulatedCampus) -> None:
    for headers in PASSED_ON:
        async with open_campus.client.get("/metrics", headers=headers) as answer:
            assert answer.status == 404


async def test_a_port_of_its_own_takes_it_off_the_other(university: University) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with campus_over(university, university.settings({"metrics": {"port": port}})) as campus:
        assert (await campus.client.get("/metrics")).status == 404
        headers = PASSED_ON[0]
        async with aiohttp.request("GET", f"http://127.0.0.1:{port}/metrics", headers=headers) as answer:
            assert "gateway_operation_seconds" in await answer.text()
        async with aiohttp.request("GET", f"http://127.0.0.1:{port}/graphql") as answer:
            assert answer.status == 404


async def test_a_port_that_is_taken_is_told(university: University) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = re.escape(f"metrics: cannot listen on 127.0.0.1:{port}: ")
        with pytest.raises(Exception, match=words):
            async with campus_over(university, university.settings({"metrics": {"port": port}})):
                pass


async def test_of_each_thing_that_is_kept_it_is_counted_how_it_was_told(keeping: SimulatedCampus, clock: Clock) -> None:
    thing = "LibraryLoaders.loans_by_account"
    before = await counted(keeping)
    for seconds in (0, 1, 10):
        clock.now += seconds
        assert (await keeping.widget("loans", as_="alex")).errors == []
    await keeping.systems["library-cwb"].fault("down")
    clock.now += 10
    for _ in range(2):
        assert (await keeping.widget("loans", as_="alex")).errors == []
    now = await counted(keeping)
    told = {
        result: now["gateway_lookups_total", thing, result] - before.get(("gateway_lookups_total", thing, result), 0)
        for result in ("hit", "miss", "stale", "stale_if_error")
    }
    assert told == {"hit": 1, "miss": 3, "stale_if_error": 1, "stale": 1}
