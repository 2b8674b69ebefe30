"""Anything is found again by the id another query gave, under the rules that hold where it was found."""

from typing import Any, NamedTuple

import pytest

from resolvers.nodes import NODES
from tests.e2e import plain_reads as plain
from tests.e2e.test_bad_ids import parts_in, word_of
from tests.simulated_campus import SimulatedCampus


class Seen(NamedTuple):
    who: str
    query: str
    """Has one %s, for the fields."""
    path: str
    fields: str


SEEN_BY = {
    "Term": Seen("mei", "{ terms { nodes { %s } } }", "terms.nodes.0", "id code campus name starts ends current"),
    "Course": Seen("mei", '{ courses(campus: "GZ") { nodes { %s } } }', "courses.nodes.0", "id code campus title"),
    "Section": Seen("mei", '{ courses(campus: "CWB") { nodes { sections { %s } } } }', "courses.nodes.0.sections.0",
                    "id classNumber code campus quota"),
    "Edition": Seen("mei", '{ catalogue(search: "robotics") { nodes { %s } } }', "catalogue.nodes.0",
                    "id title author isbns holdings { campus callNumber available }"),
    "Service": Seen("mei", "{ services { nodes { %s } } }", "services.nodes.0", "id key campus type name form"),
    "ShuttleStop": Seen("mei", "{ shuttleStops { nodes { %s } } }", "shuttleStops.nodes.0",
                        "id code name location { latitude }"),
    "Facility": Seen("mei", "{ facilities { nodes { %s } } }", "facilities.nodes.0",
                     "id name kind capacity location { building } openingHours { day from until }"),
    "Announcement": Seen("mei", "{ announcements(filter: {interest: \"cross-campus\"}) { nodes { %s } } }",
                         "announcements.nodes.0", "id campus title text publishedAt"),
    "Notification": Seen("mei", "{ me { notifications { nodes { %s } } } }", "me.notifications.nodes.0",
                         "id category readAt announcement { id title }"),
    "Student": Seen("rita", "query($alex: String!) { student(campus: \"CWB\", number: $alex) { %s } }", "student",
                    "id campus number profile { displayName } contacts { nodes { email } }"),
    "Enrolment": Seen("jordan", "{ me { enrolments { nodes { %s } } } }", "me.enrolments.nodes.5",
                      "id courseCode termCode campus state credits sections { id }"),
    "Loan": Seen("jordan", "{ me { loans { nodes { %s } } } }", "me.loans.nodes.0", "id title barcode dueAt renewable"),
    "Hold": Seen("jordan", "{ me { holds { nodes { %s } } } }", "me.holds.nodes.0", "id title state placeInQueue"),
    "Fine": Seen("jordan", "{ me { fines { nodes { %s } } } }", "me.fines.nodes.0", "id title balance { amount }"),
    "Application": Seen("jordan", "{ me { applications { nodes { %s } } } }", "me.applications.nodes.0",
                        "id reference state service { id } steps { name state }"),
    "Housing": Seen("jordan", "{ me { housing { nodes { %s } } } }", "me.housing.nodes.0",
                    "id contractNumber residence room roommates rent { amount }"),
    "Booking": Seen("jordan", "{ me { bookings { nodes { %s } } } }", "me.bookings.nodes.0",
                    "id reference facilityName title starts ends state facility { id }"),
    "Ticket": Seen("jordan", "{ me { tickets { nodes { %s } } } }", "me.tickets.nodes.0", "id number subject status"),
}  # fmt: skip

SCOPES = {
    "Student": "students:read",
    "Enrolment": "enrolment:read",
    "Loan": "library:read",
    "Hold": "library:read",
    "Fine": "library:read",
    "Application": "services:read",
    "Housing": "housing:read",
    "Ticket": "tickets:read",
    "Booking": "bookings:read",
    "Notification": "notifications:read",
}
COSTS = {"Edition": {"catalogue-cwb": 1, "library-gz": 2}}
"""Calls it takes to find what is in no index."""
ALL = (
    "profile:read record:read enrolment:read library:read services:read tickets:read students:read housing:read"
    " bookings:read notifications:read"
)


class Found(NamedTuple):
    who: str
    thing: Any
    query: str
    """Asks `node` for the same fields."""


async def find(campus: SimulatedCampus, kind: str) -> Found:
    """One thing of this type, as another query than `node` gives it."""
    seen = SEEN_BY[kind]
    wish = {"alex": (await plain.numbers(campus, "alex"))["sis-cwb"]} if "$alex" in seen.query else {}
    answer = await campus.ask(seen.query % seen.fields, wish, as_=seen.who)
    assert answer.errors == []
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {seen.fields} }} }} }}"
    return Found(seen.who, answer.at(seen.path), query)


def test_every_type_with_an_id_is_tried() -> None:
    assert set(SEEN_BY) == set(NODES)


@pytest.mark.parametrize("kind", SEEN_BY)
async def test_a_thing_is_found_again_by_its_id(open_campus: SimulatedCampus, kind: str) -> None:
    who, thing, query = await find(open_campus, kind)
    answer = await open_campus.ask(query, {"id": thing["id"]}, as_=who)
    assert answer.errors == []
    assert answer.data == {"node": thing}
    named = await open_campus.widget("anything", {"id": thing["id"]}, as_=who)
    assert (named.at("node.__typename"), named.at("node.id")) == (kind, thing["id"])


@pytest.mark.parametrize("kind", SEEN_BY)
async def test_what_is_public_is_found_by_everybody_and_the_rest_asks_to_sign_in(
    cold_campus: SimulatedCampus, kind: str
) -> None:
    _, thing, query = await find(cold_campus, kind)
    await cold_campus.forget_calls()
    answer = await cold_campus.ask(query, {"id": thing["id"]}, headers={"Accept-Language": "zh-Hans"})
    if kind in SCOPES:
        assert answer.data == {"node": None}
        assert answer.faults() == {("node", "UNAUTHENTICATED", None)}
    else:
        assert (answer.data, answer.errors) == ({"node": thing}, [])
    assert await cold_campus.counts() == COSTS.get(kind, {})


@pytest.mark.parametrize("kind", SCOPES)
async def test_without_the_scope_nothing_of_ones_own_is_found_either(cold_campus: SimulatedCampus, kind: str) -> None:
    who, thing, query = await find(cold_campus, kind)
    await cold_campus.forget_calls()
    scopes = " ".join(scope for scope in ALL.split() if scope != SCOPES[kind])
    answer = await cold_campus.ask(query, {"id": thing["id"]}, as_=who, scope=scopes)
    assert answer.data == {"node": None}
    assert answer.faults() == {("node", "FORBIDDEN", None)}
    assert await cold_campus.counts() == {}


@pytest.mark.parametrize(("reader", "code"), [("lee", None), ("rita", None), ("pat", "FORBIDDEN")])
async def test_a_student_is_found_by_id_by_whom_may_read_them(
    open_campus: SimulatedCampus, reader: str, code: str | None
) -> None:
    _, thing, query = await find(open_campus, "Student")
    answer = await open_campus.ask(query, {"id": thing["id"]}, as_=reader)
    assert answer.codes_at("node") == ([code] if code else [])
    assert answer.data == {"node": None if code else thing}


OWNED = ["Enrolment", "Loan", "Hold", "Fine", "Application", "Ticket", "Booking"]


@pytest.mark.parametrize("kind", OWNED)
async def test_what_is_gone_is_null_without_error(open_campus: SimulatedCampus, kind: str) -> None:
    who, thing, query = await find(open_campus, kind)
    gone = _changed(thing["id"], -1, "gone")
    answer = await open_campus.ask(query, {"id": gone}, as_=who)
    assert (answer.data, answer.errors) == ({"node": None}, [])


@pytest.mark.parametrize("kind", OWNED)
async def test_a_made_up_owner_is_refused_before_their_account_is_asked(
    cold_campus: SimulatedCampus, kind: str
) -> None:
    who, thing, query = await find(cold_campus, kind)
    await cold_campus.forget_calls()
    for owner in ("ustl0000001", "", "../users/ustl0000001"):
        answer = await cold_campus.ask(query, {"id": _changed(thing["id"], 2, owner)}, as_=who)
        assert answer.data == {"node": None}
        assert answer.faults() == {("node", "FORBIDDEN", None)}
    assert await cold_campus.counts() == {}


@pytest.mark.parametrize(
    "kind", ["Term", "Course", "Section", "Service", "ShuttleStop", "Edition", "Facility", "Student"]
)
async def test_a_public_thing_that_never_was_is_null(open_campus: SimulatedCampus, kind: str) -> None:
    who, thing, query = await find(open_campus, kind)
    answer = await open_campus.ask(query, {"id": _changed(thing["id"], -1, "99999999")}, as_=who)
    assert (answer.data, answer.errors) == ({"node": None}, [])


def _changed(id_: str, place: int, part: str) -> str:
    parts = parts_in(id_)
    parts[place] = part
    return word_of(parts)
