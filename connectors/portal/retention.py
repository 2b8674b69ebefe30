"""What leaves the store again: rows over their period, and everything of one person."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Delete
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.reads import settled

from .store import Store
from .tables import metadata

DAY = 24 * 3600.0
SECONDS = 600.0
"""What one purge may take: the first one after a period was shortened has years to delete."""

_log = logging.getLogger("gateway.portal")


async def keep_purged(store: Store, periods: Mapping[str, timedelta], now: Callable[[], datetime]) -> None:
    """Purges at once and then every day, for as long as it is let; tells in the log what it deleted."""
    while True:
        (outcome,) = await settled([purge(store, periods, now())])
        if isinstance(outcome, Exception):
            _log.warning("nothing purged: %s", outcome)
        else:
            _log.info("purged: %s", ", ".join(f"{count} of {table}" for table, count in outcome.items()))
        await asyncio.sleep(DAY)


async def purge(store: Store, periods: Mapping[str, timedelta], now: datetime) -> dict[str, int]:
    """Deletes what is over its period, and tells how many rows of each table. Raises UpstreamError.

    `periods` are named as in the settings; KeyError where one is missing. Rows that go with others are not counted.
    """
    async with store.changing(SECONDS) as connection:
        return {
            table.name: await _deleted(
                connection,
                table.delete().where(table.c[table.info["since"]] < now - periods[table.info["retention"]]),
            )
            for table in metadata.sorted_tables
            if table.info
        }


async def erase(store: Store, person: str) -> dict[str, int]:
    """Deletes every row that is about the person, and tells how many of each table. Raises UpstreamError."""
    async with store.changing(SECONDS) as connection:
        return {
            table.name: await _deleted(connection, table.delete().where(table.c.person == person))
            for table in metadata.sorted_tables
            if "person" in table.c
        }


async def _deleted(connection: AsyncConnection, statement: Delete) -> int:
    found: CursorResult[tuple[object, ...]] = await connection.execute(statement)
    return found.rowcount
