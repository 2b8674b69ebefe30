"""What a library gives access to online, software included, and to whom its licence gives it, in campus words."""

import enum
from datetime import date

from campus.record import Record


class EResourceKind(enum.Enum):
    DATABASE = "DATABASE"
    JOURNAL = "JOURNAL"
    EBOOK_COLLECTION = "EBOOK_COLLECTION"
    SOFTWARE = "SOFTWARE"
    OTHER = "OTHER"


class LicenceTerms(Record, frozen=True):
    """Whom a licence lets in, as far as a machine can read it."""

    active: bool | None
    """Whether the library says that it is in force; None where we cannot tell from what it says."""
    begins: date | None
    ends: date | None
    """The last day."""
    campuses: frozenset[str] | None
    """Codes; None: all that the library serves."""
    affiliations: frozenset[str] | None
    """student, faculty, staff, alumni …; None: everybody there."""


class EResource(Record, frozen=True):
    system: str
    campus: str
    id: str
    name: str
    kind: EResourceKind
    kind_label: str
    """The library's own word."""
    access_url: str | None
    licences: tuple[LicenceTerms, ...] | None
    """Any of which may let in: none where the library has none on record. None where none is needed: it is free."""
