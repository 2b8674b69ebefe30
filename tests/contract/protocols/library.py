"""The protocols of libraries, as the suite is told of them."""

import json
import re
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from connectors.library import (
    Alma,
    Entries,
    Entry,
    EResourceKind,
    HoldingState,
    HoldNotCancelled,
    HoldRefused,
    HoldState,
    Koha,
    NotRenewed,
    Renewable,
    RenewalRefusal,
    Sru,
)
from connectors.library.koha_catalogue import SEARCHED
from sandbox import alma, koha, sru
from sandbox.library_titles import LIBRARIES

from .case import (
    NEW_HOME,
    Absent,
    AccountOf,
    Arguments,
    Case,
    Change,
    Endpoint,
    Held,
    Lacks,
    Page,
    Word,
    account_of,
    moved,
    nobody,
    nothing,
)
from .words import everywhere

BRANCHES = Lacks("a library's branches are told whole, and there is no key to ask by")


async def loan_in_alma(library: Any, of: AccountOf) -> tuple[Any, ...]:
    user = of("alex")
    return user, [next(loan.id for loan in await library.loans(user) if loan.renewable is Renewable.YES)]


async def title_in_alma(library: Any, of: AccountOf) -> tuple[Any, ...]:
    """One that somebody else waits for."""
    (wanted, *_) = await library.holds(of("quinn"))
    return of("alex"), wanted.record, "MAIN"


async def hold_in_alma(library: Any, of: AccountOf) -> tuple[Any, ...]:
    user = of("alex")
    return user, (await library.holds(user))[0].id


async def title_held_in_alma(library: Any, of: AccountOf) -> tuple[Any, ...]:
    user = of("alex")
    return user, (await library.holds(user))[0].record


ALMA = Case(
    module=Alma,
    simulator=alma,
    campus="CWB",
    account="library_id",
    repeats=True,
    counts=frozenset({"total_record_count"}),
    endpoints={
        "loans": Endpoint(
            arguments=account_of("quinn"),
            told=lambda loans: [loan.id for loan in loans],
            held=lambda held: held.column(
                "select loan_id from loan where user_id = ? and status = 'ACTIVE' order by loan_id", *held.asked
            ),
            page=Page("connectors.library.alma.PAGE_SIZE", 7),
            absent=Absent(nobody("nobody"), None),
            words={RenewalRefusal: Lacks("Alma says whether a loan may be renewed, and not why")},
        ),
        "holds": Endpoint(
            arguments=account_of("quinn"),
            told=lambda holds: [hold.id for hold in holds],
            held=lambda held: held.column(
                "select request_id from request where user_id = ? and open and type = 'HOLD' order by request_id",
                *held.asked,
            ),
            page=Page("connectors.library.alma.PAGE_SIZE", 5),
            absent=Absent(nobody("nobody"), None),
            words={
                HoldState: Word(
                    everywhere("request_status", "Lost in Transit"),
                    lambda holds: [(hold.state, hold.state_label) for hold in holds],
                    label="Lost in Transit",
                )
            },
        ),
        "fines": Endpoint(
            arguments=account_of("quinn"),
            told=lambda fines: [fine.id for fine in fines],
            held=lambda held: held.column(
                "select id from fee where user_id = ? and status = 'ACTIVE' order by id", *held.asked
            ),
            page=Page("connectors.library.alma.PAGE_SIZE", 5),
            absent=Absent(nobody("nobody"), None),
            words={},
        ),
        "e_resources": Endpoint(
            arguments=nothing,
            told=lambda resources: [resource.id for resource in resources],
            held=lambda held: held.column("select key from e_collection order by rowid"),
            page=Page("connectors.library.alma.PAGE_SIZE", 4),
            absent=Lacks("all collections are asked for"),
            words={
                EResourceKind: Word(
                    everywhere("category", "Board games"),
                    # Databases have a type and no category.
                    lambda resources: [
                        (each.kind, each.kind_label) for each in resources if each.kind is not EResourceKind.DATABASE
                    ],
                    label="Board games",
                )
            },
        ),
        "hold_on": Endpoint(
            arguments=title_held_in_alma,
            told=lambda hold: [hold.id],
            held=lambda held: held.column(
                "select request_id from request where user_id = ? and mms_id = ? and open", *held.asked
            ),
            page=Lacks("it is looked for among `holds`, which are read to the end"),
            absent=Absent(lambda user, _: (user, "99"), None),
            words={
                HoldState: Word(
                    everywhere("request_status", "Lost in Transit"),
                    lambda hold: [(hold.state, hold.state_label)],
                    label="Lost in Transit",
                )
            },
        ),
        "pickup_locations": Endpoint(
            arguments=nothing,
            told=lambda places: [place.code for place in places],
            held=lambda held: list(LIBRARIES),
            page=BRANCHES,
            absent=BRANCHES,
            words={},
        ),
    },
    changes={
        "renew": Change(
            arguments=loan_in_alma,
            method="POST",
            at=lambda user, loans: f"/almaws/v1/users/{user}/loans/{loans[0]}",
        ),
        "place_hold": Change(
            arguments=title_in_alma,
            method="POST",
            at=lambda user, *_: f"/almaws/v1/users/{user}/requests",
        ),
        "write_contacts": Change(arguments=moved("alex"), method="PUT", at=lambda user, _: f"/almaws/v1/users/{user}"),
        "cancel_hold": Change(
            arguments=hold_in_alma,
            method="DELETE",
            at=lambda user, hold: f"/almaws/v1/users/{user}/requests/{hold}",
        ),
    },
)


def some_books(shown: str) -> Arguments:
    """What is looked up: as many books as the library has on robotics."""

    async def arguments(catalogue: Any, _: AccountOf) -> tuple[Any, ...]:
        found = (await catalogue.entries("robotics")).entries
        return ([entry.isbns[0] for entry in found if entry.isbns],) if shown == "isbns" else (found[0].id,)

    return arguments


async def robotics(_: Any, __: AccountOf) -> tuple[Any, ...]:
    return ("robotics",)


def best_first(held: Held) -> list[Any]:
    """All of them have the word in their title, so the newest is the best."""
    return held.column(
        "select mms_id from bib where lower(document ->> 'title') like '%robotics%'"
        " order by document ->> 'year' desc, mms_id"
    )


def of_numbers(held: Held) -> list[Any]:
    (isbns,) = held.asked
    marks = ", ".join("?" * len(isbns))
    return held.column(f"select mms_id from bib where document ->> 'isbn' in ({marks}) order by rowid", *isbns)  # noqa: S608


def on_paper(entries: Iterable[Entry]) -> list[tuple[Enum, object]]:
    held = [holding for entry in entries for holding in entry.holdings if holding.call_number]
    return [(holding.state, holding.state_label) for holding in held]


def unheard_of(body: bytes) -> bytes:
    """Of copies on paper; a licence runs or does not."""
    return re.sub(rb'(<subfield code="e">)(un)?available<', rb"\1at the binder's<", body)


SRU = Case(
    module=Sru,
    simulator=sru,
    campus="CWB",
    account=Lacks("a catalogue is everybody's"),
    repeats=True,
    endpoints={
        "entries": Endpoint(
            arguments=robotics,
            told=lambda found: [entry.id for entry in found.entries],
            held=best_first,
            page=Lacks("the best that one answer holds are all that is listed"),
            absent=Absent(nobody("sturgeons"), Entries(found=0, entries=())),
            words={
                HoldingState: Word(unheard_of, lambda found: on_paper(found.entries), label="at the binder's"),
            },
        ),
        "entries_of_isbns": Endpoint(
            arguments=some_books("isbns"),
            told=lambda entries: [entry.id for entry in entries],
            held=of_numbers,
            page=Page("connectors.library.sru.WINDOW", 7),
            absent=Absent(lambda *_: (["9791032305690"],), []),
            words={HoldingState: Word(unheard_of, on_paper, label="at the binder's")},
        ),
        "entry": Endpoint(
            arguments=some_books("id"),
            told=lambda entry: [entry.id],
            held=lambda held: list(held.asked),
            page=Lacks("one number is one record's"),
            absent=Absent(nobody("99"), None),
            words={HoldingState: Word(unheard_of, lambda entry: on_paper([entry]), label="at the binder's")},
        ),
    },
)


async def patron_of_mei(library: Any, of: AccountOf) -> tuple[Any, ...]:
    return (await library.patron(of("mei")),)


async def renewable_loan_of_mei(library: Any, of: AccountOf) -> tuple[Any, ...]:
    """The first of a reader's loans is not overdue, and was not renewed yet."""
    patron = await library.patron(of("mei"))
    return patron, [min((loan.id for loan in await library.loans(patron)), key=int)]


async def mei_moved(library: Any, of: AccountOf) -> tuple[Any, ...]:
    return await library.patron(of("mei")), NEW_HOME


async def title_for_mei(library: Any, of: AccountOf) -> tuple[Any, ...]:
    return await library.patron(of("mei")), (await library.entries("data")).entries[0].id, "GZE"


async def hold_of_mei(library: Any, of: AccountOf) -> tuple[Any, ...]:
    patron = await library.patron(of("mei"))
    return patron, next(hold.id for hold in await library.holds(patron) if hold.place_in_queue)


async def title_held_for_mei(library: Any, of: AccountOf) -> tuple[Any, ...]:
    """One that a copy was found of."""
    patron = await library.patron(of("mei"))
    return patron, next(hold.record for hold in await library.holds(patron) if hold.place_in_queue is None)


async def unrenewable_loan_of_mei(library: Any, of: AccountOf) -> tuple[Any, ...]:
    """One whose renewal the library refuses: the third of a reader's loans was renewed as often as it may be."""
    patron = await library.patron(of("mei"))
    return (patron, sorted((await library.loans(patron)), key=lambda loan: int(loan.id))[2].id)


def rows_of(table: str, only: str = "1") -> Callable[[Held], list[Any]]:
    query = f"select cast(id as text) from {table} where document ->> 'patron_id' = ? and {only} order by id"  # noqa: S608
    return lambda held: held.column(query, int(held.asked[0]))


IN_SIGHT = " || ' ' || ".join(f"coalesce(document ->> '{name}', '')" for name in SEARCHED)


def newest_first(held: Held) -> list[Any]:
    (words,) = held.asked
    return held.column(
        f"select cast(id as text) from biblio where {IN_SIGHT} like ?"  # noqa: S608
        " order by document ->> 'copyright_date' desc, document ->> 'title', id",
        f"%{words}%",
    )


def records_on_data(shown: str) -> Arguments:
    """What is looked up: as many books as the library has on data."""

    async def arguments(library: Any, _: AccountOf) -> tuple[Any, ...]:
        found = (await library.entries("data")).entries
        return {
            "words": ("data",),
            "isbns": ([entry.isbns[0] for entry in found],),
            "id": (found[0].id,),
            "ids": ([entry.id for entry in found],),
        }[shown]

    return arguments


def copies_of(held: Held) -> list[Any]:
    (ids,) = held.asked
    return [(id, held.column("select count(*) from item where biblio_id = ?", int(id))[0]) for id in ids]


def in_the_vault(body: bytes) -> bytes:
    """No copy is lent, for a reason of the library's own."""
    told = {"not_for_loan_status": {"str": "In the vault", "type": "av"}}
    rows = json.loads(body)
    if not isinstance(rows, list):
        return body
    return json.dumps([row | {"not_for_loan_status": 9, "_strings": row["_strings"] | told} for row in rows]).encode()


COPIES_APART = Lacks("a record tells nothing of its copies, which are asked for apart")

KOHA = Case(
    module=Koha,
    simulator=koha,
    campus="GZ",
    account="gz_library_id",
    repeats=True,
    username="gateway",
    options={
        "currency": "CNY",
        "link_field": "Access link",
        "campuses_field": "Campuses",
        "affiliations_field": "Authorised users",
    },
    counts=frozenset({"X-Total-Count"}),
    whole=frozenset({"/api/v1/erm/extended_attribute_types"}),
    endpoints={
        "loans": Endpoint(
            arguments=patron_of_mei,
            told=lambda loans: [loan.id for loan in loans],
            held=rows_of("checkout"),
            page=Page("connectors.library.koha_lists.PAGE_SIZE", 2),
            absent=Absent(nobody("999999"), []),
            words={RenewalRefusal: Lacks("of a list Koha does not say whether a loan may be renewed")},
        ),
        "holds": Endpoint(
            arguments=patron_of_mei,
            told=lambda holds: [hold.id for hold in holds],
            held=rows_of("hold", "open"),
            page=Page("connectors.library.koha_lists.PAGE_SIZE", 2),
            absent=Absent(nobody("999999"), []),
            words={
                HoldState: Word(
                    everywhere("status", "Z"),
                    # In the queue there is no letter.
                    lambda holds: [(each.state, each.state_label) for each in holds if each.place_in_queue is None],
                    label="Z",
                )
            },
        ),
        "fines": Endpoint(
            arguments=patron_of_mei,
            told=lambda fines: [fine.id for fine in fines],
            held=rows_of("line"),
            page=Lacks("an account is told whole"),
            absent=Lacks("who has no account is told so by `patron`"),
            words={},
        ),
        "patron": Endpoint(
            arguments=account_of("mei"),
            told=lambda patron: [patron],
            held=lambda held: held.column(
                "select cast(id as text) from patron where document ->> 'cardnumber' = ?", *held.asked
            ),
            page=Lacks("one card is one patron's"),
            absent=Absent(nobody("nobody"), None),
            words={},
        ),
        "loan": Endpoint(
            arguments=unrenewable_loan_of_mei,
            told=lambda loan: [loan.id],
            held=lambda held: [held.asked[1]],
            page=Lacks("one number is one loan's"),
            # By a 404, but a system that answers everything with one is found out where we sign in.
            absent=Absent(lambda patron, _: (patron, "999999"), None),
            words={
                RenewalRefusal: Word(
                    everywhere("error", "full_moon"),
                    lambda loan: [(loan.renewal_refusal, loan.renewal_refusal_label)],
                    label="full_moon",
                )
            },
        ),
        "entries": Endpoint(
            arguments=records_on_data("words"),
            told=lambda found: [entry.id for entry in found.entries],
            held=newest_first,
            page=Lacks("the newest that one answer holds are all that is listed"),
            absent=Absent(nobody("sturgeons"), Entries(found=0, entries=())),
            words={HoldingState: COPIES_APART},
        ),
        "entries_of_isbns": Endpoint(
            arguments=records_on_data("isbns"),
            told=lambda entries: sorted(entry.id for entry in entries),
            held=lambda held: sorted(
                held.column(
                    "select cast(biblio.id as text) from biblio, json_each(?) where document ->> 'isbn' = value",
                    json.dumps(held.asked[0]),
                )
            ),
            page=Page("connectors.library.koha_catalogue.WINDOW", 4),
            absent=Absent(lambda *_: (["9791032305690"],), []),
            words={HoldingState: COPIES_APART},
        ),
        "entry": Endpoint(
            arguments=records_on_data("id"),
            told=lambda entry: [entry.id],
            held=lambda held: list(held.asked),
            page=Lacks("one number is one record's"),
            absent=Absent(nobody("999999"), None),
            words={HoldingState: COPIES_APART},
        ),
        "holdings": Endpoint(
            arguments=records_on_data("ids"),
            told=lambda found: [(id, sum(shelf.copies for shelf in shelves)) for id, shelves in found.items()],
            held=copies_of,
            page=Page("connectors.library.koha_catalogue.COPIES", 5),
            absent=Absent(lambda *_: (["999999"],), {"999999": ()}),
            words={
                HoldingState: Word(
                    in_the_vault,
                    lambda found: [(shelf.state, shelf.state_label) for shelves in found.values() for shelf in shelves],
                    label="In the vault",
                )
            },
        ),
        "hold_on": Endpoint(
            arguments=title_held_for_mei,
            told=lambda hold: [hold.id] if hold else [],
            held=lambda held: held.column(
                "select cast(id as text) from hold where document ->> 'patron_id' = ? and document ->> 'biblio_id' = ?",
                *map(int, held.asked),
            ),
            page=Lacks("it is looked for among `holds`, which are read to the end"),
            absent=Absent(lambda patron, _: (patron, "999999"), None),
            words={
                HoldState: Word(everywhere("status", "Z"), lambda hold: [(hold.state, hold.state_label)], label="Z")
            },
        ),
        "pickup_locations": Endpoint(
            arguments=nothing,
            told=lambda places: [place.code for place in places],
            held=lambda held: held.column("select id from library order by id"),
            page=Page("connectors.library.koha_lists.PAGE_SIZE", 1),
            absent=BRANCHES,
            words={},
        ),
        "e_resources": Endpoint(
            arguments=nothing,
            told=lambda resources: [resource.id for resource in resources],
            held=lambda held: held.column(
                "select cast(id as text) from erm_package where document ->> 'content_type' <> 'Print' order by id"
            ),
            page=Page("connectors.library.koha_lists.PAGE_SIZE", 4),
            absent=Lacks("all packages are asked for"),
            words={
                EResourceKind: Word(
                    everywhere("content_type", "Board games"),
                    lambda resources: [(each.kind, each.kind_label) for each in resources],
                    label="Board games",
                )
            },
        ),
        "lists": Lacks("the lists above, side by side: tests/contract/test_koha_connector.py"),
    },
    changes={
        "renew": Change(
            arguments=renewable_loan_of_mei,
            method="POST",
            at=lambda _, loans: f"/api/v1/checkouts/{loans[0]}/renewals",
            refused=NotRenewed,
        ),
        "place_hold": Change(
            arguments=title_for_mei, method="POST", at=lambda *_: "/api/v1/holds", refused=HoldRefused
        ),
        "write_contacts": Change(arguments=mei_moved, method="PUT", at=lambda patron, _: f"/api/v1/patrons/{patron}"),
        "cancel_hold": Change(
            arguments=hold_of_mei, method="DELETE", at=lambda _, hold: f"/api/v1/holds/{hold}", refused=HoldNotCancelled
        ),
    },
)
