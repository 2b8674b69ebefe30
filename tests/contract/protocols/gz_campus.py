"""The protocols of the Guangzhou campus, as the suite is told of them."""

import re
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from google.transit.gtfs_realtime_pb2 import FeedMessage

from campus.announcement import SenderKind
from connectors.gz_campus import (
    AlertEffect,
    Atom,
    BookingWish,
    CampusLife,
    CardStatus,
    Gtfs,
    HousingState,
    LibreBooking,
    LossState,
    RentPeriod,
    TransactionKind,
)
from sandbox import atom, campus_life, gtfs, librebooking
from sandbox.facilities import FACILITIES, HIDDEN
from sandbox.gtfs_alerts import alerts_at
from sandbox.shuttle_network import STOPS

from .case import NOW, Absent, AccountOf, Case, Change, Endpoint, Lacks, Word, account_of, nobody, nothing
from .words import everywhere

REPORTED = Lacks("what vehicles report follows the clock; test_gtfs_connector.py reads it with other bindings")
WHOLE = Lacks("a file is one answer")
LOOKED_UP = Lacks("a file is asked for whole, and its keys are looked up in it")


async def unknown(_: object, __: object) -> tuple[object, ...]:
    """No timetable is known yet."""
    return (None,)


def of_an_effect_to_come(body: bytes) -> bytes:
    """Field 7 of an alert is its effect; no reference has a 99th yet."""
    message = FeedMessage.FromString(body)
    for entity in message.entity:
        entity.alert.ClearField("effect")
        entity.alert.MergeFromString(bytes([7 << 3, 99]))
    return message.SerializeToString()


GTFS = Case(
    module=Gtfs,
    simulator=gtfs,
    campus="GZ",
    account=Lacks("the files are open"),
    repeats=True,
    endpoints={
        "timetable": Endpoint(
            arguments=unknown,
            told=lambda timetable: list(timetable.stops),
            held=lambda _: list(STOPS),
            page=WHOLE,
            absent=LOOKED_UP,
            words={},
        ),
        "trip_updates": Endpoint(
            arguments=nothing,
            told=lambda updates: list(updates.by_trip),
            held=REPORTED,
            page=WHOLE,
            absent=LOOKED_UP,
            words={},
        ),
        "positions": Endpoint(
            arguments=nothing,
            told=lambda positions: [each.trip for each in positions],
            held=REPORTED,
            page=WHOLE,
            absent=LOOKED_UP,
            words={},
        ),
        "position_report": Endpoint(
            arguments=unknown,
            told=lambda report: [each.trip for each in report.vehicles],
            held=REPORTED,
            page=WHOLE,
            absent=LOOKED_UP,
            words={},
        ),
        "alerts": Endpoint(
            arguments=nothing,
            told=lambda alerts: [each.id for each in alerts],
            held=lambda _: [each.id for each in alerts_at(NOW)],
            page=WHOLE,
            absent=LOOKED_UP,
            words={
                AlertEffect: Word(
                    of_an_effect_to_come,
                    lambda alerts: [(each.effect, "") for each in alerts],
                    label=Lacks("the reference counts effects; the header tells what it is"),
                )
            },
        ),
    },
)

LABEL = Lacks("the office tells its label beside the word, in several languages")


async def whole_statement(_: Any, of: AccountOf) -> tuple[Any, ...]:
    return of("mei"), 100, None


CAMPUS_LIFE = Case(
    module=CampusLife,
    simulator=campus_life,
    campus="GZ",
    account="gz_card_number",
    repeats=True,
    endpoints={
        "card": Endpoint(
            arguments=account_of("mei"),
            told=lambda card: [each.number for each in card.latest.transactions],
            held=lambda held: held.column(
                "select number from payment where account = ? order by number desc limit 20", *held.asked
            ),
            page=Lacks("the latest transactions come with the card, and further ones are asked for by page"),
            absent=Absent(nobody("nobody"), None),
            words={
                CardStatus: Word(everywhere("state", "mislaid"), lambda card: [(card.status, "")], LABEL),
                LossState: Word(everywhere("state", "mislaid"), lambda card: [(card.loss_state, "")], LABEL),
                TransactionKind: Word(
                    everywhere("kind", "gift"),
                    lambda card: [(each.kind, "") for each in card.latest.transactions],
                    LABEL,
                ),
            },
        ),
        "housing": Endpoint(
            arguments=account_of("mei"),
            told=lambda stays: [each.id for each in stays],
            held=lambda held: held.column(
                "select document ->> '$.contract.number' from stay where account = ?"
                " order by document ->> '$.contract.starts'",
                *held.asked,
            ),
            page=Lacks("a person has a room or two"),
            absent=Absent(nobody("nobody"), None),
            words={
                HousingState: Word(
                    everywhere("state", "haunted"), lambda stays: [(each.state, "") for each in stays], LABEL
                ),
                RentPeriod: Word(
                    everywhere("per", "night"), lambda stays: [(each.rent_period, "") for each in stays], LABEL
                ),
            },
        ),
        "transactions": Endpoint(
            arguments=whole_statement,
            told=lambda statement: [each.number for each in statement.transactions],
            held=lambda held: held.column(
                "select number from payment where account = ? order by number desc", held.asked[0]
            ),
            page=Lacks("each page is asked for by a client of the gateway"),
            absent=Absent(lambda *_: ("nobody", 1, None), None),
            words={
                TransactionKind: Word(
                    everywhere("kind", "gift"), lambda told: [(each.kind, "") for each in told.transactions], LABEL
                )
            },
        ),
    },
)

ALL_AT_ONCE = Lacks("LibreBooking has no pages")
TODAY, MONTH = NOW.date(), timedelta(days=30)


async def today(_: object, __: AccountOf) -> tuple[object, ...]:
    return (TODAY,)


async def meis(_: object, of: AccountOf) -> tuple[object, ...]:
    return (of("mei"), TODAY - MONTH, TODAY + MONTH)


LISTED = "/Web/Services/index.php/Reservations"


async def room_for_mei(booking: Any, of: AccountOf) -> tuple[Any, ...]:
    """A study room on a morning on which nobody has it yet."""
    (room,) = [each for each in await booking.facilities(TODAY, TODAY) if each.key.facility == "31"]
    starts = datetime.combine(TODAY + 2 * MONTH, time(10), NOW.tzinfo)
    return of("mei"), BookingWish(facility=room.key, starts=starts, ends=starts + timedelta(hours=1)), room, NOW


async def booking_of_mei(booking: Any, of: AccountOf) -> tuple[Any, ...]:
    return ((await booking.bookings(of("mei"), TODAY, TODAY + MONTH))[-1],)


async def this_week(_: object, __: AccountOf) -> tuple[object, ...]:
    return TODAY, TODAY + timedelta(days=6)


LIBREBOOKING = Case(
    module=LibreBooking,
    simulator=librebooking,
    campus="GZ",
    account="gz_booking_user",
    username="gateway",
    repeats=True,
    endpoints={
        "taken": Endpoint(
            arguments=today,
            told=sorted,
            held=lambda held: held.column(
                "select distinct cast(facility as text) from reservation where starts < ? and ends > ? order by 1",
                *(f"2026-10-{day}T16:00:00+00:00" for day in (28, 27)),
            ),
            page=ALL_AT_ONCE,
            absent=Absent(lambda _: (TODAY + 20 * MONTH,), {}),
            words={},
        ),
        "bookings": Endpoint(
            arguments=meis,
            told=lambda bookings: [each.reference for each in bookings],
            held=lambda held: held.column(
                "select reference from reservation where account = ? order by starts", held.asked[0]
            ),
            page=ALL_AT_ONCE,
            absent=Absent(lambda _, first, last: ("123456", first, last), []),
            words={},
        ),
        "facilities": Endpoint(
            arguments=this_week,
            told=lambda facilities: [each.key.facility for each in facilities],
            held=lambda _: [str(each.id) for each in FACILITIES.values() if each.state != HIDDEN],
            page=ALL_AT_ONCE,
            absent=Lacks("all are asked for"),
            words={},
        ),
        "booked": Lacks("one booking by its time, as bookings tells it: tests/contract/test_librebooking_bookings.py"),
    },
    changes={
        "book": Change(arguments=room_for_mei, method="POST", at=lambda *_: f"{LISTED}/"),
        "cancel": Change(
            arguments=booking_of_mei,
            method="DELETE",
            at=lambda booking: f"{LISTED}/{booking.reference}",
            refused=type(None),
        ),
    },
)

ATOM = Case(
    module=Atom,
    simulator=atom,
    campus="GZ",
    account=Lacks("feeds are open"),
    repeats=True,
    endpoints={
        "notices": Endpoint(
            arguments=nothing,
            told=lambda feed: [each.key.entry for each in feed.announcements],
            held=lambda held: [
                f"tag:notices.gz.example,2026:{number:04}"
                for number in held.column(
                    "select number from notice where published <= ? order by published desc, number", NOW.isoformat()
                )
            ],
            page=Lacks("a feed is one document for each language"),
            absent=Lacks("all notices are asked for"),
            words={
                SenderKind: Word(
                    plant=partial(re.sub, rb'(notices/sender" term=)"\w+"', rb'\1"sponsor"'),
                    read=lambda feed: [(each.sender.kind, each.sender.name) for each in feed.announcements],
                    label=Lacks("a sender has a name, whatever kind it is of"),
                )
            },
        ),
    },
)
