"""What a client meets at /graphql: statuses, types, limits, refusals and what an answer carries, over real HTTP."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import get_introspection_query

from .small_gateway import SECRET, SmallGateway, small_gateway

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
PAGE = "https://portal.example.edu"


@pytest.fixture
async def gate() -> AsyncIterator[SmallGateway]:
    async with small_gateway(server={"cors_origins": [PAGE, "http://localhost:*"]}) as ready:
        yield ready


async def codes(response: Any) -> list[str]:
    return [error["extensions"]["code"] for error in (await response.json(content_type=None))["errors"]]


async def test_get_and_post_answer_alike(gate: SmallGateway) -> None:
    query = "query Greet($name: String!) { hello(name: $name) }"
    posted = await gate.post(query, variables={"name": "Ann"}, operationName="Greet")
    parameters = {"query": query, "variables": '{"name": "Ann"}', "operationName": "Greet"}
    got = await gate.client.get("/graphql", params=parameters)
    assert await posted.json() == await got.json() == {"data": {"hello": "hello Ann"}}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON), ("*/*", JSON), ("application/*", JSON), (GRAPHQL, GRAPHQL), (JSON, JSON),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL), (f"{JSON}, {GRAPHQL}", GRAPHQL), (f"{JSON}, {GRAPHQL};q=0.5", JSON),
        (f"{JSON}, */*", JSON), (f"{GRAPHQL}, */*", GRAPHQL), (f"*/*, {JSON};q=0", GRAPHQL),
        (f"{GRAPHQL}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed", GRAPHQL),
        (f"{JSON}; charset=UTF-8", JSON), ("text/html,application/xml;q=0.9,*/*;q=0.8", JSON),
        (f"{GRAPHQL};q=x, {JSON};q=0.1", JSON),
    ],
)  # fmt: skip
async def test_the_answers_type_is_negotiated(gate: SmallGateway, accept: str | None, expected: str) -> None:
    response = await gate.client.post(
        "/graphql",
        json={"query": "{ hello }"},
        headers={"Accept": accept} if accept else {},
        skip_auto_headers=["Accept"],
    )
    assert response.status == 200
    assert response.headers["Content-Type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", f"{JSON};q=0", f"{GRAPHQL};charset=utf-16", "application/json2"])
async def test_who_takes_neither_type_gets_406(gate: SmallGateway, accept: str) -> None:
    response = await gate.post(headers={"Accept": accept})
    assert response.status == 406
    assert await codes(response) == ["BAD_REQUEST"]


WELL_FORMED = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query ($n: String!) { hello(name: $n) }"}, "BAD_USER_INPUT"),
    ({"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": 7}}, "BAD_USER_INPUT"),
    ({"query": "query A { hello }", "operationName": "B"}, "BAD_REQUEST"),
    ({"query": "{" + "somebody { friend " + "{ friend " * 11 + "{ name }" + "}" * 13}, "QUERY_TOO_COMPLEX"),
    ({"query": "{ " + " ".join(f"a{n}: hello" for n in range(31)) + " }"}, "QUERY_TOO_COMPLEX"),
]


@pytest.mark.parametrize(("body", "code"), WELL_FORMED, ids=lambda part: str(part)[:40])
async def test_a_request_that_cannot_run_has_errors_and_no_data(
    gate: SmallGateway, body: dict[str, Any], code: str
) -> None:
    for accept, status in ((GRAPHQL, 400), (JSON, 200)):
        response = await gate.client.post("/graphql", json=body, headers={"Accept": accept})
        assert response.status == status
        answer = await response.json(content_type=accept)
        assert "data" not in answer
        assert {error["extensions"]["code"] for error in answer["errors"]} == {code}


BAD_BODIES: list[tuple[Any, dict[str, str], int]] = [
    (b"", {"Content-Type": JSON}, 400),
    (b"{", {"Content-Type": JSON}, 400),
    (b"\xff", {"Content-Type": JSON}, 400),
    (b'{"query": "{ hello }", "variables": NaN}', {"Content-Type": JSON}, 400),
    (b'[{"query": "{ hello }"}]', {"Content-Type": JSON}, 400),
    (b"7", {"Content-Type": JSON}, 400),
    (b"{}", {"Content-Type": JSON}, 400),
    (b'{"query": "  "}', {"Content-Type": JSON}, 400),
    (b'{"query": 7}', {"Content-Type": JSON}, 400),
    (b'{"query": "{ hello }", "operationName": 7}', {"Content-Type": JSON}, 400),
    (b'{"query": "{ hello }", "variables": []}', {"Content-Type": JSON}, 400),
    (b'{"query": "{ hello }", "extensions": "x"}', {"Content-Type": JSON}, 400),
    (b'{"query": "{ hello }"}', {"Content-Type": "text/plain"}, 415),
    (b'{"query": "{ hello }"}', {"Content-Type": "application/graphql"}, 415),
    (b"query=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    (b"--x--", {"Content-Type": "multipart/form-data; boundary=x", "GraphQL-Preflight": "1"}, 400),
    ('{"query": "{ hello }"}'.encode("utf-16"), {"Content-Type": f"{JSON}; charset=utf-16"}, 415),
    (b"x" * 262_145, {"Content-Type": JSON}, 413),
    (b"not gzip", {"Content-Type": JSON, "Content-Encoding": "gzip"}, 400),
]


@pytest.mark.parametrize(("body", "headers", "status"), BAD_BODIES, ids=lambda part: str(part)[:50])
@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_what_is_no_graphql_request_is_refused_whatever_is_accepted(
    gate: SmallGateway, body: bytes, headers: dict[str, str], status: int, accept: str
) -> None:
    response = await gate.client.post("/graphql", data=body, headers={**headers, "Accept": accept})
    assert response.status == status
    answer = await response.json(content_type=accept)
    assert "data" not in answer
    assert not gate.contexts


async def test_a_body_without_a_length_is_measured_as_it_comes(gate: SmallGateway) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1000

    response = await gate.client.post("/graphql", data=endless(), headers={"Content-Type": JSON})
    assert response.status == 413


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with small_gateway(limits={"operation_seconds": 0.2}) as gate:

        async def halting() -> AsyncIterator[bytes]:
            yield b'{"query": '
            await asyncio.sleep(1)

        response = await gate.client.post("/graphql", data=halting(), headers={"Content-Type": JSON})
        assert response.status == 408


@pytest.mark.parametrize(
    "query_string",
    ["", "query=", "query={hello}&query={hello}", "query={hello}&variables={", "query={hello}&extensions=7"],
)
async def test_a_get_that_asks_nothing_clear_is_refused(gate: SmallGateway, query_string: str) -> None:
    assert (await gate.client.get(f"/graphql?{query_string}")).status == 400


async def test_mutations_are_not_made_by_get(gate: SmallGateway) -> None:
    response = await gate.client.get("/graphql", params={"query": "mutation { renew }"})
    assert (response.status, response.headers["Allow"]) == (405, "POST")
    both = await gate.client.get(
        "/graphql", params={"query": "mutation M { renew } query Q { hello }", "operationName": "Q"}
    )
    assert both.status == 200


async def test_subscriptions_are_refused_in_words(gate: SmallGateway) -> None:
    for response in (
        await gate.post("subscription { ticks }"),
        await gate.client.get("/graphql", params={"query": "subscription { ticks }"}),
    ):
        assert response.status == 400
        assert "Subscriptions" in (await response.json())["errors"][0]["message"]


async def test_other_methods_are_not_known(gate: SmallGateway) -> None:
    for method in ("PUT", "DELETE", "PATCH", "HEAD"):
        assert (await gate.client.request(method, "/graphql", json={"query": "{ hello }"})).status == 405


async def test_errors_of_fields_leave_the_rest_standing(gate: SmallGateway, caplog: pytest.LogCaptureFixture) -> None:
    response = await gate.post("{ hello broken forbidden loans merged }", headers={"X-Correlation-Id": "mine-1"})
    answer = await response.json()
    assert answer["data"] == {
        "hello": "hello world", "broken": None, "forbidden": None, "loans": None, "merged": ["what came"],
    }  # fmt: skip
    told = {error["path"][0]: (error["message"], error["extensions"]) for error in answer["errors"]}
    assert told["broken"] == (
        "Something went wrong on our side.",
        {"code": "INTERNAL", "correlationId": "mine-1"},
    )
    assert told["forbidden"][1]["code"] == "FORBIDDEN"
    assert told["loans"][1] == {
        "code": "UPSTREAM_TIMEOUT", "correlationId": "mine-1", "system": "library-cwb", "retryAfter": 2,
    }  # fmt: skip
    assert told["merged"][1]["system"] == "sis-gz"
    assert SECRET not in await response.text()
    assert SECRET in caplog.text


async def test_an_operation_that_takes_too_long_is_answered_without_data() -> None:
    async with small_gateway(limits={"operation_seconds": 0.1}) as gate:
        response = await gate.post("{ hello slow }", headers={"Accept": GRAPHQL})
        assert response.status == 504
        answer = await response.json(content_type=GRAPHQL)
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == "UPSTREAM_TIMEOUT"


async def test_a_token_makes_a_viewer(gate: SmallGateway) -> None:
    token = gate.issuer.token(university_person_id="p-000017")
    response = await gate.post("{ person }", headers={"Authorization": f"Bearer {token}"})
    assert await response.json() == {"data": {"person": "p-000017"}}
    assert await (await gate.post("{ person }")).json() == {"data": {"person": None}}


async def test_a_bad_token_is_refused_and_nothing_runs(gate: SmallGateway) -> None:
    for accept in (GRAPHQL, JSON):
        response = await gate.post(headers={"Authorization": "Bearer x.y.z", "Accept": accept})
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
        assert await codes(response) == ["UNAUTHENTICATED"]
    assert not gate.contexts


async def test_an_issuer_out_of_reach_is_503(gate: SmallGateway) -> None:
    gate.issuer.down = True
    response = await gate.post(headers={"Authorization": f"Bearer {gate.issuer.token()}"})
    assert response.status == 503
    extensions = (await response.json())["errors"][0]["extensions"]
    assert (extensions["code"], extensions["system"], extensions["campus"]) == (
        "UPSTREAM_UNAVAILABLE",
        "login-cwb",
        "CWB",
    )


@pytest.mark.parametrize(("introspection", "anonymous", "signed_in"), [
    ("always", True, True), ("signed_in", False, True), ("never", False, False),
])  # fmt: skip
async def test_introspection_is_shown_to_whom_the_settings_say(
    introspection: str, anonymous: bool, signed_in: bool
) -> None:
    async with small_gateway(limits={"introspection": introspection}) as gate:
        bearer = {"Authorization": f"Bearer {gate.issuer.token()}"}
        for headers, shown in ((None, anonymous), (bearer, signed_in)):
            answer = await (await gate.post(get_introspection_query(), headers=headers)).json()
            assert ("data" in answer) is shown
            if not shown:
                assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
            assert (await gate.post("{ __typename }", headers=headers)).status == 200


async def test_pages_of_known_origins_may_read_answers(gate: SmallGateway) -> None:
    for origin in (PAGE, "http://localhost:5173", "http://localhost"):
        response = await gate.post(headers={"Origin": origin})
        assert response.headers["Access-Control-Allow-Origin"] == origin
        assert "Origin" in response.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in response.headers
    for origin in ("https://evil.example", "null", f"{PAGE}.evil.example", "http://localhost:5173.evil.example"):
        response = await gate.post(headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Origin" in response.headers["Vary"]


async def test_preflights_are_answered(gate: SmallGateway) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    allowed = await gate.client.options("/graphql", headers={"Origin": PAGE, **asked})
    assert allowed.status == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == PAGE
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]
    refused = await gate.client.options("/graphql", headers={"Origin": "https://evil.example", **asked})
    assert "Access-Control-Allow-Methods" not in refused.headers
    assert (await gate.client.options("/graphql")).headers["Allow"] == "GET, POST, OPTIONS"


async def test_pages_of_other_sites_change_nothing(gate: SmallGateway) -> None:
    for origin in ("https://evil.example", "null", "http://[::1", ""):
        assert (await gate.post("mutation { renew }", headers={"Origin": origin})).status == 403
    own = str(gate.client.make_url("")).rstrip("/")
    for headers in ({}, {"Origin": PAGE}, {"Origin": own}):
        assert await (await gate.post("mutation { renew }", headers=headers)).json() == {"data": {"renew": "renewed"}}


async def test_every_answer_carries_an_id_and_no_versions(gate: SmallGateway) -> None:
    for response in (
        await gate.post(),
        await gate.post("{"),
        await gate.client.get("/nowhere"),
        await gate.client.get("/health/live"),
        await gate.client.put("/graphql"),
    ):
        assert len(response.headers["X-Correlation-Id"]) == 32
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Server" not in response.headers
    assert (await gate.post()).headers["Cache-Control"] == "no-store"


async def test_a_sane_id_of_the_clients_is_kept(gate: SmallGateway) -> None:
    for given, kept in (("abc.DEF_1-2", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("é", False)):
        response = await gate.post(headers={"X-Correlation-Id": given})
        assert (response.headers["X-Correlation-Id"] == given) is kept
        assert gate.contexts[-1].correlation_id == response.headers["X-Correlation-Id"]


async def test_one_line_tells_of_an_operation_and_no_values(
    gate: SmallGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gateway.operations")
    token = gate.issuer.token(university_person_id="p-000017", sub="canary-subject")
    await gate.post(
        "query Greet($n: String!) { hello(name: $n) loans }",
        variables={"n": "canary-value"},
        headers={"Authorization": f"Bearer {token}", "X-Correlation-Id": "line-1"},
    )
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "gateway.operations"]
    assert len(lines) == 1
    line = lines[0]
    assert line.pop("milliseconds") > 0
    assert line.pop("time").startswith("20")
    assert len(line.pop("documentHash")) == 64
    assert line == {
        "correlationId": "line-1", "operationName": "Greet", "operationType": "query", "status": 200,
        "calls": {"sis-cwb": 1}, "codes": ["UPSTREAM_TIMEOUT"], "client": "portal", "viewer": "person",
    }  # fmt: skip
    assert "canary" not in caplog.text


async def test_refused_requests_leave_a_line_too(gate: SmallGateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateway.operations")
    await gate.post("{")
    line = json.loads(caplog.records[-1].getMessage())
    assert (line["status"], line["codes"], line["viewer"]) == (200, ["GRAPHQL_PARSE_FAILED"], "anonymous")


async def test_health_tells_life_from_readiness(gate: SmallGateway) -> None:
    assert (await gate.client.get("/health/live")).status == 200
    assert await (await gate.client.get("/health/ready")).json() == {"status": "ready"}
