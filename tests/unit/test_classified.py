"""No graph is built that shows personal data nobody classified, or that has a way into it which nobody guards."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
import strawberry

from campus.record import Record
from schema.cards import Data
from schema.classified import UnclassifiedError, check_cards
from schema.fields import CARDS, RECORDS, SCOPES, campus_type, field, resolved
from schema.node import Connection, Listing


class Diary(Record, frozen=True):
    entry: str


def nothing() -> None:
    return None


@pytest.fixture(autouse=True)
def registers_as_before() -> Iterator[None]:
    """The types declared here are forgotten afterwards."""
    registers: list[dict[str, Any]] = [CARDS, RECORDS, SCOPES]
    before = [dict(register) for register in registers]
    yield
    for register, known in zip(registers, before, strict=True):
        register.clear()
        register.update(known)


def diary(name: str = "Diary", **card: Any) -> Any:
    """A type over Diary with this card."""
    members = {"__doc__": "A diary.", "__annotations__": {"entry": str}, "entry": field("What was written.")}
    return campus_type(record=Diary, **card)(type(name, (), members))


def secret(name: str = "Diary") -> Any:
    return diary(name, data=Data.SENSITIVE, purpose="To remember.", requires="diary:read")


def problems(answer: Any, made: Any) -> list[str]:
    """What keeps a graph from being built whose one field is this."""
    query = strawberry.type(type("Query", (), {"__annotations__": {"door": answer | None}, "door": made}))
    try:
        check_cards(strawberry.Schema(query=query))
    except UnclassifiedError as error:
        return str(error).split("; ")
    return []


def door(requires: str = "") -> Any:
    return resolved(nothing, "A way in.", requires=requires)


def test_a_guarded_way_into_sensitive_data_is_built() -> None:
    assert problems(secret(), door(requires="diary:read")) == []


def test_public_data_needs_no_guard() -> None:
    assert problems(diary(data=Data.PUBLIC), door()) == []


def test_a_type_that_nobody_classified_is_not_built() -> None:
    @strawberry.type
    class Note:
        entry: str

    assert problems(Note, door()) == ["Note is declared without campus_type, so nothing says what its data is"]


@pytest.mark.parametrize("scope", ["", "loans:read"])
def test_a_way_in_without_the_types_own_scope_is_not_built(scope: str) -> None:
    assert problems(secret(), door(requires=scope)) == ["Query.door leads to Diary and must require diary:read"]


@pytest.mark.parametrize("data", [Data.PERSONAL, Data.SENSITIVE])
def test_personal_data_that_requires_no_scope_is_not_built(data: Data) -> None:
    assert problems(diary(data=data, purpose="To remember."), door()) == [
        f"Query.door leads to Diary, which is {data.name} and requires no scope"
    ]


@pytest.mark.parametrize("around", [lambda item: list[item], lambda item: Listing[item], lambda item: Connection[item]])
def test_a_list_around_personal_data_is_no_way_round_the_guard(around: Any) -> None:
    assert set(problems(around(secret()), door())) == {"Query.door leads to Diary and must require diary:read"}


def test_a_union_with_personal_data_is_no_way_round_the_guard() -> None:
    either = Annotated[secret() | diary("Almanac", data=Data.PUBLIC), strawberry.union("Book")]
    assert problems(either, door()) == ["Query.door leads to Diary and must require diary:read"]


def test_a_field_with_a_personal_card_of_its_own_needs_a_scope() -> None:
    def almanac(requires: str) -> Any:
        entry = resolved(lambda: "", "What somebody wrote.", data=Data.PERSONAL, requires=requires)
        members = {"__doc__": "An almanac.", "__annotations__": {"entry": str}, "entry": entry}
        return campus_type(record=Diary, data=Data.PUBLIC)(type("Almanac", (), members))

    assert problems(almanac(""), door()) == ["Almanac.entry is PERSONAL and requires no scope"]
    assert problems(almanac("diary:read"), door()) == []


def test_whoever_was_let_into_a_type_reads_what_is_inside() -> None:
    page = secret("Page")
    book = campus_type(record=Diary, data=Data.SENSITIVE, purpose="To remember.", requires="shelf:read")(
        type("Book", (), {"__doc__": "A book.", "__annotations__": {"page": page}, "page": field("Its page.")})
    )
    assert problems(book, door(requires="shelf:read")) == []


def test_personal_data_is_for_a_purpose() -> None:
    with pytest.raises(TypeError, match="Diary is PERSONAL and says no purpose"):
        diary(data=Data.PERSONAL)


def test_an_argument_that_does_not_exist_cannot_be_described() -> None:
    with pytest.raises(TypeError, match="no such arguments: term"):
        resolved(nothing, "A way in.", arguments={"term": "Code of a term."})
