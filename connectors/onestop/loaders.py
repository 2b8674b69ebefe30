"""Services for everybody; by key applications and tickets."""

from collections.abc import Callable
from typing import Any, NamedTuple

from connectors.reads import HOUR, AccountKey, Audience, Index, Joined, Lifetime, Loaders, Part, one_call_each
from connectors.wire import Operation

from .flowable import Flowable
from .records import Application, Service, Step, Ticket, TicketEvent, TicketQueue
from .request_tracker import RequestTracker


class OneStopIndexes:
    """The service catalogue of each workflow system, and the teams of each desk: public, for the whole process."""

    services: Index[str, list[Service]]
    queues: Index[str, list[TicketQueue]]

    def __init__(self, ask: Callable[[str, Operation], Any], refresh: Callable[[str], float]) -> None:
        self._ask = ask
        self.services = Index("services", self._services, refresh)
        self.queues = Index("queues", self._queues, refresh)

    async def _services(self, system: str, operation: Operation) -> list[Service]:
        workflow: Flowable = self._ask(system, operation)
        return await workflow.services()

    async def _queues(self, system: str, operation: Operation) -> list[TicketQueue]:
        desk: RequestTracker = self._ask(system, operation)
        return await desk.queues()


class ApplicationKey(NamedTuple):
    system: str
    applicant: str
    application: str


class TicketKey(NamedTuple):
    system: str
    owner: str
    ticket: str


class TicketEventKey(NamedTuple):
    system: str
    event: str


AT_ONCE = 100
"""Tickets, or events, in one search: as many as a page of the graph, and few enough for any database's SQL."""


def _owner(key: TicketKey) -> AccountKey:
    return AccountKey(key.system, key.owner)


LASTS = Lifetime(fresh=5, stale_if_error=HOUR)
"""What was written in a ticket has none."""


class OneStopLoaders(Loaders):
    """Keys name a person's account in one system. Tickets are searched for one owner at a time: of a ticket that two
    share, each is told their own part in it."""

    async def _tickets(self, keys: list[TicketKey]) -> list[Ticket | None]:
        system, owner, _ = keys[0]
        found = await self.ask(system).some_tickets(owner, [key.ticket for key in keys])
        tickets: dict[str, Ticket] = {ticket.id: ticket for ticket in found}
        return [tickets.get(key.ticket) for key in keys]

    async def _histories(self, keys: list[TicketKey]) -> list[list[TicketEvent]]:
        told: dict[str, list[TicketEvent]] = {key.ticket: [] for key in keys}
        for event in await self.ask(keys[0].system).history({key.ticket: key.owner for key in keys}):
            told[event.ticket].append(event)
        return [told[key.ticket] for key in keys]

    async def _texts(self, keys: list[TicketEventKey]) -> list[str | None]:
        """One search for what was written at all events of a desk."""
        texts: dict[str, str] = await self.ask(keys[0].system).texts([key.event for key in keys])
        return [texts.get(key.event) for key in keys]

    applications_by_account: Joined[AccountKey, list[Application]] = one_call_each(
        Flowable.applications, audience=Audience.PERSONAL, lifetime=LASTS
    )
    tickets_by_account: Joined[AccountKey, list[Ticket]] = one_call_each(
        RequestTracker.tickets, audience=Audience.PERSONAL, lifetime=LASTS
    )
    ticket_by_key: Joined[TicketKey, Ticket | None] = Joined(
        _tickets, audience=Audience.PERSONAL, together=_owner, max_batch=AT_ONCE
    )
    history_by_ticket: Joined[TicketKey, list[TicketEvent]] = Joined(
        _histories, audience=Audience.PERSONAL, together=_owner, max_batch=AT_ONCE
    )
    text_by_event: Joined[TicketEventKey, str | None] = Joined(_texts, audience=Audience.PERSONAL, max_batch=AT_ONCE)
    steps_by_account: Joined[AccountKey, list[Step]] = one_call_each(
        Flowable.steps, audience=Audience.PERSONAL, lifetime=LASTS
    )
    steps_by_application: Part[ApplicationKey, list[Step], AccountKey, list[Step]] = Part(
        steps_by_account,
        key=lambda key: AccountKey(key.system, key.applicant),
        take=lambda key, steps: [step for step in steps if step.application == key.application],
    )
    """All steps of one applicant come in one call, whichever applications are asked for."""
