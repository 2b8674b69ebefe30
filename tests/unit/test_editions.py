"""Records of several catalogues become editions: none lost, none twice, and one for each book."""

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.library import Entry
from resolvers.editions import BY_ISBN, Edition, Hit, editions_of

calmly = settings(derandomize=True, deadline=None, max_examples=300)


def entry(system: str, id: str, isbns: tuple[str, ...] = (), **more: object) -> Entry:
    said = {"title": f"{system} {id}", "author": None, "year": None, "language": None, "publisher": None, **more}
    return Entry(system=system, campus=system[-1].upper(), id=id, isbns=isbns, **said)


numbers = st.lists(st.sampled_from("1234567"), unique=True, max_size=3).map(tuple)


@st.composite
def several_lists(draw: st.DrawFn) -> list[Hit]:
    hits = []
    for system in ("lib-a", "lib-b", "lib-c"):
        found = draw(st.lists(numbers, max_size=6))
        hits += [Hit(rank, entry(system, str(rank), isbns)) for rank, isbns in enumerate(found)]
    return hits


@calmly
@given(several_lists())
def test_every_record_is_in_one_edition_and_records_that_share_a_number_in_the_same(hits: list[Hit]) -> None:
    editions = editions_of(hits)
    held = [(each.system, each.id) for edition in editions for each in edition.entries]
    assert sorted(held) == sorted((hit.entry.system, hit.entry.id) for hit in hits)
    for one in editions:
        others = {isbn for other in editions if other is not one for isbn in other.isbns}
        assert not others & set(one.isbns), "two editions of one book"
        assert _linked(one), "records together that no number joins"


def _linked(edition: Edition) -> bool:
    """Whether one gets from its first record to every other by numbers in common."""
    reached, left = [edition.entries[0]], list(edition.entries[1:])
    for here in reached:
        near = [each for each in left if set(each.isbns) & set(here.isbns)]
        reached += near
        left = [each for each in left if each not in near]
    return not left


@calmly
@given(several_lists(), st.randoms())
def test_it_does_not_matter_which_library_answered_first(hits: list[Hit], chance: object) -> None:
    mixed = list(hits)
    chance.shuffle(mixed)
    assert {(each.key, each.rank) for each in editions_of(mixed)} == {
        (each.key, each.rank) for each in editions_of(hits)
    }


@calmly
@given(several_lists())
def test_editions_are_told_apart_by_their_keys_and_stand_where_their_best_record_does(hits: list[Hit]) -> None:
    editions = editions_of(hits)
    ranks = {(hit.entry.system, hit.entry.id): hit.rank for hit in hits}
    assert len({edition.key for edition in editions}) == len(editions)
    for edition in editions:
        assert edition.rank == min(ranks[each.system, each.id] for each in edition.entries)
        assert edition.key[0] == BY_ISBN or (edition.key, edition.isbns) == (
            (edition.entries[0].system, edition.entries[0].id), []
        )  # fmt: skip


def test_what_the_first_record_leaves_open_the_next_one_says() -> None:
    (edition,) = editions_of(
        [
            Hit(0, entry("lib-a", "1", ("1",), title="Logic", publisher="Springer")),
            Hit(3, entry("lib-b", "9", ("1", "2"), title="Logic : an introduction", author="Chan, Anna", year=2019)),
        ]
    )
    said = (edition.title, edition.author, edition.year, edition.publisher, edition.isbns)
    assert said == ("Logic", "Chan, Anna", 2019, "Springer", ["1", "2"])
