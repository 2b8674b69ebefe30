"""What the portal keeps of people, in campus words: layouts, preferences, what they have read."""

import enum
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

import msgspec

from campus.academic_year import AcademicPhase
from campus.announcement import Announcement
from campus.contacts import ContactPart, ContactSyncState
from campus.record import Record
from campus.text import Text


class PlacedWidget(Record, frozen=True):
    """A widget in its place on a grid of twelve columns."""

    widget: str
    """The name of its query, as in dashboard/widgets."""
    column: int
    """0 is the leftmost."""
    row: int
    """0 is the topmost."""
    width: int
    height: int


class DashboardLayout(Record, frozen=True):
    name: str
    phase: AcademicPhase | None
    """The phase of the academic year it is for; None for one that is for no phase."""
    widgets: Sequence[PlacedWidget]
    updated_at: datetime | None
    """None of a layout that nobody arranged."""

    @property
    def is_default(self) -> bool:
        return self.updated_at is None

    @property
    def version(self) -> str | None:
        """What it shows, as a word: another one whenever that is changed. None of a layout that nobody arranged."""
        if self.is_default:
            return None
        shown = msgspec.json.encode((self.phase, self.widgets))
        return hashlib.sha256(shown).hexdigest()[:16]


class LayoutConflictReason(enum.Enum):
    """Why a layout is not written."""

    CHANGED = "CHANGED"
    REMOVED = "REMOVED"
    PHASE_TAKEN = "PHASE_TAKEN"
    TOO_MANY = "TOO_MANY"


class LayoutConflict(Record, frozen=True):
    """What is kept is not what the writer saw. Nothing was written."""

    reason: LayoutConflictReason
    stored: DashboardLayout | None
    """The layout that is in the way: of the same name, or of the same phase. None where none is."""


class NotificationMatter(enum.Enum):
    """What a notification is about, as far as quiet hours care."""

    ACADEMIC = "ACADEMIC"
    ADMINISTRATIVE = "ADMINISTRATIVE"


class NotificationCategory(enum.Enum):
    COURSES = "COURSES"
    DEPARTMENTS = "DEPARTMENTS"
    GRADES = "GRADES"
    ENROLMENT = "ENROLMENT"
    ADMINISTRATION = "ADMINISTRATION"
    SERVICES = "SERVICES"
    LIBRARY = "LIBRARY"
    FEES = "FEES"

    @property
    def matter(self) -> NotificationMatter:
        return NotificationMatter.ACADEMIC if self in _ACADEMIC else NotificationMatter.ADMINISTRATIVE


_ACADEMIC = frozenset(
    {
        NotificationCategory.COURSES,
        NotificationCategory.DEPARTMENTS,
        NotificationCategory.GRADES,
        NotificationCategory.ENROLMENT,
    }
)


class NotificationChannel(enum.Enum):
    PORTAL = "PORTAL"
    MAIL = "MAIL"
    PUSH = "PUSH"


class NotificationSetting(Record, frozen=True):
    """Whether notifications of one category go out by one channel."""

    category: NotificationCategory
    channel: NotificationChannel
    enabled: bool
    is_default: bool = False
    """Whether nobody chose it."""

    @property
    def matter(self) -> NotificationMatter:
        return self.category.matter


class QuietHours(Record, frozen=True):
    """When no mail and no push goes out; past midnight where `ends` is before `starts`."""

    matter: NotificationMatter
    starts: time | None
    """On the clock of the person's campus; None, with `ends`, where there are none."""
    ends: time | None
    is_default: bool = False


class ApplicationDraft(Record, frozen=True):
    """A form that is not handed in."""

    system: str
    service: str
    """As its system calls it."""
    form: Mapping[str, Any]
    updated_at: datetime


class Preferences(Record, frozen=True):
    """What a person chose; what is missing was not chosen."""

    settings: Sequence[NotificationSetting] = ()
    quiet_hours: Sequence[QuietHours] = ()


class Reader(Record, frozen=True):
    """For whom announcements are looked through: what is known of the viewer without asking anybody."""

    person: str
    """University person id; empty for nobody in particular."""
    campuses: Sequence[str]
    programmes: Sequence[str]


class AnnouncementPage(Record, frozen=True):
    nodes: Sequence[Announcement]
    total: int
    """On all pages."""
    more: bool
    """Whether others follow."""


class PendingWrite(Record, frozen=True):
    """One part of how to reach a person that a system does not agree with yet, as far as anybody knows."""

    person: str
    system: str
    part: ContactPart
    value: Any
    """What shall be, as `msgspec.to_builtins` writes it."""
    accounts: Mapping[str, str]
    """The claims of the person's token that lead to the account, by name."""
    change: str
    """Which change asked for it."""
    asked_at: datetime
    due_at: datetime
    """When the system is asked again."""
    state: ContactSyncState = ContactSyncState.PENDING
    attempts: int = 0


class Notice(Record, frozen=True):
    """Something that one person is told."""

    person: str
    id: str
    category: NotificationCategory
    title: Text
    text: Text
    published_at: datetime
    read_at: datetime | None = None
