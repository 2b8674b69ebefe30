"""The simulated housing and card offices keep to their own document, and hold what adds up."""

import asyncio
import json
import sqlite3
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

import aiohttp
import openapi_spec_validator
import pytest

from sandbox import campus_life
from sandbox.population import populate
from sandbox.university import CAMPUS_TIME

from .openapi import Specification
from .simulators import clock_at, served

NOW = datetime(2026, 10, 28, 10, 0, tzinfo=CAMPUS_TIME)
TOKEN = "token-of-the-offices"


@cache
def document() -> Specification:
    return Specification(json.loads(campus_life.DOCUMENT.read_text(encoding="utf-8")))


class Office:
    """A campus's offices on their port; every question and answer is held against the document."""

    def __init__(self, session, db):
        self._session, self.db = session, db

    async def get(self, path, status=200, token=TOKEN):
        document().request("GET", path)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self._session.get(path, headers=headers) as answer:
            body = await answer.json(content_type=None)
            assert answer.status == status, body
            document().response("GET", path, status, body, answer.content_type)
            return body


@pytest.fixture(scope="module")
def university():
    return populate(1, 60, NOW)


@asynccontextmanager
async def office(university, campus, now=NOW, **limits):
    db = sqlite3.connect(":memory:")
    campus_life.seed(db, university, campus)
    app = campus_life.build_app(db, clock_at(now), TOKEN, **limits)
    async with served(app) as origin, aiohttp.ClientSession(origin) as session:
        yield Office(session, db)
    db.close()


def known(university, claim):
    return [person for person in university.people if claim in person.accounts]


def test_the_document_is_one_by_the_validator_of_the_openapi_initiatives_schema():
    openapi_spec_validator.validate(json.loads(campus_life.DOCUMENT.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("campus", "paths"),
    [
        ("CWB", {"/people/{account}/housing"}),
        ("GZ", {"/people/{account}/housing", "/people/{account}/card", "/people/{account}/card/transactions"}),
    ],
)
async def test_each_campus_serves_the_document_of_the_parts_it_has(university, campus, paths):
    async with office(university, campus) as offices, offices._session.get("/openapi.json") as answer:
        told = await answer.json()
        openapi_spec_validator.validate(told)
        assert set(told["paths"]) == paths
        for path in {"/people/1/card", "/nowhere"}:
            async with offices._session.get(path) as refused:
                problem = await refused.json(content_type="application/problem+json")
                known_path = path.replace("1", "{account}") in paths
                assert problem["type"] == ("urn:campus-life:unknown-person" if known_path else "about:blank")


@pytest.mark.parametrize(("campus", "claim"), [("CWB", "cwb_resident_id"), ("GZ", "gz_card_number")])
async def test_a_room_is_what_the_finance_office_charges_for_and_holds_no_more_than_its_beds(university, campus, claim):
    rooms = {}
    async with office(university, campus) as offices:
        for person in known(university, claim):
            stays = (await offices.get(f"/people/{person.accounts[claim]}/housing"))["items"]
            charged = sum(
                charge.amount
                for record in person.records.values()
                if record.campus == campus
                for charge in record.file.account.charges
                if charge.term == "2610" and charge.item["en"] == "Residence fee"
            )
            now = [stay for stay in stays if stay["contract"]["state"] == "active"]
            assert [Decimal(stay["rent"]["amount"]["amount"]) for stay in now] == ([charged] if charged else [])
            for stay in stays:
                rooms.setdefault((stay["residence"]["code"], stay["room"], stay["contract"]["starts"]), []).append(stay)
    for shared in rooms.values():
        assert {stay["roommates"] for stay in shared} == {len(shared) - 1}
        assert len(shared) <= shared[0]["beds"]
    assert max(len(shared) for shared in rooms.values()) > 1
    assert {stay["contract"]["state"] for shared in rooms.values() for stay in shared} == {"active", "upcoming"}
    windows = [stay["roomChange"] for shared in rooms.values() for stay in shared if stay["roomChange"]]
    assert windows[0] == {"opens": "2026-10-20", "closes": "2026-11-06"}


async def test_nobody_is_told_who_lives_in_a_room(university):
    """The answer to each of two roommates, held against everything there is on the other."""
    people = {person.accounts["cwb_resident_id"]: person for person in known(university, "cwb_resident_id")}
    async with office(university, "CWB") as offices:
        pairs = offices.db.execute(
            "select one.account, other.account from stay as one join stay as other using (room)"
            " where one.account != other.account"
        ).fetchall()
        assert pairs
        for reader, other in pairs:
            text = json.dumps(await offices.get(f"/people/{reader}/housing"), ensure_ascii=False)
            person = people[other]
            for value in (person.key, person.surname + " ", person.email, *person.accounts.values()):
                assert value not in text


async def test_a_card_is_worth_what_was_paid_in_and_out_page_by_page(university):
    async with office(university, "GZ") as offices:
        lost = 0
        for person in known(university, "gz_card_number"):
            path = f"/people/{person.accounts['gz_card_number']}/card"
            card = await offices.get(f"{path}?transactions=3")
            assert "latest" not in await offices.get(path)
            rows, before = [], ""
            while page := await offices.get(f"{path}/transactions?pageSize=10{before}"):
                rows += page["items"]
                assert page["total"] >= len(rows)
                if not page["more"]:
                    break
                before = f"&before={rows[-1]['number']}"
            assert len(rows) == page["total"] >= 24
            assert rows[:3] == card["latest"]["items"]
            assert [row["number"] for row in rows] == list(range(len(rows), 0, -1))
            assert [row["postedAt"] for row in rows] == sorted((row["postedAt"] for row in rows), reverse=True)
            total = Decimal()
            for row in reversed(rows):
                total += Decimal(row["amount"]["amount"])
                assert Decimal(row["balance"]["amount"]) == total >= 0
            assert Decimal(card["balance"]["amount"]) == total
            assert card["balance"]["currency"] == "CNY"
            reported = card["loss"]["state"] == "reported"
            assert (card["state"] == "frozen") == reported == (card["loss"]["reportedAt"] is not None)
            lost += reported
            if person.persona:
                assert reported == (person.persona == "jordan")
    assert lost >= 1


async def test_who_works_here_has_a_card_and_no_room_and_who_left_has_neither(university):
    async with office(university, "GZ") as offices:
        teacher = next(each for each in known(university, "gz_card_number") if "faculty" in each.affiliations)
        assert await offices.get(f"/people/{teacher.accounts['gz_card_number']}/housing") == {"items": []}
        problem = await offices.get("/people/62220000/card", 404)
    assert problem["type"] == "urn:campus-life:unknown-person"
    assert not [person for person in known(university, "gz_card_number") if "alumni" in person.affiliations]


async def test_contracts_begin_and_end_with_the_clock(university):
    account = next(each for each in university.people if each.persona == "alex").accounts["cwb_resident_id"]
    seen = []
    for later in (0, 100, 250):
        async with office(university, "CWB", NOW + timedelta(days=later)) as offices:
            stays = (await offices.get(f"/people/{account}/housing"))["items"]
            seen.append([(stay["contract"]["starts"], stay["contract"]["state"]) for stay in stays])
    assert seen == [[("2026-09-01", "active"), ("2027-02-01", "upcoming")], [("2027-02-01", "active")], []]


async def test_refusals_are_problems_as_the_document_words_them(university):
    async with office(university, "GZ") as offices:
        account = known(university, "gz_card_number")[0].accounts["gz_card_number"]
        assert (await offices.get(f"/people/{account}/card", 401, token="wrong"))["type"] == "about:blank"
        assert await offices.get(f"/people/{account}/card", token="")
        for wrong in ("card?transactions=101", "card?transactions=all", "card/transactions?pageSize=0"):
            async with offices._session.get(f"/people/{account}/{wrong}") as answer:
                told = await answer.json(content_type="application/problem+json")
                document().response("GET", f"/people/{account}/{wrong}", 400, told, answer.content_type)
    for status in (401, 404, 429, 500, 503):
        kind, body = campus_life.error_body(status)
        document().response("GET", "/people/1/card", status, json.loads(body), kind)


async def test_who_asks_too_often_is_told_when_to_ask_again_and_is_answered_then(university):
    async with office(university, "GZ", calls_a_second=1) as offices:
        path = f"/people/{known(university, 'gz_card_number')[0].accounts['gz_card_number']}/housing"
        statuses, waited = [], None
        while waited is None and len(statuses) < 200:
            async with offices._session.get(path) as answer:
                statuses.append(answer.status)
                if answer.status == 429:
                    kind = answer.content_type
                    document().response("GET", path, 429, await answer.json(content_type=None), kind)
                    waited = int(answer.headers["Retry-After"])
        assert set(statuses[:-1]) == {200}
        await asyncio.sleep(waited)
        assert "items" in await offices.get(path)
