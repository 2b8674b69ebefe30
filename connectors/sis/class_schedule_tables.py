"""Tables and texts of HTML pages: what stands in which column, also where a cell reaches over several rows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborNode

_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_SPAN = 100
"""Rows a cell may reach over; a page that says more is taken at this."""


class Row(NamedTuple):
    """One row by the names of its columns; `fresh` are those whose cell begins in this row."""

    cells: Mapping[str, LexborNode]
    fresh: frozenset[str]


def rows(table: LexborNode) -> Iterator[Row]:
    """The rows under the head, by the head's own words for the columns.

    A row that does not fill the columns is no row of the table's: pages repeat rows in other forms for narrow screens.
    """
    names: Sequence[str] = ()
    reaching: dict[str, tuple[LexborNode, int]] = {}
    for line in _lines_of(table):
        cells = [cell for cell in _children(line) if cell.tag in ("td", "th")]
        if not names:
            names = [plain(cell) for cell in cells] if any(cell.tag == "th" for cell in cells) else ()
            continue
        free = [name for name in names if name not in reaching]
        if len(cells) != len(free) or "mobile" in (line.attributes.get("class") or ""):
            continue
        begun = dict(zip(free, cells, strict=True))
        yield Row({**{name: cell for name, (cell, _) in reaching.items()}, **begun}, frozenset(free))
        reaching |= {name: (cell, _rows_of(cell)) for name, cell in begun.items()}
        reaching = {name: (cell, left - 1) for name, (cell, left) in reaching.items() if left > 1}


def heads(table: LexborNode) -> list[str]:
    """The words over the columns; empty where the table has none."""
    first = next(_lines_of(table), None)
    return [plain(cell) for cell in _children(first) if cell.tag == "th"] if first is not None else []


def labelled(table: LexborNode) -> dict[str, LexborNode]:
    """A table of two columns, a label and what it is for, by label."""
    found: dict[str, LexborNode] = {}
    for line in _lines_of(table):
        cells = list(_children(line))
        if [cell.tag for cell in cells] == ["th", "td"]:
            found[plain(cells[0])] = cells[1]
    return found


def plain(node: LexborNode) -> str:
    """The text of a node on one line."""
    return " ".join(" ".join(lines(node)).split())


def lines(node: LexborNode) -> list[str]:
    """The text of a node, line by line as `br` and blocks break it; empty lines are left out."""
    found = [""]
    _gather(node, found)
    return [line for line in (_SPACES.sub(" ", each) for each in found) if line.strip()]


def _gather(node: LexborNode, found: list[str]) -> None:
    for child in node.iter(include_text=True):
        if child.is_text_node:
            found[-1] += child.text_content or ""
        elif child.tag == "br":
            found.append("")
        elif child.tag not in ("script", "style", "button"):
            block = child.tag in ("div", "p", "li", "tr", "table")
            if block:
                found.append("")
            _gather(child, found)
            if block:
                found.append("")


def _lines_of(table: LexborNode) -> Iterator[LexborNode]:
    """The table's own rows, not those of tables within its cells."""
    for part in _children(table):
        if part.tag == "tr":
            yield part
        elif part.tag in ("thead", "tbody", "tfoot"):
            yield from (line for line in _children(part) if line.tag == "tr")


def _children(node: LexborNode) -> Iterator[LexborNode]:
    return (child for child in node.iter() if child.is_element_node)


def _rows_of(cell: LexborNode) -> int:
    told = cell.attributes.get("rowspan") or ""
    return min(int(told), _SPAN) if told.isdecimal() else 1
