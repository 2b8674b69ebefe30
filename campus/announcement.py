"""What the university announces: who says it, how urgent it is, and whom it is for."""

import enum
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from .record import Record
from .text import Text


class SenderKind(enum.Enum):
    INSTRUCTOR = "INSTRUCTOR"
    DEPARTMENT = "DEPARTMENT"
    ADMINISTRATION = "ADMINISTRATION"
    OTHER = "OTHER"


class AnnouncementPriority(enum.Enum):
    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"


class Sender(Record, frozen=True):
    kind: SenderKind
    name: Text


class Audience(Record, frozen=True):
    """Whom it is for. Of campuses and programmes, none means all; interests only say what it is about."""

    campuses: Sequence[str] = ()
    programmes: Sequence[str] = ()
    interests: Sequence[str] = ()

    def includes(self, campuses: Collection[str], programmes: Collection[str]) -> bool:
        """Whether somebody of these campuses and programmes is meant; nobody in particular belongs to none."""
        return all(
            not wanted or any(code in own for code in wanted)
            for wanted, own in ((self.campuses, campuses), (self.programmes, programmes))
        )


class AnnouncementKey(NamedTuple):
    system: str
    """The feed it came from."""
    entry: str
    """The feed's own id for it, which it never gives to another."""


class Announcement(Record, frozen=True):
    key: AnnouncementKey
    campus: str
    title: Text
    text: Text
    """Plain; paragraphs are apart by a blank line. May be empty of any language."""
    sender: Sender
    priority: AnnouncementPriority
    audience: Audience
    link: str | None
    published_at: datetime
    updated_at: datetime


class AnnouncementFeed(Record, frozen=True):
    """What one system announces, as it says at one moment."""

    system: str
    announcements: Sequence[Announcement]
    complete: bool
    """Whether this is all there is, so that what is missing was withdrawn."""
