"""What a library's catalogue says of a book, and what the library holds of it, in campus words."""

import enum

from campus.record import Record


class HoldingState(enum.Enum):
    AVAILABLE = "AVAILABLE"
    UNAVAILABLE = "UNAVAILABLE"
    ONLINE = "ONLINE"
    OTHER = "OTHER"


class Holding(Record, frozen=True):
    """Copies in one place of a library, or a licence to read online."""

    campus: str
    library: str | None
    """Branch."""
    shelving_location: str | None
    """Where in the branch."""
    call_number: str | None
    copies: int | None
    """Of paper; None for what is read online, and where nobody counts."""
    available: int | None
    """Of these, on the shelf now."""
    state: HoldingState
    state_label: str
    """The library's own word for it."""
    electronic_url: str | None


class Entry(Record, frozen=True):
    """One record of one catalogue."""

    system: str
    campus: str
    id: str
    title: str
    author: str | None
    year: int | None
    language: str | None
    """ISO 639-2, in the bibliographic form: eng, chi."""
    isbns: tuple[str, ...]
    """Of thirteen digits, in the order of the record."""
    publisher: str | None
    holdings: tuple[Holding, ...] = ()
    """Without the copies on paper, from catalogues that have to be asked for them: what has an endpoint `holdings`."""


class Entries(Record, frozen=True):
    """What a catalogue found, the best first."""

    found: int
    """Hits in all, of which `entries` are the first."""
    entries: tuple[Entry, ...]
