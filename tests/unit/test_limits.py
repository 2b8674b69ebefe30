"""How documents are measured: as they run, not as they are written."""

import time

import pytest
from graphql import get_introspection_query, parse

from pipeline.limits import Size, excesses, sizes
from pipeline.settings import Limits


def size(document: str) -> Size:
    return sizes(parse(document))[0][1]


def test_depth_is_fields_inside_one_another_wherever_they_are_written() -> None:
    assert size("{ a }").depth == 1
    assert size("{ a { b { c } } d }").depth == 3
    assert size("{ a { ... { ... on A { b { c } } } } }").depth == 3
    assert size("{ a { ...F } } fragment F on A { b { ...G } } fragment G on B { c { d } }").depth == 4


def test_what_a_fragment_holds_counts_at_each_spread() -> None:
    document = "{ x: a @skip(if: false) { ...F } b { ...F ...F } } fragment F on A { y: c z: d @include(if: true) }"
    measured = size(document)
    assert measured.aliases == 1 + 3 * 2
    assert measured.fields == 2 + 3 * 2
    assert measured.directives == 1 + 3


def test_directives_count_on_everything_that_takes_them() -> None:
    document = """query ($v: Int @d) @d { ...F @d ... @d { a @d } } fragment F on Query @d { b @d }"""
    assert size(document).directives == 7


def test_root_fields_come_through_fragments_too() -> None:
    assert size("{ a ...F ... { b } } fragment F on Query { c d { e } }").root_fields == 4


def test_each_operation_is_measured_by_itself() -> None:
    measured = {node.name.value: size.depth for node, size in sizes(parse("query A { a } query B { a { b } }"))}
    assert measured == {"A": 1, "B": 2}


def test_introspection_is_marked_and_not_counted_in_the_depth() -> None:
    introspection = size(get_introspection_query(descriptions=True))
    assert (introspection.depth, introspection.root_fields, introspection.introspects) == (0, 1, True)
    assert excesses(introspection, Limits()) == []
    assert size('{ a { b } __type(name: "A") { fields { type { ofType { name } } } } }').depth == 2
    assert not size("{ __typename }").introspects
    assert size("{ ...F } fragment F on Query { __schema { types { name } } }").introspects


def test_doubling_fragments_are_measured_in_no_time() -> None:
    levels = 400
    chain = " ".join(f"fragment F{n} on A {{ x: a b {{ ...F{n + 1} ...F{n + 1} }} }}" for n in range(levels))
    document = parse(f"{{ a {{ ...F0 }} }} {chain} fragment F{levels} on A {{ y: c }}")
    started = time.process_time()
    measured = sizes(document)[0][1]
    assert time.process_time() - started < 0.5
    assert measured.depth == levels + 2
    assert measured.aliases == 2 ** (levels + 1) - 1
    assert "more than a million" in str(excesses(measured, Limits())[1])


def test_a_wide_tree_of_fragments_is_seen_for_what_it_is() -> None:
    inner = " ".join(f"fragment F{n} on A {{ a {{ ...F{n + 1} }} b {{ ...F{n + 1} }} }}" for n in range(10))
    measured = size(f"{{ ...F0 }} {inner} fragment F10 on A {{ c }}")
    assert measured.depth == 11
    assert list(map(str, excesses(measured, Limits()))) == [
        f"The number of fields is {3 * 2**10 - 2}; at most 1000 is allowed."
    ]


def test_cycles_and_unknown_fragments_are_left_to_validation() -> None:
    assert size("{ a { ...F } } fragment F on A { b { ...G } } fragment G on A { c { ...F } }").depth >= 2
    assert size("{ a { ...F ...Missing } } fragment F on A { b ...F }").depth == 2


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ({"depth": 2}, "The depth is 3; at most 2 is allowed."),
        ({"fields": 3}, "The number of fields is 4; at most 3 is allowed."),
        ({"aliases": 1}, "The number of aliases is 2; at most 1 is allowed."),
        ({"root_fields": 1}, "The number of root fields is 2; at most 1 is allowed."),
        ({"directives": 0}, "The number of directives is 1; at most 0 is allowed."),
    ],
)
def test_excesses_say_what_and_by_how_much(limit: dict[str, int], sentence: str) -> None:
    measured = size("{ x: a { b { c } } y: d @skip(if: false) }")
    assert list(map(str, excesses(measured, Limits()))) == []
    assert list(map(str, excesses(measured, Limits(**limit)))) == [sentence]
