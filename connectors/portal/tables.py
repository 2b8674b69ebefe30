"""What the tables of the store share: where they are declared, how moments are kept, and what becomes of rows."""

from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, DateTime, Dialect, MetaData, String, Table, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table. One with a column `person` holds the university person id there, and erasing the person empties it."""

CODE = String(64)
"""An id, a code, or a value of an enumeration."""


ENTRY = String(512)
"""An id that a feed gives: an IRI of any length, in practice short."""


class Moment(TypeDecorator[datetime]):
    """A moment with its zone, kept in UTC: SQLite knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def any_of(name: str) -> BindParameter[Any]:
    """For a statement that is put together once: the values of this name that it is told, for `in_`."""
    return bindparam(name, expanding=True)


def insert_into(connection: AsyncConnection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """One that knows `on conflict`: both kinds of database do, each by a class of its own. Taken from the one that the
    engine has imported already, for PostgreSQL's are four megabytes that whoever has a file need not hold."""
    insert: postgresql.Insert | sqlite.Insert = import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(
        table
    )
    return insert


def kept(name: str, *, since: str) -> dict[str, str]:
    """For a table's `info`: which retention period of the settings holds for its rows, counted from which column."""
    return {"retention": name, "since": since}
