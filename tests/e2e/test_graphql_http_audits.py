"""The audits of npm's graphql-http: all of them, MUST, SHOULD and MAY."""

import json

from .npm import run_in
from .small_gateway import small_gateway


async def test_every_audit_of_graphql_over_http_is_passed() -> None:
    async with small_gateway() as gate:
        printed = await run_in("graphql-http", "audit.mjs", str(gate.client.make_url("/graphql")))
    audits = [json.loads(line) for line in printed.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
