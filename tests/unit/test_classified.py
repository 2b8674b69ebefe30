"""No graph is built that shows personal data nobody classified, that nobody guards, or that all viewers share."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_type_hints

import pytest
import strawberry

from campus.record import Record
from connectors import gz_campus, library
from connectors.reads import Audience, Kept, Lifetime, Loaders, lasting, one_call_each
from resolvers.context import LOADERS, Indexes
from schema.cards import Data
from schema.classified import UnclassifiedError, check_cards
from schema.fields import CARDS, RECORDS, SCOPES, campus_type, field, resolved
from schema.node import Connection, Listing

from .house import sources, text


class Diary(Record, frozen=True):
    entry: str


def nothing() -> None:
    return None


async def read(system: Any, account: str) -> Diary:
    return Diary(entry=account)


@pytest.fixture(autouse=True)
def registers_as_before() -> Iterator[None]:
    """The types declared here are forgotten afterwards."""
    registers: list[dict[str, Any]] = [CARDS, RECORDS, SCOPES]
    before = [dict(register) for register in registers]
    yield
    for register, known in zip(registers, before, strict=True):
        register.clear()
        register.update(known)


def diary(name: str = "Diary", record: type = Diary, **card: Any) -> Any:
    """A type over Diary with this card."""
    members = {"__doc__": "A diary.", "__annotations__": {"entry": str}, "entry": field("What was written.")}
    return campus_type(record=record, **card)(type(name, (), members))


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


def test_what_lies_in_an_index_may_be_public() -> None:
    assert problems(diary(record=gz_campus.Stop, data=Data.PUBLIC), door()) == []


@pytest.mark.parametrize("data", [Data.PERSONAL, Data.SENSITIVE])
def test_personal_data_that_lies_in_an_index_is_not_built(data: Data) -> None:
    shared = diary(record=gz_campus.Stop, data=data, purpose="To remember.", requires="diary:read")
    assert problems(shared, door(requires="diary:read")) == [f"Diary is {data.name} and kept for everybody"]


def test_a_personal_attribute_of_what_lies_in_an_index_is_not_built() -> None:
    members = {
        "__doc__": "A stop.",
        "__annotations__": {"code": str, "mine": str},
        "code": field("Whose it is.", data=Data.PERSONAL),
        # What is worked out for the viewer does not lie in the index.
        "mine": resolved(lambda: "", "What the viewer wrote.", data=Data.PERSONAL, requires="diary:read"),
    }
    stop = campus_type(record=gz_campus.Stop, data=Data.PUBLIC)(type("Stop", (), members))
    assert problems(stop, door()) == [
        "Stop.code is PERSONAL and kept for everybody",
        "Stop.code is PERSONAL and requires no scope",
    ]


def test_cards_say_who_shares_what_was_read() -> None:
    kept = {name: card.kept for name, card in CARDS.items()}
    assert {name for name, each in kept.items() if each is Kept.VIEWER} == {"Viewer"}
    assert {"Course", "Section", "Term", "Service", "ShuttleStop", "Location"} <= {
        name for name, each in kept.items() if each is Kept.EVERYBODY
    }
    under_accounts = {name for name, each in kept.items() if each is Kept.ACCOUNT}
    assert {"Loan", "Ticket", "Enrolment", "Contacts", "CampusCard"} <= under_accounts
    assert all(CARDS[name].data.personal for name in under_accounts)
    personal = {kept[name] for name, card in CARDS.items() if card.data.personal}
    assert personal == {Kept.OPERATION, Kept.ACCOUNT, Kept.VIEWER}


@pytest.mark.parametrize("data", [Data.PERSONAL, Data.SENSITIVE])
def test_personal_data_that_a_loader_keeps_for_everybody_is_not_built(data: Data) -> None:
    shared = diary(record=library.Entry, data=data, purpose="To remember.", requires="diary:read")
    assert problems(shared, door(requires="diary:read")) == [f"Diary is {data.name} and kept for everybody"]


def test_what_loaders_keep_is_what_the_document_for_operators_says() -> None:
    rows = [row.split(" | ") for row in text("docs/caches.md").splitlines() if row.startswith("| `")]
    written = {
        name.strip("| `"): (audience, float(fresh), float(renewed), float(failing))
        for name, audience, fresh, renewed, failing, _ in rows
    }
    audiences = {Audience.PERSONAL: "account", Audience.PUBLIC: "everybody"}
    declared = {
        each.name: (
            audiences[each.audience],
            each.lifetime.fresh,
            each.lifetime.stale_while_revalidate,
            each.lifetime.stale_if_error,
        )
        for loaders in LOADERS
        for each, _ in lasting(loaders)
        if each.lifetime
    }
    assert written == declared


def test_what_is_kept_says_what_it_is_and_under_which_account() -> None:
    class Unsaid(Loaders):
        diary_by_account = one_call_each(read, audience=Audience.PERSONAL, lifetime=Lifetime(fresh=5))

    with pytest.raises(TypeError, match=r"Unsaid\.diary_by_account is kept, and does not say what it is"):
        list(lasting(Unsaid))
    for loaders in LOADERS:
        for each, _ in lasting(loaders):
            key, _ = get_args(get_type_hints(loaders)[each.name.partition(".")[2]])
            if each.audience is Audience.PERSONAL:
                assert list(get_type_hints(key).values())[:2] == [str, str], each.name
                assert next(iter(get_type_hints(key))) == "system", each.name


def test_whoever_has_an_index_declares_in_the_class_what_lies_in_it() -> None:
    """By that declaration it is known to be public; one that is made in passing would be known to nobody."""
    having = set()
    for name in sources("connectors"):
        made = set(re.findall(r"self\.(\w+)(?:: [^=\n]+)? = Index\(", text(name)))
        declared = set(re.findall(r"^    (\w+): Index\[", text(name), re.MULTILINE))
        assert made == declared, f"{name}: declare `name: Index[Key, Value]` in the class"
        having |= {name.removesuffix(".py").replace("/", ".")} if made else set()
    assert having == {each.__module__ for each in get_type_hints(Indexes).values()}
