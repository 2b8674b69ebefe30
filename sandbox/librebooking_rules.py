"""What LibreBooking refuses, in its own words and in the order in which it looks; only the first reason is told.

An application administrator is held to a few of them only: times that make sense, the layout, and who came first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .facilities import SCHEDULES, Facility, periods
from .facilities_closures import Closure
from .librebooking_answers import lasting
from .librebooking_reservations import Reservation
from .librebooking_store import Store
from .university import CAMPUS_TIME

A_DAY = 2
"""The quota of this installation: reservations of one user on one day."""

_EARLY = timedelta(minutes=5)
"""How long before its beginning one may check in."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks."""

    account: int
    administrator: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to reserve, for themselves or for another."""

    account: int
    facility: Facility
    starts: datetime
    ends: datetime


def refusal(
    wish: Wish, session: Session, now: datetime, store: Store, *, instead: Reservation | None = None
) -> str | None:
    """Why the wish is not granted; `instead` is the reservation it changes."""
    if wish.starts >= wish.ends:
        return "The start date and time must be before the end date and time."
    if not session.administrator and (reason := _of_users(wish, session, now, store, instead)):
        return reason
    if reason := _off_the_layout(wish):
        return reason
    earliest = now + timedelta(hours=wish.facility.notice)
    if not session.administrator and instead is None and wish.facility.notice and wish.starts < earliest:
        return (
            "This reservation requires advance notice. The earliest date and time that can be reserved is"
            f" {_in_words(earliest)}."
        )
    if instead and not session.administrator and session.account != instead.account:
        return "You are not allowed to change this reservation."
    others = [
        each
        for each in store.between(wish.starts, wish.ends)
        if each.facility is wish.facility and each.starts < wish.ends and each.ends > wish.starts
    ]
    others = [each for each in others if instead is None or each.reference != instead.reference]
    return conflict(others) if len(others) >= wish.facility.at_once else None


def conflict(others: Sequence[Reservation | Closure]) -> str | None:
    """What is said of reservations and closures that are in the way."""
    days = sorted({f"{each.starts.astimezone(CAMPUS_TIME):%m/%d/%Y} - {each.facility.name['en']}" for each in others})
    return "\n".join(["There are conflicting reservations on the following dates:", *days, ""]) if days else None


def _of_users(wish: Wish, session: Session, now: datetime, store: Store, instead: Reservation | None) -> str | None:
    if wish.starts < now:
        return "The start date and time cannot be in the past."
    if not store.may_book(session.account, wish.facility):
        return "You do not have permission to access one or more of the requested resources."
    latest = now + timedelta(days=wish.facility.ahead)
    if wish.facility.ahead and wish.ends > latest:
        return (
            "This reservation cannot be made this far in the future. The latest date and time that can be reserved is"
            f" {_in_words(latest)}."
        )
    shortest, longest = timedelta(hours=wish.facility.shortest), timedelta(hours=wish.facility.longest)
    if wish.ends - wish.starts < shortest:
        return f"This reservation must last at least {lasting(shortest)}."
    if wish.ends - wish.starts > longest:
        return f"This reservation cannot last longer than {lasting(longest)}."
    day = wish.starts.astimezone(CAMPUS_TIME).date()
    if (wish.ends - timedelta(seconds=1)).astimezone(CAMPUS_TIME).date() != day:
        return f"{wish.facility.name['en']} does not allow reservations across days."
    midnight = datetime.combine(day, datetime.min.time(), CAMPUS_TIME)
    same_day = [
        each
        for each in store.between(midnight, midnight + timedelta(days=1))
        if each.account == wish.account and midnight <= each.starts < midnight + timedelta(days=1)
    ]
    if len([each for each in same_day if instead is None or each.reference != instead.reference]) >= A_DAY:
        return "Quota limit exceeded."
    return None


def _in_words(moment: datetime) -> str:
    return f"{moment.astimezone(CAMPUS_TIME):%m/%d/%Y %H:%M}"


def _off_the_layout(wish: Wish) -> str | None:
    """A reservation begins where a slot does, and ends where another period begins."""
    schedule = SCHEDULES[wish.facility.schedule]
    first = periods(schedule, wish.starts.astimezone(CAMPUS_TIME).date())
    last = periods(schedule, wish.ends.astimezone(CAMPUS_TIME).date())
    reasons = []
    if not any(each.starts == wish.starts and each.reservable for each in first):
        reasons.append("The start date and time requested is not valid.\n")
    if not any(each.starts == wish.ends for each in last):
        reasons.append("The end date and time requested is not valid.\n")
    return "".join(reasons) or None


def unchangeable(of: Reservation, session: Session, now: datetime) -> str | None:
    """Why it is not deleted."""
    if session.administrator:
        return None
    if of.starts < now:
        return "The start date and time cannot be in the past."
    if of.facility.cancelled_before and of.starts < now + timedelta(hours=of.facility.cancelled_before):
        earliest = now + timedelta(hours=of.facility.cancelled_before)
        return (
            f"Deleting this reservation requires advance notice. Reservations before {_in_words(earliest)} are not"
            " allowed to be deleted."
        )
    return None if session.account == of.account else "You are not allowed to change this reservation."


def no_check_in(of: Reservation, session: Session, now: datetime) -> str | None:
    if not session.administrator and session.account != of.account:
        return "You are not allowed to change this reservation."
    latest = min(of.ends, of.starts + timedelta(minutes=of.facility.release_after))
    if of.facility.release_after and of.starts - _EARLY <= now <= latest:
        return None
    return "This reservation cannot be checked in to."


def no_check_out(of: Reservation, session: Session, now: datetime) -> str | None:
    if not session.administrator and session.account != of.account:
        return "You are not allowed to change this reservation."
    if of.facility.release_after and of.checked_in and now >= of.starts:
        return None
    return "This reservation cannot be checked out from."
