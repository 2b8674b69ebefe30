"""Facilities: what can be booked, when it is free, and what a person has booked."""

from datetime import datetime, time

import strawberry

from campus.timetable import Day
from connectors import gz_campus
from connectors.gz_campus import BookingState, SlotState
from resolvers import facilities

from .cards import Data
from .courses import CAMPUS
from .enums import LABEL, described
from .fields import campus_type, field, global_id_of, labelled, resolved, translated
from .location import Location
from .node import Listing, Node

HOLDER = "To show people what they have booked."

described(
    SlotState,
    "Whether a facility can be had.",
    {
        "FREE": "It can be booked.",
        "TAKEN": "Somebody has it; who, nobody is told.",
        "CLOSED": "Its office keeps it closed for that time.",
    },
)
described(
    BookingState,
    "How far a booking has come.",
    {
        "PENDING_APPROVAL": "Somebody has to agree to it first.",
        "CONFIRMED": "The facility is kept.",
        "CHECKED_IN": "The person said that they are there.",
        "CHECKED_OUT": "The person said that they have left.",
    },
)


@campus_type(record=gz_campus.OpeningHours, data=Data.PUBLIC, system="gz_campus")
class OpeningHours:
    """One stretch of one day of the week in which a facility may be used."""

    day: Day = field("Day of the week.")
    from_: time = field("When it opens, on the clock of the campus.", name="from")
    until: time = field("When it closes; 00:00:00 is the end of the day.")
    slot: int | None = field(
        "Minutes of the slots a booking is made up of, counted from `from`; null where they are not all alike.",
        name="slotMinutes",
    )


@campus_type(record=gz_campus.BookingRules, data=Data.PUBLIC, system="gz_campus")
class BookingRules:
    """What a facility asks of whoever books it; null where it asks for nothing."""

    shortest: int | None = field("Minutes that a booking lasts at least.", name="shortestMinutes")
    longest: int | None = field("Minutes that a booking lasts at most.", name="longestMinutes")
    notice: int | None = field("Minutes before its beginning until when it can be booked.", name="noticeMinutes")
    ahead: int | None = field("Minutes from now within which it must end.", name="aheadMinutes")
    cancelled_before: int | None = field(
        "Minutes before its beginning until when it can be cancelled.", name="cancelledBeforeMinutes"
    )
    across_days: bool = field("Whether a booking may reach into the next day.")
    most_a_day: int | None = field("Bookings one person may have on a day, in all facilities of the same system.")


@campus_type(record=gz_campus.Slot, data=Data.PUBLIC, system="gz_campus")
class AvailabilitySlot:
    """A time within the opening hours of one day that is free, taken or closed, from its beginning to its end."""

    from_: datetime = field("Its beginning.", name="from")
    until: datetime = field("Its end.")
    state: SlotState = field("Whether it is free.")
    state_label: str = labelled("state", LABEL)


@campus_type(record=gz_campus.Facility, data=Data.PUBLIC, system="gz_campus", node=True)
class Facility(Node):
    """A hall, a room, a court or a laboratory that people of the campus may book."""

    id: strawberry.ID = global_id_of("Facility")
    campus: str = field("Code of the campus.")
    name: str = translated("name", "Name.")
    kind: str | None = field("What it is, in the booking system's own word: Hall, Meeting room.")
    capacity: int | None = field("People it has room for; null where nobody says.")
    location: Location = field("Where it is.")
    opening_hours: list[OpeningHours] = field("In order of the week; none on days when it is closed.")
    in_service: bool = field("Whether it takes bookings at present.")
    needs_approval: bool = field("Whether a booking waits until somebody agrees to it.")
    needs_check_in: bool = field("Whether it is given to others unless whoever booked it says that they are there.")
    rules: BookingRules = field("What it asks of whoever books it.")
    availability: list[AvailabilitySlot] | None = resolved(
        facilities.availability,
        "One day within its opening hours; none when it is closed all that day of the week or out of service. What is "
        "closed only then is known of the next seven days; a later one looks free.",
        arguments={"day": "A day on the campus's calendar, a year from today at most; today, if left out."},
    )


@campus_type(
    record=gz_campus.Booking,
    data=Data.PERSONAL,
    system="gz_campus",
    purpose=HOLDER,
    requires="bookings:read",
    node=True,
)
class Booking(Node):
    """What a person has booked."""

    id: strawberry.ID = global_id_of("Booking")
    campus: str = field("Code of the campus.")
    reference: str = field("The booking system's own number of it.")
    facility: Facility | None = resolved(
        facilities.facility_of_booking, "What is booked; null where it is not shown any longer."
    )
    facility_name: str = field("What is booked, as the booking system wrote it.")
    title: str | None = field("What the person called it.")
    starts: datetime = field("From when on.")
    ends: datetime = field("Until when.")
    state: BookingState = field("How far it has come.")
    state_label: str = labelled("state", LABEL)
    needs_check_in: bool = field("Whether the person has to say that they are there.")
    check_in_until: datetime | None = field(
        "The facility is given to others after that moment; null where it is kept, or in use already."
    )
    checked_in_at: datetime | None = field("When the person said that they are there.")
    checked_out_at: datetime | None = field("When the person said that they have left.")


@strawberry.type
class FacilityQueries:
    facilities: Listing[Facility] | None = resolved(
        facilities.facilities,
        "What can be booked.",
        arguments={
            "campus": CAMPUS,
            "kind": "Only those of this kind, as `kind` of a facility has it.",
            "search": "Words that all stand in its name, building, room or kind, in any language.",
        },
    )
