"""What LibreBooking's REST API sends, as far as we read it, by its own names.

Numbers come as numbers or as texts, and whether something is so as true, 1 or "1": it depends on the version and on how
PHP talks to its database. A moment that never was is an empty text.
"""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Raw, Struct, field

from connectors.wire import Admission, Moment

LEAST = 60.0
"""Seconds that a session is taken to last at least, whatever its clock and ours think of each other."""

Number = Annotated[int, Meta(ge=0, lt=2**31)] | Annotated[str, Meta(pattern="^[0-9]{1,9}$")]
Flag = bool | Annotated[int, Meta(ge=0, le=1)] | Annotated[str, Meta(pattern="^[01]?$")] | None


class SessionOnWire(Struct, rename="camel"):
    """The door answers 200 whether it opens or not."""

    is_authenticated: bool
    session_token: str | None = None
    session_expires: Moment | None = None
    user_id: Number | None = None

    def admission(self) -> Admission | None:
        if not self.is_authenticated or self.session_token is None or self.user_id is None:
            return None
        headers = {"X-Booked-SessionToken": self.session_token, "X-Booked-UserId": str(self.user_id)}
        left = (self.session_expires - datetime.now(UTC)).total_seconds() if self.session_expires else LEAST
        return Admission(headers, max(LEAST, left))


Length = Annotated[str, Meta(pattern="^([0-9]{1,5} days ?)?([0-9]{1,2} hours ?)?([0-9]{1,2} minutes)?$")] | None
"""As PHP's DateDiff writes it, in the words of the gateway's user's language; empty where there is none."""


class AttributeOnWire(Struct):
    label: str
    value: str | None = None


class ResourceOnWire(Struct, rename="camel"):
    resource_id: Number
    name: str
    schedule_id: Number
    status_id: Number
    """0 hidden, 1 available, 2 unavailable."""
    location: str | None = None
    max_participants: Number | None = None
    type_id: Number | None = None
    requires_approval: Flag = None
    requires_check_in: Flag = None
    max_concurrent_reservations: Number | None = None
    min_length: Length = None
    max_length: Length = None
    min_notice_add: Length = None
    max_notice: Length = None
    min_notice_delete: Length = None
    allow_multiday: Flag = None
    custom_attributes: list[AttributeOnWire] = field(default_factory=list)


class ResourcesOnWire(Struct):
    resources: list[ResourceOnWire]


class KindOnWire(Struct):
    id: Number
    description: str | None = None


class KindsOnWire(Struct):
    types: list[KindOnWire]


class PeriodOnWire(Struct, rename="camel"):
    start: Moment
    end: Moment
    is_reservable: bool


class ScheduleOnWire(Struct):
    id: Number
    periods: list[list[PeriodOnWire]]
    """Those of the next seven days, by day of the week."""


class SlotOnWire(Struct, rename="camel"):
    """A stretch of one resource's day. Who has reserved it is not read."""

    start_date_time: Moment
    end_date_time: Moment
    is_reservable: bool
    is_reserved: bool
    label: Raw = Raw(b"null")
    """Not read: of a reservation it is a name. There is none of the time to make a resource ready."""


class SlotsOfOneOnWire(Struct, rename="camel"):
    resource_id: Number
    slots: list[SlotOnWire]


class SlotsOfDayOnWire(Struct):
    resources: list[SlotsOfOneOnWire] | None = None


class SlotsOnWire(Struct):
    dates: list[SlotsOfDayOnWire]


class TakenOnWire(Struct, rename="camel"):
    """Of anybody's reservation only what is taken and when: names and titles are not even read."""

    resource_id: Number
    buffered_start_date: Moment
    buffered_end_date: Moment


class AllTakenOnWire(Struct):
    reservations: list[TakenOnWire]


class HeldOnWire(TakenOnWire):
    """The same, and whose it is: to see what of it is the person's own."""

    user_id: Number
    reference_number: str
    start_date: Moment
    end_date: Moment


class AllHeldOnWire(Struct):
    reservations: list[HeldOnWire]


class CreatedOnWire(Struct, rename="camel"):
    reference_number: Annotated[str, Meta(min_length=1)]


class DeletedOnWire(Struct):
    """A sentence that says so: it tells LibreBooking's answer from that of something before it."""

    message: str


class RefusalOnWire(Struct):
    """Sentences in the language of the gateway's user; there are no codes."""

    errors: list[str]


class PermissionOnWire(Struct):
    id: Number


class UserOnWire(Struct):
    """What a user may book by themselves, and the groups by which they may book more; nothing else of them is read."""

    permissions: list[PermissionOnWire] = field(default_factory=list)
    groups: list[PermissionOnWire] = field(default_factory=list)


class GroupOnWire(Struct):
    permissions: list[str] = field(default_factory=list)
    """Addresses of resources: they end in their numbers."""


class ReservationOnWire(Struct, rename="camel"):
    reference_number: str
    user_id: Number
    resource_id: Number
    resource_name: str
    start_date: Moment
    end_date: Moment
    requires_approval: bool
    """Whether it still waits for approval."""
    title: str | None = None
    check_in_date: str | None = None
    check_out_date: str | None = None
    is_check_in_enabled: Flag = None
    auto_release_minutes: Number | None = None


class ReservationsOnWire(Struct):
    reservations: list[ReservationOnWire]
