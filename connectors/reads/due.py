"""Waiting until it is time to ask again, or until somebody says that there is something new."""

import asyncio
from contextlib import suppress

ASKED_AFTER = 1.0
"""Seconds between two questions for one thing at least, however many events tell that it is new."""


async def until_due(due: asyncio.Event, seconds: float) -> None:
    """Until these seconds are over, or it is due; never at once."""
    await asyncio.sleep(min(ASKED_AFTER, seconds))
    with suppress(TimeoutError):
        await asyncio.wait_for(due.wait(), max(0.0, seconds - ASKED_AFTER))
