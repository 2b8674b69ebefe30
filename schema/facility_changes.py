"""Booking facilities, and giving them back."""

from datetime import datetime
from typing import Annotated

import strawberry

from connectors import gz_campus
from connectors.gz_campus import BookingRefusalReason, CancellationRefusalReason
from resolvers import facilities
from resolvers import facility_changes as resolvers

from .cards import Data
from .changes import KEY, InvalidInput
from .enums import STATE_LABEL, described
from .facilities import HOLDER, Booking, Facility
from .fields import campus_type, field, input_type, labelled, resolved

WRITE = "bookings:write"

described(
    BookingRefusalReason,
    "Why a facility cannot be booked by this person at this time.",
    {
        "IN_THE_PAST": "It would have begun already.",
        "OUT_OF_SERVICE": "The facility takes no bookings at present.",
        "NEEDS_APPROVAL": "Somebody has to agree first: it is applied for at its office, or through One Stop.",
        "NOT_PERMITTED": "The facility is for others.",
        "ACROSS_DAYS": "It would reach into the next day.",
        "CLOSED": "The facility is closed at its beginning or its end, or kept closed for a time.",
        "BETWEEN_SLOTS": "It would not begin or end where a slot does: `slotMinutes` of the opening hours.",
        "TOO_SHORT": "See `shortestMinutes` of the facility's rules.",
        "TOO_LONG": "See `longestMinutes`.",
        "TOO_SOON": "It would begin too soon from now: `noticeMinutes`.",
        "TOO_FAR_AHEAD": "It would end too far from now: `aheadMinutes`.",
        "QUOTA": "The person has as many bookings on that day as one may have: `mostADay`.",
        "OTHER": "Another reason, in the booking system's own words.",
    },
)
described(
    CancellationRefusalReason,
    "Why a booking is not cancelled.",
    {
        "BEGUN": "It has begun already, or is over.",
        "TOO_LATE": "It begins too soon: `cancelledBeforeMinutes` of the facility's rules.",
        "OTHER": "Another reason, in the booking system's own words.",
    },
)
input_type(
    resolvers.BookingInput,
    {
        "facility": "Global id of the facility.",
        "starts": "From when on. Without a zone it is meant on the campus's clock.",
        "ends": "Until when.",
        "title": "What the person calls it, in at most 200 characters; may be empty.",
    },
)


@campus_type(
    record=resolvers.FacilityBooked,
    data=Data.PERSONAL,
    system="gz_campus",
    purpose=HOLDER,
    requires=WRITE,
    in_union=True,
)
class FacilityBooked:
    """The facility is the person's for that time."""

    booking: Booking = field("The booking, new or what was booked before by the same request.")


@campus_type(record=gz_campus.SlotTaken, data=Data.PUBLIC, system="gz_campus", in_union=True)
class SlotTaken:
    """Others were first. Who they are, nobody is told."""

    facility: Facility | None = resolved(
        facilities.facility_of_slot, "What was wanted, for when else it is free; null where it is not shown any longer."
    )
    starts: datetime = field("From when on it was wanted.")
    ends: datetime = field("Until when.")


@campus_type(record=gz_campus.BookingRefused, data=Data.PUBLIC, system="gz_campus", in_union=True)
class BookingRefused:
    """A rule is in the way. Nothing was booked."""

    reason: BookingRefusalReason = field("Which one.")
    reason_label: str = labelled("reason", STATE_LABEL, own="words")


@campus_type(
    record=resolvers.BookingCancelled,
    data=Data.PERSONAL,
    system="gz_campus",
    purpose=HOLDER,
    requires=WRITE,
    in_union=True,
)
class BookingCancelled:
    """The booking is not there any longer."""

    reference: str = field("The booking system's own number of what was booked.")


@campus_type(record=gz_campus.CancellationRefused, data=Data.PUBLIC, system="gz_campus", in_union=True)
class CancellationRefused:
    """The booking stands."""

    reason: CancellationRefusalReason = field("Why.")
    reason_label: str = labelled("reason", STATE_LABEL, own="words")


BookFacilityResult = Annotated[
    FacilityBooked | SlotTaken | BookingRefused | InvalidInput,
    strawberry.union("BookFacilityResult", description="The booking, or why there is none."),
]
CancelBookingResult = Annotated[
    BookingCancelled | CancellationRefused | InvalidInput,
    strawberry.union("CancelBookingResult", description="What is gone, or why the booking stands."),
]


@strawberry.type
class FacilityMutations:
    book_facility: BookFacilityResult | None = resolved(
        resolvers.book_facility,
        "Books a facility for the person. Of many who want the same time, the first has it.",
        requires=WRITE,
        arguments={"input": "What, and when.", "idempotencyKey": KEY},
    )
    cancel_booking: CancelBookingResult | None = resolved(
        resolvers.cancel_booking,
        "Gives a booking of the person's own back; sent again, the answer is the same.",
        requires=WRITE,
        arguments={"booking": "Its global id."},
    )
