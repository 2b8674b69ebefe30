"""Amounts in the other campus's currency: by the last published rate, told with its date, and never by a call each."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from pipeline.settings import Settings
from tests.simulated_campus import SimulatedCampus, University, campus_over

TABLE = "/public/market-data-and-statistics/monthly-statistical-bulletin/er-ir/er-eeri-daily"
BALANCE_IN = """
query ($currency: String!) {
  me { account { balance { amount currency in(currency: $currency) { amount currency rate rateDate } } } }
}
"""


async def published(campus: SimulatedCampus) -> tuple[str, Mapping[str, Decimal]]:
    """The newest day, and what a unit of each currency cost in Hong Kong dollars at its end."""
    told = await campus.systems["rates-hkma"].get(TABLE, {"pagesize": "1"})
    (row,) = told["result"]["records"]
    costs = {name.upper(): Decimal(str(row[name])) for name in ("cny", "usd", "eur")}
    return row["end_of_day"], {**costs, "HKD": Decimal(1)}


def expected(amount: str, costs: Mapping[str, Decimal], own: str, other: str, day: str) -> dict[str, Any]:
    in_other = (Decimal(amount) * costs[own] / costs[other]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {"amount": str(in_other), "rateDate": day}


def amounts(answer: Any) -> list[dict[str, Any]]:
    """Every amount of the account widget."""
    account = answer.at("me.account")
    rows = [row["amount"] for name in ("charges", "payments") for row in account[name]["nodes"]]
    return [*account["balance"], *rows]


async def test_every_amount_of_an_account_is_shown_in_both_currencies_by_the_published_rate(
    open_campus: SimulatedCampus,
) -> None:
    day, costs = await published(open_campus)
    assert day == "2026-09-30", "on 28 October the bulletin has September"
    answer = await open_campus.widget("account", as_="jordan")
    assert answer.errors == []
    shown = amounts(answer)
    assert {each["currency"] for each in shown} == {"HKD", "CNY"}
    rates = {}
    for each in shown:
        own, other = ("hkd", "cny") if each["currency"] == "HKD" else ("cny", "hkd")
        assert each[own] == {"amount": each["amount"], "rate": "1", "rateDate": None}
        rate = each[other].pop("rate")
        assert each[other] == expected(each["amount"], costs, own.upper(), other.upper(), day)
        rates[other] = rate
    assert rates["hkd"] == str(costs["CNY"])
    assert abs(Decimal(rates["cny"]) * costs["CNY"] - 1) < Decimal("1e-9")


async def test_a_fine_is_shown_in_both_currencies(open_campus: SimulatedCampus) -> None:
    day, costs = await published(open_campus)
    answer = await open_campus.widget("holds-and-fines", as_="alex")
    balances = [fine["balance"] for fine in answer.at("me.fines.nodes")]
    assert balances
    for balance in balances:
        balance["cny"].pop("rate")
        assert balance["cny"] == expected(balance["amount"], costs, balance["currency"], "CNY", day)


async def test_no_amount_is_a_call(open_campus: SimulatedCampus) -> None:
    await open_campus.systems["rates-hkma"].forget_calls()
    answer = await open_campus.widget("account", as_="jordan")
    assert len(amounts(answer)) > 20
    assert await open_campus.systems["rates-hkma"].calls() == []


@pytest.mark.parametrize("currency", ["USD", "EUR"])
async def test_any_published_currency_may_be_asked_for(open_campus: SimulatedCampus, currency: str) -> None:
    day, costs = await published(open_campus)
    answer = await open_campus.ask(BALANCE_IN, {"currency": currency}, as_="jordan")
    for each in answer.at("me.account.balance"):
        converted = expected(each["amount"], costs, each["currency"], currency, day)
        assert each["in"].items() >= {**converted, "currency": currency}.items()


@pytest.mark.parametrize("currency", ["MOP", "cny", ""])
async def test_a_currency_without_a_rate_is_refused_by_naming_those_there_are(
    open_campus: SimulatedCampus, currency: str
) -> None:
    answer = await open_campus.ask(BALANCE_IN, {"currency": currency}, as_="alex")
    assert answer.faults() == {("me.account.balance.0.in", "BAD_USER_INPUT", None)}
    assert answer.errors[0]["message"] == (
        "No exchange rate of this currency is known; known are: AUD, CAD, CHF, CNY, EUR, GBP, HKD, IDR, INR, JPY, "
        "KRW, MYR, PHP, SGD, THB, TWD, USD, ZAR."
    )
    (balance,) = answer.at("me.account.balance")
    assert (balance["currency"], balance["in"]) == ("HKD", None)
    assert Decimal(balance["amount"])


async def test_before_the_rates_were_read_only_what_needs_them_is_missing(university: University) -> None:
    await university.well()
    await university.systems["rates-hkma"].fault("down")
    async with campus_over(university) as campus:
        answer = await campus.ask(BALANCE_IN, {"currency": "CNY"}, as_="jordan")
        chinese, hong_kong = answer.at("me.account.balance")
        assert answer.faults() == {("me.account.balance.1.in", "UPSTREAM_UNAVAILABLE", "rates-hkma")}
        assert answer.errors[0]["extensions"]["retryAfter"] == 1
        assert (hong_kong["currency"], hong_kong["in"]) == ("HKD", None)
        assert chinese["in"] == {"amount": chinese["amount"], "currency": "CNY", "rate": "1", "rateDate": None}
        await university.systems["rates-hkma"].fault("none")
        while (answer := await campus.ask(BALANCE_IN, {"currency": "CNY"}, as_="jordan")).errors:
            assert answer.codes_at("me.account.balance.1.in") == ["UPSTREAM_UNAVAILABLE"]
        assert answer.at("me.account.balance.1.in")["amount"]
        await university.systems["rates-hkma"].fault("down")
        again = await campus.ask(BALANCE_IN, {"currency": "CNY"}, as_="jordan")
        assert again.data == answer.data, "what was read once stays"
    await university.well()


def without_rates(settings: Settings) -> Settings:
    return settings.model_copy(update={"systems": tuple(each for each in settings.systems if each.kind != "rates")})


async def test_a_gateway_that_asks_nobody_for_rates_says_so(university: University) -> None:
    async with campus_over(university, without_rates(university.settings())) as campus:
        answer = await campus.ask(BALANCE_IN, {"currency": "CNY"}, as_="alex")
        own = await campus.ask(BALANCE_IN, {"currency": "HKD"}, as_="alex")
    assert answer.faults() == {("me.account.balance.0.in", "BAD_USER_INPUT", None)}
    assert answer.errors[0]["message"] == "Nobody is asked for exchange rates here; known is: HKD."
    assert own.errors == []
    assert own.at("me.account.balance.0.in.rate") == "1"
