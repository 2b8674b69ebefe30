"""The exchange rate connector over the simulated authority, and over answers as others have seen them."""

import json
from datetime import date
from decimal import Decimal

import aiohttp
import pytest

from connectors.rates import Hkma, Price, Rates
from connectors.wire import UpstreamBadResponse
from sandbox import hkma

from .simulators import simulator
from .wire import Recorded, reached, replayed

WELL = {"success": True, "err_code": "0000", "err_msg": "No error found"}
MARCH = {
    "end_of_day": "2026-03-31", "usd": 7.839, "gbp": 10.35, "jpy": 0.049065, "cny": 1.1343, "krw": 0.005129,
    "dem": None, "eur": 8.995, "idr": 0.000481, "special_drawing_rights": None, "neeri_2010_trade_wgt": 101.2,
}  # fmt: skip
"""A row in the shape and with figures of the authority's."""


async def rates(*rows, header=WELL, **more):
    body = {"header": header, "result": {"datasize": len(rows), "records": list(rows)}} | more
    answer = Recorded(200, "application/json", json.dumps(body).encode())
    async with replayed(answer) as (origin, seen), reached(Hkma, origin) as reach:
        return await reach.ask().rates(), seen


def price(figure, day=date(2026, 3, 31)):
    return Price(amount=Decimal(figure), day=day)


async def test_figures_are_prices_to_the_last_digit():
    read, seen = await rates(MARCH)
    assert read == Rates(
        counted_in="HKD",
        prices={
            "USD": price("7.839"), "GBP": price("10.35"), "JPY": price("0.049065"), "CNY": price("1.1343"),
            "KRW": price("0.005129"), "EUR": price("8.995"), "IDR": price("0.000481"),
        },
    )  # fmt: skip
    (asked,) = seen
    assert (asked.method, asked.path) == ("GET", hkma.TABLE)
    assert asked.query == [("pagesize", "20"), ("sortby", "end_of_day"), ("sortorder", "desc")]
    assert "Authorization" not in asked.headers


async def test_a_currency_without_a_figure_keeps_its_last_one_with_its_day_whatever_the_order():
    holiday = {"end_of_day": "2026-04-03", "usd": 7.84, "cny": None}
    older = {"end_of_day": "2026-03-30", "usd": 7.83, "cny": 1.13, "zar": 0.42}
    read, _ = await rates(older, holiday, MARCH)
    assert read.prices["USD"] == price("7.84", date(2026, 4, 3))
    assert read.prices["CNY"] == price("1.1343")
    assert read.prices["ZAR"] == price("0.42", date(2026, 3, 30))


async def test_a_plain_get_of_the_simulated_table_shows_the_same_prices():
    async with simulator(hkma, "CWB", "") as origin, reached(Hkma, origin) as reach:
        read = await reach.ask().rates()
        async with aiohttp.request("GET", f"{origin}{hkma.TABLE}?pagesize=1") as answer:
            (row,) = (await answer.json())["result"]["records"]
    assert len(read.prices) == 17
    for currency, told in read.prices.items():
        assert told == price(str(row[currency.lower()]), date(2026, 10, 30)), currency


@pytest.mark.parametrize(
    "header",
    [
        {"success": False, "err_code": "1001", "err_msg": "no"},
        {"success": False, "err_code": "0000", "err_msg": "No error found"},
        {"success": True, "err_code": "9999", "err_msg": "no"},
    ],
)
async def test_a_refusal_within_200_is_a_bad_response_even_beside_figures(header):
    with pytest.raises(UpstreamBadResponse):
        await rates(MARCH, header=header)


@pytest.mark.parametrize("result", [None, {"datasize": 0, "records": []}, {"datasize": 1, "records": [{}]}])
async def test_a_table_without_figures_is_a_bad_response_and_not_a_world_without_currencies(result):
    with pytest.raises(UpstreamBadResponse):
        await rates(result=result)


@pytest.mark.parametrize("figure", [0, -1.13, "NaN", "Infinity", "n.a."])
async def test_a_price_that_is_none_is_refused_with_all_the_others(figure):
    with pytest.raises(UpstreamBadResponse):
        await rates(MARCH | {"cny": figure})
