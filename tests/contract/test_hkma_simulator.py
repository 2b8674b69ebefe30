"""The simulated monetary authority, held against what its documentation says of parameters and columns."""

from contextlib import asynccontextmanager
from datetime import date, datetime

import pytest
from aiohttp import ClientSession

from sandbox import hkma
from sandbox.university import CAMPUS_TIME

from .simulators import simulator

DOCUMENTED = {
    "end_of_day", "usd", "gbp", "jpy", "cad", "aud", "sgd", "twd", "chf", "cny", "krw", "thb", "myr", "dem", "nlg",
    "bef", "frf", "itl", "eur", "php", "inr", "idr", "zar", "special_drawing_rights", "neeri_1983_trade_wgt",
    "neeri_1983_import_wgt", "neeri_1983_export_wgt", "neeri_2000_trade_wgt", "neeri_2000_import_wgt",
    "neeri_2000_export_wgt", "neeri_2010_trade_wgt", "neeri_2010_import_wgt", "neeri_2010_export_wgt",
}  # fmt: skip
"""Columns by the documentation."""


@asynccontextmanager
async def authority():
    async with simulator(hkma, "CWB", "") as origin, ClientSession() as session:

        async def table(**params):
            async with session.get(origin + hkma.TABLE, params=params) as answer:
                assert (answer.status, answer.content_type) == (200, "application/json")
                told = await answer.json()
            if not told["header"]["success"]:
                return told["header"]
            assert told["header"] == {"success": True, "err_code": "0000", "err_msg": "No error found"}
            assert told["result"]["datasize"] == len(told["result"]["records"])
            return told["result"]["records"]

        yield table


def days(rows):
    return [row["end_of_day"] for row in rows]


async def test_the_newest_day_comes_first_a_hundred_at_a_time():
    async with authority() as table:
        usual = await table()
        first, then = await table(pagesize="60"), await table(pagesize="60", offset="60")
        assert len(await table(pagesize="5000")) == 1000, "whatever more is asked for"
    assert len(usual) == 100
    assert days(usual) == sorted(days(usual), reverse=True) == days(first + then)[:100]
    assert usual[0].keys() >= DOCUMENTED


async def test_what_is_published_ends_with_a_month_that_is_over():
    """On 23 November, October's figures are out."""
    async with authority() as table:
        (newest,) = await table(pagesize="1")
    assert newest["end_of_day"] == "2026-10-30", "31 October is a Saturday"


@pytest.mark.parametrize(
    ("today", "newest"),
    [((2026, 11, 7), "2026-09-30"), ((2026, 11, 8), "2026-10-30"), ((2027, 1, 2), "2026-11-30")],
)
def test_the_bulletin_is_out_on_the_eighth(today, newest):
    now = datetime(*today, tzinfo=CAMPUS_TIME)
    assert str(next(hkma.days_published(now.date()))) == newest


async def test_there_are_no_figures_for_weekends_and_holidays_and_none_of_what_the_euro_replaced():
    async with authority() as table:
        october = await table(choose="end_of_day", **{"from": "2026-10-01", "to": "2026-10-31"})
    read = [date.fromisoformat(day) for day in days(october)]
    assert {day.weekday() for day in read} == {0, 1, 2, 3, 4}
    assert date(2026, 10, 1) not in read, "National Day"
    assert date(2026, 10, 19) not in read, "the Monday after Chung Yeung, which was a Sunday"
    assert len(read) == 20
    for row in october:
        assert {row[name] for name in ("dem", "nlg", "bef", "frf", "itl")} == {None}
        assert 7.75 <= row["usd"] <= 7.85
        assert row["cny"] > 1


async def test_fields_filter_and_order_are_as_asked():
    async with authority() as table:
        rows = await table(fields="end_of_day,cny", sortby="cny", sortorder="asc", pagesize="30")
        picked = await table(column="end_of_day", filter="2026-10-30,2026-10-29", fields="end_of_day")
    assert {tuple(row) for row in rows} == {("end_of_day", "cny")}
    assert [row["cny"] for row in rows] == sorted(row["cny"] for row in rows)
    assert days(picked) == ["2026-10-30", "2026-10-29"]


@pytest.mark.parametrize(
    "params", [{"fields": "end_of_day,mop"}, {"sortby": "date"}, {"pagesize": "all"}, {"choose": "month"}]
)
async def test_a_question_it_does_not_understand_is_refused_with_status_200(params):
    async with authority() as table:
        header = await table(**params)
    assert (header["success"], header["err_code"] == "0000") == (False, False)


async def test_the_same_seed_makes_the_same_figures():
    async with authority() as table:
        first = await table(pagesize="3")
    async with authority() as table:
        assert await table(pagesize="3") == first
