"""What an amount is in another currency: worked examples to the cent, and what holds for every amount."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as some

from campus.money import Conversion, Money, exchanged, unconverted

DAY = date(2026, 3, 31)
CNY = Decimal("1.1343")
"""Hong Kong dollars for one renminbi, as the HKMA published them for that day."""
USD = Decimal("7.839")
ONE = Decimal(1)


def hkd_in_cny(amount: str) -> Conversion:
    return exchanged(Money(amount=Decimal(amount), currency="HKD"), "CNY", costs=ONE, other_costs=CNY, day=DAY)


def cny_in_hkd(amount: str) -> Conversion:
    return exchanged(Money(amount=Decimal(amount), currency="CNY"), "HKD", costs=CNY, other_costs=ONE, day=DAY)


def test_renminbi_in_hong_kong_dollars() -> None:
    # 45,000 x 1.1343 = 51,043.50
    assert cny_in_hkd("45000.00") == Conversion(
        amount=Decimal("51043.50"), currency="HKD", rate=Decimal("1.1343"), rate_date=DAY
    )


def test_hong_kong_dollars_in_renminbi() -> None:
    # 22,250 / 1.1343 = 19,615.6219…; 1 / 1.1343 = 0.88160098739…
    assert hkd_in_cny("22250.00") == Conversion(
        amount=Decimal("19615.62"), currency="CNY", rate=Decimal("0.8816009874"), rate_date=DAY
    )


def test_one_foreign_currency_in_another() -> None:
    # 25 x 7.839 / 1.1343 = 172.7717… ; 7.839 / 1.1343 = 6.910870140…
    found = exchanged(Money(amount=Decimal(25), currency="USD"), "CNY", costs=USD, other_costs=CNY, day=DAY)
    assert (str(found.amount), str(found.rate)) == ("172.77", "6.910870140")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        # x 1.1343: 5.67150, 56.7150 (a half), 170.1450 (a half, which banker's rounding would make .14)
        ("5", "5.67"),
        ("50", "56.72"),
        ("150", "170.15"),
        ("-50", "-56.72"),
        ("0", "0.00"),
        ("-0.001", "0.00"),
        ("0.01", "0.01"),
    ],
)
def test_halves_are_rounded_up_and_away_from_zero(amount: str, expected: str) -> None:
    assert str(cny_in_hkd(amount).amount) == expected


def test_a_rate_is_told_in_plain_digits() -> None:
    found = exchanged(Money(amount=ONE, currency="HKD"), "IDR", costs=ONE, other_costs=Decimal("0.0005"), day=DAY)
    assert (str(found.rate), str(found.amount)) == ("2000", "2000.00")


def test_in_its_own_currency_an_amount_is_what_it_is() -> None:
    money = Money(amount=Decimal("19.995"), currency="HKD")
    assert unconverted(money) == Conversion(amount=money.amount, currency="HKD", rate=ONE, rate_date=None)


AMOUNTS = some.decimals("-10000000", "10000000", places=2)
PRICES = some.decimals("0.0001", "1000", places=5).filter(lambda price: price > 0)


@given(AMOUNTS, PRICES, PRICES)
def test_an_amount_is_off_by_half_a_cent_at_most(amount: Decimal, costs: Decimal, other_costs: Decimal) -> None:
    found = exchanged(Money(amount=amount, currency="A"), "B", costs=costs, other_costs=other_costs, day=DAY)
    with localcontext(prec=60):
        assert found.amount == (amount * costs / other_costs).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert abs(found.amount * other_costs - amount * costs) <= other_costs / 200
    assert found.amount.as_tuple().exponent == -2


@given(AMOUNTS, PRICES)
def test_there_and_back_loses_no_more_than_what_two_roundings_lose(amount: Decimal, costs: Decimal) -> None:
    there = exchanged(Money(amount=amount, currency="A"), "B", costs=costs, other_costs=ONE, day=DAY)
    back = exchanged(Money(amount=there.amount, currency="B"), "A", costs=ONE, other_costs=costs, day=DAY)
    with localcontext(prec=60):
        assert abs(back.amount - amount) <= (1 + 1 / costs) / 200
        assert abs(there.rate * back.rate - 1) < Decimal("1e-8")


@given(AMOUNTS, AMOUNTS, PRICES)
def test_who_owes_more_owes_more_in_every_currency(one: Decimal, other: Decimal, costs: Decimal) -> None:
    small, large = (
        exchanged(Money(amount=amount, currency="A"), "B", costs=costs, other_costs=CNY, day=DAY)
        for amount in sorted((one, other))
    )
    assert small.amount <= large.amount
