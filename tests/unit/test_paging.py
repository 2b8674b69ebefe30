"""Pages put together are the list, whatever their size, and a cursor keeps its place while items come and go."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campus.ids import opaque
from resolvers.merged import Merged, Unavailable
from resolvers.paging import Page, paged
from resolvers.refusals import BadUserInput

Item = tuple[int, str]
items = st.lists(st.tuples(st.integers(-50, 50), st.text(alphabet="abcé中", max_size=3)), unique=True, max_size=60)
calmly = settings(derandomize=True, deadline=None, max_examples=200)


def page(held: list[Item], first: int, after: str | None = None) -> Page[Item]:
    return paged(Merged(nodes=held), first=first, after=after, cursor=lambda item: item)


@calmly
@given(items, st.integers(1, 100))
def test_pages_of_any_size_are_the_list_in_the_order_of_its_keys(held: list[Item], first: int) -> None:
    seen: list[Item] = []
    after = None
    while True:
        one = page(held, first, after)
        assert one.total_count == len(held)
        assert one.page_info.has_previous_page is bool(seen)
        assert len(one.nodes) == min(first, len(held) - len(seen))
        seen += one.nodes
        assert one.page_info.has_next_page is (len(seen) < len(held))
        after = one.page_info.end_cursor
        if not one.page_info.has_next_page:
            break
    assert seen == sorted(held)


@calmly
@given(items, items, st.data())
def test_a_cursor_keeps_its_place_while_items_come_and_go(
    held: list[Item], come: list[Item], data: st.DataObject
) -> None:
    before = page(held, 100)
    if not before.edges:
        return
    edge = data.draw(st.sampled_from(before.edges))
    stay = data.draw(st.lists(st.sampled_from(held), unique=True))
    now = sorted({*stay, *come})
    after = page(now, 100, edge.cursor)
    assert after.nodes == [item for item in now if item > edge.node]
    if now:
        assert after.page_info.has_previous_page is any(item <= edge.node for item in now)


@calmly
@given(items)
def test_edges_nodes_and_ends_tell_the_same(held: list[Item]) -> None:
    one = page(held, 10)
    assert [edge.node for edge in one.edges] == one.nodes
    ends = (one.page_info.start_cursor, one.page_info.end_cursor)
    assert ends == ((one.edges[0].cursor, one.edges[-1].cursor) if held else (None, None))


@calmly
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1), items)
def test_a_word_that_is_no_cursor_is_told_so(word: str, held: list[Item]) -> None:
    cursors = {edge.cursor for edge in page(held, 100).edges}
    if word not in cursors:
        with pytest.raises(BadUserInput):
            page(held, 10, word)


@pytest.mark.parametrize(
    "key",
    [("a",), (1,), ("a", 1), (1, "a", "b"), ()],
    ids=str,
)
def test_a_cursor_of_another_list_is_told_so(key: tuple[str | int, ...]) -> None:
    with pytest.raises(BadUserInput):
        page([(1, "a")], 10, opaque(key))


@pytest.mark.parametrize("first", [0, -1, 101])
def test_a_page_has_one_to_a_hundred_items(first: int) -> None:
    with pytest.raises(BadUserInput, match=str(first)):
        page([(1, "a")], first)


def test_what_is_missing_is_told_on_every_page() -> None:
    gone = [Unavailable(system="sis-gz", campus="GZ", code="UPSTREAM_TIMEOUT", retry_after=None)]
    held = Merged(nodes=[(1, "a"), (2, "b")], unavailable=gone)
    one = paged(held, first=1, after=None, cursor=lambda item: item)
    other = paged(held, first=1, after=one.page_info.end_cursor, cursor=lambda item: item)
    assert [one.unavailable, other.unavailable] == [gone, gone]
    assert [*one.nodes, *other.nodes] == [(1, "a"), (2, "b")]
