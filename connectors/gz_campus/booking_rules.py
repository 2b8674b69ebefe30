"""Whether a facility's own rules let somebody book it at a time, or give it back.

LibreBooking holds users to these, and not the administrator as whom the gateway books for them (AdminExcludedRule).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from campus.timetable import DAYS

from .booking_records import BookingRefusalReason as Reason
from .booking_records import BookingWish, CancellationRefusalReason
from .facility_records import Booking, BookingRules, Facility, OpeningHours

MINUTE = timedelta(minutes=1)


def refusal(wish: BookingWish, facility: Facility, now: datetime, zone: tzinfo) -> Reason | None:
    """The first rule in the way; who else is there, and what else the person has booked, is not looked at."""
    if not facility.in_service:
        return Reason.OUT_OF_SERVICE
    if wish.starts < now:
        return Reason.IN_THE_PAST
    if facility.needs_approval:
        return Reason.NEEDS_APPROVAL
    return _of_length(wish, facility.rules, zone) or _of_hours(wish, facility, zone) or _of_notice(wish, facility, now)


def cancellation(booking: Booking, rules: BookingRules | None, now: datetime) -> CancellationRefusalReason | None:
    """None of `rules` are known of what is hidden by now."""
    if booking.starts < now:
        return CancellationRefusalReason.BEGUN
    if rules and rules.cancelled_before and booking.starts < now + rules.cancelled_before * MINUTE:
        return CancellationRefusalReason.TOO_LATE
    return None


def _of_length(wish: BookingWish, rules: BookingRules, zone: tzinfo) -> Reason | None:
    length = wish.ends - wish.starts
    if rules.shortest and length < rules.shortest * MINUTE:
        return Reason.TOO_SHORT
    if rules.longest and length > rules.longest * MINUTE:
        return Reason.TOO_LONG
    last = (wish.ends - MINUTE).astimezone(zone).date()
    return None if rules.across_days or last == wish.starts.astimezone(zone).date() else Reason.ACROSS_DAYS


def _of_hours(wish: BookingWish, facility: Facility, zone: tzinfo) -> Reason | None:
    """A booking begins where a slot does, and ends where one ends."""
    starts, ends = wish.starts.astimezone(zone), wish.ends.astimezone(zone)
    fits = [_fits(starts, facility.opening_hours, end=False), _fits(ends, facility.opening_hours, end=True)]
    return next((reason for reason in (Reason.CLOSED, Reason.BETWEEN_SLOTS) if reason in fits), None)


def _fits(moment: datetime, hours: Sequence[OpeningHours], *, end: bool) -> Reason | None:
    """What ends at midnight ends the day before."""
    day = (moment - MINUTE).date() if end else moment.date()
    for each in hours:
        if each.day.value != DAYS[day.weekday()]:
            continue
        opens = datetime.combine(day, each.from_, moment.tzinfo)
        closes = datetime.combine(day, each.until, moment.tzinfo)
        closes += timedelta(days=1) if closes <= opens else timedelta()
        if opens < moment <= closes if end else opens <= moment < closes:
            on_a_slot = each.slot is None or moment == closes or (moment - opens) % (each.slot * MINUTE) == timedelta()
            return None if on_a_slot else Reason.BETWEEN_SLOTS
    return Reason.CLOSED


def _of_notice(wish: BookingWish, facility: Facility, now: datetime) -> Reason | None:
    rules = facility.rules
    if rules.notice and wish.starts < now + rules.notice * MINUTE:
        return Reason.TOO_SOON
    if rules.ahead and wish.ends > now + rules.ahead * MINUTE:
        return Reason.TOO_FAR_AHEAD
    return None
