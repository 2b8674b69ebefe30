"""Deletes from the portal's tables what is over its time, or everything of one person, and tells how much it was."""

import argparse
import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from connectors import portal
from connectors.wire import UpstreamError
from pipeline.settings_portal import Portal

from .check import settings_in
from .failure import Failure


def purge(arguments: argparse.Namespace) -> None:
    """Raises Failure where the database cannot be reached."""
    settings = settings_in(arguments.config).portal
    try:
        deleted = asyncio.run(_purged(settings, arguments.person))
    except UpstreamError as error:
        raise Failure(f"{error}; nothing was deleted") from error
    for table, rows in deleted.items():
        print(f"portal: {rows} deleted from {table}")


async def _purged(settings: Portal, person: str | None) -> Mapping[str, int]:
    async with portal.open_store(settings.database) as store:
        if person:
            return await portal.erase(store, person)
        return await portal.purge(store, settings.retention.periods, datetime.now(UTC))
