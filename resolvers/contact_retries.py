"""What a system has not agreed with is tried again until it does: by one process of all, whoever holds the lease."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import groupby

from connectors import portal
from connectors.portal import Lease, PendingWrite
from connectors.reads import settled
from connectors.wire import meters

from .contact_notices import notices_for
from .contact_sync import Attempt, claims_end, write_all
from .context import Campus, RequestContext
from .viewer import Viewer

LEASE = "contact writes"
LEASED = timedelta(seconds=15)
"""How long nobody else writes after a process has ended without a word."""

TICK = 2.0
"""Seconds between two looks at what is due."""

AT_ONCE = 10
"""People written into one system at a time."""

MOST = 1000
"""Rows of one system looked at in one pass."""

TOLD_AFTER = timedelta(hours=24)

_log = logging.getLogger("gateway.contacts")


class Retries:
    """One process's part: it works while it holds the lease, and looks whether it could otherwise."""

    def __init__(
        self, campus: Campus, context_for: Callable[[Viewer], RequestContext], tell: Callable[[str], None]
    ) -> None:
        """`tell` lets those know who look that a person of this id was told something."""
        self._campus = campus
        self._context_for = context_for
        self._tell_person = tell
        self._holder = uuid.uuid4().hex
        self._systems = campus.answering("write_contacts")
        """What waits for a system that the settings no longer have is left to its period."""

    async def keep_on(self) -> None:
        """For as long as it is let; whatever fails is tried again at the next look."""
        while True:
            (failure,) = await settled([self.look()])
            if isinstance(failure, Exception):
                _log.warning("contact details wait: %s", failure)
            await asyncio.sleep(TICK)

    async def leave(self) -> None:
        """Once it looks no longer: lets another process go on at once."""
        await settled([self._give_back()])

    async def look(self) -> None:
        """Raises UpstreamError where the store does not answer."""
        if not await self._leads():
            return
        async with self._campus.store.reading() as connection:
            now = self._campus.now()
            by_system = {system: await portal.due(connection, system, now, MOST) for system in self._systems}
        for outcome in await settled(self._work_off(system, persons) for system, persons in by_system.items()):
            if isinstance(outcome, Exception):
                raise outcome
        await self._tell()

    async def _give_back(self) -> None:
        async with self._campus.store.changing() as connection:
            await portal.give_back(connection, LEASE, self._holder)

    async def _leads(self) -> bool:
        """Whether it is ours to work; what is ours for long enough yet is not written again."""
        now = self._campus.now()
        async with self._campus.store.reading() as connection:
            held = await portal.lease_of(connection, LEASE)
        if held and held.until > now:
            if held.holder != self._holder:
                return False
            if held.until - now > LEASED / 2:
                return True
        async with self._campus.store.changing() as connection:
            return await portal.leased(connection, LEASE, Lease(self._holder, now + LEASED), now)

    async def _work_off(self, system: str, persons: Sequence[str]) -> None:
        """A few people at a time; if none of them can be written, the others would wait as long for nothing."""
        for first in range(0, len(persons), AT_ONCE):
            attempts = await self._claimed(system, persons[first : first + AT_ONCE])
            if attempts and not any(await write_all(self._campus, attempts)):
                return

    async def _claimed(self, system: str, persons: Sequence[str]) -> list[Attempt]:
        """Of these, what nobody else writes just now; nothing if the lease was lost meanwhile."""
        now = self._campus.now()
        found: list[Sequence[PendingWrite]] = []
        until = claims_end(self._campus, [system])
        async with self._campus.store.changing() as connection:
            if not await portal.leased(connection, LEASE, Lease(self._holder, now + LEASED), now):
                return []
            for person in persons:
                found += (await portal.claimed(connection, person, until, now)).values()
        return [(self._context_for(_asker(those)), those) for those in found]

    async def _tell(self) -> None:
        """Whoever waits for a day is told so once, and so is the operator."""
        now = self._campus.now()
        async with self._campus.store.reading() as connection:
            if not await portal.late(connection, self._systems, now - TOLD_AFTER):
                return
        async with self._campus.store.changing() as connection:
            late = await portal.late(connection, self._systems, now - TOLD_AFTER)
            await portal.keep_notices(connection, notices_for(self._campus, late, now))
            await portal.told(connection, late, now)
        for person in {each.person for each in late}:
            self._tell_person(person)
        for system, those in groupby(sorted(late, key=lambda each: each.system), key=lambda each: each.system):
            people = {each.person for each in those}
            _log.error("%s does not have the contact details of %d since a day", system, len(people))
            meters.late(system, len(people))


def _asker(those: Sequence[PendingWrite]) -> Viewer:
    """The person, as far as it takes to find the account; the token was somebody's, and is over."""
    first = those[0]
    return Viewer(issuer=portal.SYSTEM, subject=first.change, person=first.person, accounts=first.accounts)
