"""How a Koha tells a list: page after page, and of how many."""

from collections.abc import Mapping
from typing import TypeVar

from connectors.wire import Answer, Line, Params, System, UpstreamBadResponse

PAGE_SIZE = 100
"""A Koha gives 20 unless asked for more."""

NO_HEADERS: Mapping[str, str] = {}

Row = TypeVar("Row")


class KohaLists:
    """One library, asked on behalf of one operation."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.system: System = line.system

    async def _rows(
        self, path: str, params: Params, shape: type[Row], headers: Mapping[str, str] = NO_HEADERS, most: int = 0
    ) -> list[Row]:
        """A whole list, by pages of so many rows at most, or of PAGE_SIZE."""
        size = most or PAGE_SIZE
        rows: list[Row] = []
        while True:
            answer = await self._page(path, params, (len(rows) // size + 1, size), headers)
            page = self._line.read(answer, list[shape])  # type: ignore[valid-type]
            rows += page
            if len(page) < size or len(rows) >= self._total(answer):
                return rows

    async def _page(
        self, path: str, params: Params, window: tuple[int, int], headers: Mapping[str, str] = NO_HEADERS
    ) -> Answer:
        """One page, by its number and size."""
        asked = (*params, ("_page", str(window[0])), ("_per_page", str(window[1])))
        return await self._line.get(path, asked, headers=headers)

    def _total(self, answer: Answer) -> int:
        told = answer.headers.get("X-Total-Count", "")
        if not (told.isascii() and told.isdecimal()):
            raise UpstreamBadResponse(self.system.id, "a list that does not say of how many")
        return int(told)
