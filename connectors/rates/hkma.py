"""The Hong Kong Monetary Authority's daily exchange rates, of its Monthly Statistical Bulletin.

Source: API documentation at apidocs.hkma.gov.hk (parameters; table er-eeri of "Exchange Rates and Interest Rates").
"""

from collections.abc import Mapping
from datetime import date, tzinfo
from decimal import Decimal

import msgspec

from connectors.wire import Line, UpstreamBadResponse

from .records import Price, Rates

TABLE = "/public/market-data-and-statistics/monthly-statistical-bulletin/er-ir/er-eeri-daily"

DAYS = 20
"""Four weeks of working days: longer than any festival for which a currency may have no figure."""

WELL = "0000"
"""What `err_code` is when nothing is wrong; what others mean is not published."""


class HeaderOnWire(msgspec.Struct):
    success: bool
    err_code: str


class FiguresOnWire(msgspec.Struct):
    """Hong Kong dollars for one unit of each currency, null where there is no figure. Those the euro replaced, special
    drawing rights and the effective exchange rate indices stand beside these, and are nobody's money."""

    end_of_day: date
    usd: Decimal | None = None
    gbp: Decimal | None = None
    jpy: Decimal | None = None
    cad: Decimal | None = None
    aud: Decimal | None = None
    sgd: Decimal | None = None
    twd: Decimal | None = None
    chf: Decimal | None = None
    cny: Decimal | None = None
    krw: Decimal | None = None
    thb: Decimal | None = None
    myr: Decimal | None = None
    eur: Decimal | None = None
    php: Decimal | None = None
    inr: Decimal | None = None
    idr: Decimal | None = None
    zar: Decimal | None = None


CURRENCIES = tuple(name for name in FiguresOnWire.__struct_fields__ if name != "end_of_day")


class ResultOnWire(msgspec.Struct):
    records: list[FiguresOnWire]


class TableOnWire(msgspec.Struct):
    header: HeaderOnWire
    result: ResultOnWire | None = None


class Hkma:
    """The authority, asked on behalf of one operation."""

    def __init__(self, line: Line, _: tzinfo) -> None:
        self._line = line
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        """The authority asks for none; a campus that reaches it by a gate of its own may."""
        return {"Authorization": f"Bearer {secret}"}

    async def rates(self) -> Rates:
        """The last price of each currency. Raises UpstreamBadResponse if there is none at all."""
        params = (("pagesize", str(DAYS)), ("sortby", "end_of_day"), ("sortorder", "desc"))
        told = self._line.read(await self._line.get(TABLE, params), TableOnWire)
        if not told.header.success or told.header.err_code != WELL or told.result is None:
            raise UpstreamBadResponse(self.system.id, f"refused with code {told.header.err_code!r}")
        days = sorted(told.result.records, key=lambda row: row.end_of_day)
        prices = {
            currency.upper(): Price(amount=self._above_zero(figure), day=row.end_of_day)
            for row in days
            for currency in CURRENCIES
            if (figure := getattr(row, currency)) is not None
        }
        if not prices:
            raise UpstreamBadResponse(self.system.id, "no figures")
        return Rates(counted_in="HKD", prices=prices)

    def _above_zero(self, figure: Decimal) -> Decimal:
        if not (figure.is_finite() and figure > 0):
            raise UpstreamBadResponse(self.system.id, f"{figure} is no price")
        return figure
