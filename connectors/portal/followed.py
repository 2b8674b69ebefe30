"""What the portal itself tells people, as they follow it, each person's for itself."""

from connectors.reads import AccountKey, Holding, Hub, Personal, state_of
from connectors.wire import Operation

from .database import SYSTEM
from .notices import notices_of
from .records import Notice
from .store import Store

EVERY = 60.0
"""Seconds between two looks, should no process say that there is something new."""


class PortalFollowed:
    """By person; the portal is the system."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self.notices: Personal[Notice] = Personal("notices", hub, self._notices, lambda _: EVERY)

    def told(self, person: str) -> None:
        """Something new was written down for them."""
        self.notices.changed(AccountKey(SYSTEM, person))

    async def _notices(self, key: AccountKey, _: Operation) -> Holding[Notice]:
        async with self._store.reading() as connection:
            found = (await notices_of(connection, [key.account])).get(key.account, ())
        return Holding(key=key, by_state={state_of(each.id): each for each in found})
