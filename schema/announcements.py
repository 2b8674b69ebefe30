"""What the campuses announce."""

from datetime import datetime

import strawberry

from campus import announcement
from campus.announcement import AnnouncementPriority, SenderKind
from resolvers import announcements

from .cards import Data
from .enums import LABEL, described
from .fields import campus_type, field, global_id_of, input_type, labelled, resolved, translated
from .node import Connection, Node
from .streams import streamed

described(
    SenderKind,
    "Whose word an announcement is.",
    {
        "INSTRUCTOR": "Of who teaches a course.",
        "DEPARTMENT": "Of a department, a school, or a thrust.",
        "ADMINISTRATION": "Of the registry, campus services, or the university as a whole.",
        "OTHER": "Of somebody else: see `name`.",
    },
)
described(
    AnnouncementPriority,
    "How urgent an announcement is.",
    {
        "LOW": "For whoever has the time.",
        "NORMAL": "Like most.",
        "HIGH": "Everybody it is for should know: they are notified.",
    },
)

input_type(
    announcements.AnnouncementFilter,
    {
        "campus": "Code of the campus that announces it.",
        "priority": "How urgent.",
        "sender": "Whose word it is.",
        "interest": "A word of `audience { interests }`.",
        "unread": "true: only what the signed-in person has not read, which needs the scope `notifications:read`.",
    },
)


@campus_type(record=announcement.Sender, data=Data.PUBLIC, system="gz_campus")
class Sender:
    """Who announces something."""

    kind: SenderKind = field("Whose word it is.")
    kind_label: str = labelled("kind", LABEL)
    name: str = translated("name", "Name of the office, department or person.")


@campus_type(record=announcement.Audience, data=Data.PUBLIC, system="gz_campus")
class Audience:
    """Whom an announcement is for. Of campuses and programmes, an empty list means all."""

    campuses: list[str] = field("Codes of the campuses whose people are meant.")
    programmes: list[str] = field("Codes of the programmes whose students are meant.")
    interests: list[str] = field("What it is about, in words to filter by; they keep nobody out.")


@campus_type(record=announcement.Announcement, data=Data.PUBLIC, system="gz_campus", node=True)
class Announcement(Node):
    """Something a campus announces, as its feed has it."""

    id: strawberry.ID = global_id_of("Announcement")
    campus: str = field("Code of the campus that announces it.")
    title: str = translated("title", "Title.")
    text: str = translated("text", "Plain text, paragraphs apart by a blank line; empty where the title says it all.")
    sender: Sender = field("Who announces it.")
    priority: AnnouncementPriority = field("How urgent it is.")
    priority_label: str = labelled("priority", LABEL)
    audience: Audience = field("Whom it is for.")
    link: str | None = field("Page that tells more.")
    published_at: datetime = field("When it first came out.")
    updated_at: datetime = field("When it was last changed.")


@strawberry.type
class AnnouncementSubscriptions:
    announcement_published: Announcement | None = streamed(
        announcements.announcement_published,
        "The latest announcement of those for everybody and for the campuses and programmes that the token names, then "
        "each that comes out or is changed, as often as its feed is read. None is told of those withdrawn.",
        arguments={"campus": "Code of the campus that announces it; all, if left out."},
    )


@strawberry.type
class AnnouncementQueries:
    announcements: Connection[Announcement] | None = resolved(
        announcements.announcements,
        "The latest first: those for everybody, and those for the campuses and programmes that the token names.",
        arguments={
            "filter": "Which of them; all, if left out.",
            "first": "Announcements on a page, 1 to 100.",
            "after": "Cursor of the announcement before.",
        },
    )
