"""Pages of a list that is whole in memory, by cursors that are keys."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from campus.ids import Part, opaque, parts_of
from campus.record import Record

from .merged import Merged, Unavailable
from .refusals import BadUserInput

Item = TypeVar("Item")

MOST = 100
"""Items a page may have."""


class Edge(Record, Generic[Item], frozen=True):
    node: Item
    cursor: str


class PageInfo(Record, frozen=True):
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Page(Record, Generic[Item], frozen=True):
    edges: Sequence[Edge[Item]]
    page_info: PageInfo
    total_count: int
    unavailable: Sequence[Unavailable]

    @property
    def nodes(self) -> list[Item]:
        return [edge.node for edge in self.edges]


def paged(
    found: Merged[Item], *, first: int, after: str | None, cursor: Callable[[Item], tuple[Part, ...]]
) -> Page[Item]:
    """The page behind a cursor, in the order of `cursor`'s keys, which must tell all items apart.

    A key that is gone since still marks its place. Raises BadUserInput for a page of no or too many items, and for a
    cursor that is none of this list.
    """
    check_size(first)
    keyed = sorted(((cursor(item), item) for item in found.nodes), key=lambda pair: pair[0])
    keys = [key for key, _ in keyed]
    start = bisect_right(keys, key_of(after, [type(part) for part in keys[0]] if keys else None)) if after else 0
    shown = keyed[start : start + first]
    edges = [Edge(node=item, cursor=opaque(key)) for key, item in shown]
    return Page(
        edges=edges,
        page_info=PageInfo(
            has_next_page=start + len(shown) < len(keyed),
            has_previous_page=start > 0,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=len(keyed),
        unavailable=found.unavailable,
    )


def check_size(first: int) -> None:
    """Raises BadUserInput for a page of no or too many items."""
    if not 1 <= first <= MOST:
        raise BadUserInput("`first` is {first}; a page has 1 to {most} items.", first=first, most=MOST)


def key_of(after: str, kinds: Sequence[type] | None) -> tuple[Part, ...]:
    """The key in a cursor of a list whose keys have such parts; None where that is not known, since it is empty.

    Raises BadUserInput for what is no cursor of the list.
    """
    parts = parts_of(after)
    if parts is None or (kinds and [type(part) for part in parts] != list(kinds)):
        raise BadUserInput("`after` is no cursor of this list.")
    return tuple(parts)
