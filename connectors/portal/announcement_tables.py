"""The tables of announcements: what the feeds said, whom it is for, who has read it, and which feeds were ever read."""

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, Table, Text

from .tables import CODE, ENTRY, Moment, kept, metadata

announcement = Table(
    "announcement",
    metadata,
    Column("system", CODE, primary_key=True),
    Column("entry", ENTRY, primary_key=True),
    Column("campus", CODE, nullable=False),
    Column("sender_kind", CODE, nullable=False),
    Column("sender_name", JSON, nullable=False),
    Column("priority", CODE, nullable=False),
    Column("title", JSON, nullable=False),
    Column("text", JSON, nullable=False),
    Column("link", Text),
    Column("published_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index(None, "published_at"),
    info=kept("announcements", since="updated_at"),
)


def _of_an_announcement() -> ForeignKeyConstraint:
    """Rows that go with their announcement."""
    return ForeignKeyConstraint(["system", "entry"], ["announcement.system", "announcement.entry"], ondelete="CASCADE")


announcement_audience = Table(
    "announcement_audience",
    metadata,
    Column("system", CODE, primary_key=True),
    Column("entry", ENTRY, primary_key=True),
    Column("part", CODE, primary_key=True),
    Column("code", CODE, primary_key=True),
    _of_an_announcement(),
)

announcement_read = Table(
    "announcement_read",
    metadata,
    Column("person", CODE, primary_key=True),
    Column("system", CODE, primary_key=True),
    Column("entry", ENTRY, primary_key=True),
    Column("read_at", Moment, nullable=False),
    _of_an_announcement(),
    Index(None, "system", "entry"),
)

announcement_feed = Table(
    "announcement_feed",
    metadata,
    Column("system", CODE, primary_key=True),
    Column("read_at", Moment, nullable=False),
)
