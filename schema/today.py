"""What the next day brings one person."""

from datetime import datetime

import strawberry

from resolvers import today, today_items
from resolvers.today_items import TodayKind

from .cards import Data
from .enums import LABEL, described
from .fields import campus_type, field, labelled, resolved, translated
from .location import Location
from .node import Unavailable

PURPOSE = "To show people what the next day brings them."
SCOPE = "enrolment:read"

described(
    TodayKind,
    "What may stand in a person's day.",
    {
        "MEETING": "A class.",
        "EXAM": "An examination.",
        "LOAN_DUE": "A loan that must be back.",
        "DEPARTURE": "A shuttle that leaves.",
        "APPLICATION_STEP": "A step of an application that waits for the person.",
        "BOOKING": "A facility the person has booked.",
    },
)


@campus_type(record=today_items.TodayItem, data=Data.PERSONAL, purpose=PURPOSE, requires=SCOPE)
class TodayItem:
    """One thing of the next day."""

    kind: TodayKind = field("What it is.")
    kind_label: str = labelled("kind", LABEL)
    campus: str = field("Code of the campus.")
    at: datetime = field("When it begins, is due or leaves; of a step, since when it waits.")
    until: datetime | None = field("When it ends or arrives; null for what only falls due.")
    title: str = translated("title", "Course, work, service, line or facility.")
    detail: str = translated("detail", "Section, which examination, author, step, destination, purpose; may be empty.")
    room: str | None = field("Of a class or an examination: as the schedule prints it.")
    location: Location | None = resolved(
        today_items.location_of_item, "Where: of the room, the stop or the facility; null where nobody knows."
    )
    link: str = field("Relative URL to what tells more: the name of a widget, with its variables.")
    subject: strawberry.ID | None = field("Global id of what it is about, for `node(id:)`; null where it has none.")


@campus_type(record=today.Today, data=Data.PERSONAL, purpose=PURPOSE, requires=SCOPE)
class Today:
    """The next 24 hours of one person, at all campuses."""

    since: datetime = field("Now, on the clock of the campus.")
    until: datetime = field("24 hours later.")
    nodes: list[TodayItem] = field("In order of time.")
    unavailable: list[Unavailable] = field("Systems whose part is missing; an error at the same path says the same.")
    missing_scopes: list[str] = field("Scopes that the token lacks, so that their part was not asked for.")
