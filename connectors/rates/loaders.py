"""Exchange rates for everybody, renewed in the background: no amount is converted by a call of its own."""

from collections.abc import Callable

from connectors.reads import Index
from connectors.wire import Operation

from .hkma import Hkma
from .records import Rates


class RatesIndexes:
    """By system; public, one for the whole process."""

    rates: Index[str, Rates]

    def __init__(self, ask: Callable[[str, Operation], Hkma], refresh: Callable[[str], float]) -> None:
        self._ask = ask
        self.rates = Index("exchange rates", self._rates, refresh)

    async def _rates(self, system: str, operation: Operation) -> Rates:
        return await self._ask(system, operation).rates()
