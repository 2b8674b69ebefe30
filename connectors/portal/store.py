"""The door to the portal's own database: one engine, opened once, through which every table family goes.

Whatever keeps it from answering is told as of any other system, under the id `portal`.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.wire import UpstreamError, UpstreamTimeout

from .database import SYSTEM, Database, engine_of
from .migration import migrate
from .tables import insert_into

SECONDS = 2.0
"""What one visit may take, as with any other system."""

_log = logging.getLogger("gateway.portal")


class Store:
    """The tables, as visits read and change them. Nobody but a visit holds a connection."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._migrating: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def reading(self, tally: Counter[str] | None = None) -> AsyncIterator[AsyncConnection]:
        """A visit that changes nothing; its statements are counted in `tally`. Raises UpstreamError."""
        async with _told(), asyncio.timeout(SECONDS):
            await self.migrated()
            async with _begun(self._engine, begin="BEGIN", tally=tally) as connection:
                yield connection

    @asynccontextmanager
    async def changing(self, seconds: float = SECONDS) -> AsyncIterator[AsyncConnection]:
        """A visit that changes rows: all of it or, if it fails, nothing. Raises UpstreamError."""
        async with _told(), asyncio.timeout(seconds):
            await self.migrated()
            # A transaction that turns from reading to writing is refused by SQLite where another wrote meanwhile.
            async with _begun(self._engine, begin="BEGIN IMMEDIATE") as connection:
                yield connection

    async def migrated(self) -> None:
        """Once the tables are this version's: at start, or when a database that was away is back.

        Whoever asks first migrates for all; who gives up waiting takes it from nobody.
        """
        if self._migrating is None or _failed(self._migrating):
            self._migrating = asyncio.create_task(migrate(self._engine), name="migrate the portal's tables")
        await asyncio.shield(self._migrating)

    async def start(self) -> None:
        """Migrates; where the database does not answer, that is logged, and the next visit tries again."""
        try:
            async with _told():
                await self.migrated()
        except UpstreamError as failure:
            _log.warning("%s; what is kept there is missing from answers until it is back", failure)

    async def close(self) -> None:
        if self._migrating:
            self._migrating.cancel()
            await asyncio.gather(self._migrating, return_exceptions=True)
        await self._engine.dispose()


@asynccontextmanager
async def open_store(place: Database) -> AsyncIterator[Store]:
    """The store, its tables those of this version. A database that does not answer keeps nobody from starting."""
    store = Store(engine_of(place))
    try:
        await store.start()
        yield store
    finally:
        await store.close()


async def brought_to(place: Database, version: str) -> tuple[str | None, str | None]:
    """The version of the tables before and after. Raises UpstreamError; ValueError where there is no such version."""
    engine = engine_of(place)
    try:
        async with _told():
            return await migrate(engine, version)
    finally:
        await engine.dispose()


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows over those of the same primary key, or beside all others."""
    if not rows:
        return
    insert = insert_into(connection, table)
    keys = {column.name for column in table.primary_key}
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    index = list(table.primary_key)
    statement = (
        insert.on_conflict_do_update(index_elements=index, set_=changed)
        if changed
        else insert.on_conflict_do_nothing(index_elements=index)
    )
    await connection.execute(statement, list(rows))


async def add(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows beside all others; where one of the same primary key is there, that one stays as it is."""
    if rows:
        statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=list(table.primary_key))
        await connection.execute(statement, list(rows))


async def one_at_a_time(connection: AsyncConnection, name: str) -> None:
    """Waits until no other visit holds this name, and holds it until this visit ends."""
    if connection.dialect.name == "postgresql":  # SQLite lets one visit change things at a time, whatever it changes
        await connection.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


@asynccontextmanager
async def _begun(engine: AsyncEngine, **options: Any) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as connection:
        await connection.execution_options(**options)
        async with connection.begin():
            yield connection


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """What keeps the database from answering, as UpstreamError. A mistake in our own statements stays what it is."""
    try:
        yield
    except (TimeoutError, NoConnectionFree) as failure:
        raise UpstreamTimeout(SYSTEM, "no answer in time") from failure
    except (OperationalError, InterfaceError, OSError) as failure:
        raise UpstreamError(SYSTEM, type(failure).__name__) from failure
    except DBAPIError as failure:
        # Without a statement it is the connection that failed: a password, a database that is not there.
        if failure.statement is not None and not failure.connection_invalidated:
            raise
        raise UpstreamError(SYSTEM, type(failure).__name__) from failure


def _failed(migration: asyncio.Task[Any]) -> bool:
    return migration.done() and (migration.cancelled() or migration.exception() is not None)
