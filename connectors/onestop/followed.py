"""Applications and tickets that their owners follow, each account's for itself."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from connectors.reads import AccountKey, Holding, Hub, Personal, state_of
from connectors.wire import Operation

from .records import Application, Step, Ticket


class OneStopFollowed:
    """By account. An application has changed, too, where one of its steps has."""

    def __init__(
        self,
        ask: Callable[[str, Operation], Any],
        hub: Hub,
        every: Callable[[str], float],
        news: Callable[[AccountKey], None],
    ) -> None:
        """`news` is told whose there are, before they are."""
        self._ask = ask
        self.applications: Personal[Application] = Personal("applications", hub, self._applications, every, news)
        self.tickets: Personal[Ticket] = Personal("tickets", hub, self._tickets, every, news)

    def changed(self, key: AccountKey) -> None:
        """What the account's owner has changed through us: its system may tell nothing by itself."""
        self.applications.changed(key)
        self.tickets.changed(key)

    def application_changed(self, system: str, applicant: str) -> None:
        self.applications.wake(AccountKey(system, applicant))

    def ticket_changed(self, system: str, address: str) -> None:
        """Desks write an address as it was typed; it is matched in any case, as the desk itself does."""
        for key in [each for each in self.tickets.topics if each.system == system]:
            if key.account.casefold() == address.casefold():
                self.tickets.wake(key)

    async def _applications(self, key: AccountKey, operation: Operation) -> Holding[Application]:
        flowable = self._ask(key.system, operation)
        applications, steps = await flowable.applications(key.account), await flowable.steps(key.account)
        by_application: defaultdict[str, list[Step]] = defaultdict(list)
        for step in steps:
            by_application[step.application].append(step)
        by_state = {state_of(each, by_application[each.id]): each for each in applications}
        return Holding(key=key, by_state=by_state)

    async def _tickets(self, key: AccountKey, operation: Operation) -> Holding[Ticket]:
        tickets = await self._ask(key.system, operation).tickets(key.account)
        return Holding(key=key, by_state={state_of(each): each for each in tickets})
