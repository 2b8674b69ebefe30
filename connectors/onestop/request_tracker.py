"""Request Tracker 5 REST2: IT tickets, what happened to them, and what was written on them.

Source: RT::REST2 of Request Tracker 5.0; verified against recorded answers and a real 5.0.3.
Unset dates come as the beginning of 1970, numeric ids as strings.
"""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

from msgspec import Struct, field

from connectors.wire import Line, Moment, UpstreamBadResponse, local, segment

from .records import NewTicket, Ticket, TicketEvent, TicketEventKind, TicketPriority, TicketQueue, TicketStatus
from .request_tracker_changes import (
    MARK_FIELD,
    PRIORITIES,
    CreatedOnWire,
    mark_in,
    new_ticket,
    reply,
    without_signature,
)
from .request_tracker_contacts import RequestTrackerContacts
from .request_tracker_history import EVENT_FIELDS, TransactionsOnWire, any_of, event_of, search_of

PAGE_SIZE = 100
"""The largest RT allows."""

FIELDS = "Subject,Status,Queue,Priority,Created,LastUpdated,Due,Resolved"

LATEST = 100
"""Replies that are searched for one of ours: what was sent a minute ago is among them."""

PROMISE = timedelta(hours=24)
"""Within which what is urgent shall be done."""

UNSET = datetime(1970, 1, 2, tzinfo=UTC)
"""RT says the beginning of 1970, in whatever zone, where a date was never set."""


class QueueOnWire(Struct, rename="pascal"):
    name: str | None = None
    description: str | None = None


class QueuesOnWire(Struct):
    items: list[QueueOnWire]


class TicketOnWire(Struct, rename="pascal"):
    id: str | int = field(name="id")
    subject: str
    status: str
    created: Moment
    last_updated: Moment
    queue: QueueOnWire | None = None
    priority: str | int = 0
    due: Moment | None = None
    resolved: Moment | None = None


class TicketsOnWire(Struct):
    items: list[TicketOnWire]
    pages: float
    """A whole number, but RT 5.0.3 writes 0.0 where there are no tickets."""
    page: int


class AttachmentOnWire(Struct, rename="pascal"):
    transaction_id: str | int
    content: str
    filename: str = ""


class AttachmentsOnWire(Struct):
    items: list[AttachmentOnWire]


Found = TypeVar("Found", TransactionsOnWire, AttachmentsOnWire)


class RequestTracker(RequestTrackerContacts):
    """One ticket desk, asked on behalf of one operation."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        """An authentication token; or name and password, where the desk has no tokens yet."""
        if username is None:
            return {"Authorization": f"token {secret}"}
        return {"Authorization": "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()}

    async def tickets(self, address: str) -> list[Ticket]:
        """The tickets a person asked for, the latest first."""
        found: list[Ticket] = []
        page = 1
        while True:
            answer = await self._page(f"Requestor.EmailAddress = {_quoted(address)}", page)
            found += [self._ticket(address, row) for row in answer.items]
            if page >= answer.pages or not answer.items:
                return found
            page += 1

    async def some_tickets(self, address: str, ids: Sequence[str]) -> list[Ticket]:
        """Those of these numbers that the person asked for; a page of them at most."""
        numbers = " OR ".join(f"id = {_quoted(each)}" for each in ids)
        found = await self._page(f"Requestor.EmailAddress = {_quoted(address)} AND ({numbers})", 1)
        return [self._ticket(address, row) for row in found.items]

    async def queues(self) -> list[TicketQueue]:
        """The teams that take requests, as far as the gateway's user sees them; by name."""
        params = (("fields", "Name,Description"), ("per_page", str(PAGE_SIZE)))
        answer = self._line.read(await self._line.get("/REST/2.0/queues/all", params), QueuesOnWire)
        named = [(each.name, each.description or "") for each in answer.items if each.name]
        return [
            TicketQueue(system=self.system.id, campus=self.system.campus, name=name, description=description)
            for name, description in sorted(named)
        ]

    async def open_ticket(self, address: str, asked: NewTicket, mark: str) -> str:
        """A new ticket of this person's: its number."""
        body = new_ticket(asked, address, mark)
        answer = await self._line.change("POST", "/REST/2.0/ticket", body)
        return self._line.read(answer, CreatedOnWire).id

    async def ticket_by_mark(self, mark: str) -> str | None:
        """The number of the ticket that was opened with this mark."""
        found = await self._page(f"'CF.{{{MARK_FIELD}}}' = {_quoted(mark)}", 1)
        return str(found.items[0].id) if found.items else None

    async def reply(self, address: str, ticket: str, text: str, mark: str) -> None:
        """Writes to the desk in the requestor's name."""
        path = f"/REST/2.0/ticket/{segment(ticket)}/correspond"
        self._line.read(await self._line.change("POST", path, reply(text, address, mark)), list[str])

    async def has_reply(self, address: str, ticket: str, mark: str) -> bool:
        """Whether one of the latest replies to the ticket carries this mark."""
        events = [event for event in await self.history({ticket: address}) if event.kind is TicketEventKind.REPLY]
        latest = [event.id for event in events[-LATEST:]]
        return bool(latest) and mark in map(mark_in, (await self._written(latest)).values())

    async def history(self, owners: Mapping[str, str]) -> list[TicketEvent]:
        """What happened to tickets, in order of time; one search for all of them. `owners`: addresses by ticket."""
        params = (("fields", EVENT_FIELDS), ("fields[Creator]", "EmailAddress"))
        pages = self._search("/REST/2.0/transactions", search_of(list(owners)), params, TransactionsOnWire)
        told = [event_of(self.system, self._zone, owners, row) async for page in pages for row in page.items]
        return [event for event in told if event]

    async def texts(self, events: Sequence[str]) -> dict[str, str]:
        """What was written, by event, where it is plain text; files that came along are left out."""
        return {event: without_signature(text) for event, text in (await self._written(events)).items()}

    async def _written(self, events: Sequence[str]) -> dict[str, str]:
        search = [*any_of("TransactionId", events), {"field": "ContentType", "value": "text/plain"}]
        params = (("fields", "TransactionId,Filename,Content"),)
        written: dict[str, str] = {}
        async for page in self._search("/REST/2.0/attachments", search, params, AttachmentsOnWire):
            for row in page.items:
                event = str(row.transaction_id)
                if event not in events:
                    raise UpstreamBadResponse(self.system.id, "a text was answered that was not asked for")
                if not row.filename:
                    written.setdefault(event, row.content)
        return written

    async def _page(self, query: str, page: int) -> TicketsOnWire:
        params = (
            ("query", query),
            ("fields", FIELDS),
            ("fields[Queue]", "Name"),
            ("orderby", "Created"),
            ("order", "DESC"),
            ("per_page", str(PAGE_SIZE)),
            ("page", str(page)),
        )
        return self._line.read(await self._line.get("/REST/2.0/tickets", params), TicketsOnWire)

    async def _search(
        self, path: str, search: Sequence[Mapping[str, str]], params: tuple[tuple[str, str], ...], shape: type[Found]
    ) -> AsyncIterator[Found]:
        """All pages. RT does not say how many there are unless the user may see everything: a full one has a next."""
        page, full = 1, True
        while full:
            asked = (*params, ("orderby", "id"), ("per_page", str(PAGE_SIZE)), ("page", str(page)))
            answer = self._line.read(await self._line.query(path, search, asked), shape)
            yield answer
            page, full = page + 1, len(answer.items) >= PAGE_SIZE

    def _ticket(self, address: str, row: TicketOnWire) -> Ticket:
        priority, created = self._number(row.priority), local(row.created, self._zone)
        level = _level(priority)
        return Ticket(
            system=self.system.id,
            campus=self.system.campus,
            owner=address,
            id=str(row.id),
            subject=row.subject,
            status=STATUSES.get(row.status, TicketStatus.OTHER),
            status_label=row.status,
            queue=row.queue.name if row.queue else None,
            priority=priority,
            priority_level=level,
            created_at=created,
            updated_at=local(row.last_updated, self._zone),
            due_at=self._moment(row.due) or self._promised(created, level),
            resolved_at=self._moment(row.resolved),
        )

    def _promised(self, created: datetime, level: TicketPriority) -> datetime | None:
        if level is not TicketPriority.HIGH:
            return None
        try:
            return created + PROMISE
        except OverflowError as failure:
            raise UpstreamBadResponse(self.system.id, "opened when time ends") from failure

    def _moment(self, moment: datetime | None) -> datetime | None:
        return local(moment, self._zone) if moment and moment > UNSET else None

    def _number(self, value: str | int) -> int:
        if isinstance(value, str) and not value.lstrip("-").isdecimal():
            raise UpstreamBadResponse(self.system.id, "a priority that is no number")
        return int(value)


STATUSES = {
    "new": TicketStatus.NEW,
    "open": TicketStatus.OPEN,
    "stalled": TicketStatus.STALLED,
    "resolved": TicketStatus.RESOLVED,
    "rejected": TicketStatus.REJECTED,
}
"""RT's default lifecycle; a desk with states of its own shows them by their label."""


def _level(priority: int) -> TicketPriority:
    for level in (TicketPriority.HIGH, TicketPriority.MEDIUM):
        if priority >= PRIORITIES[level]:
            return level
    return TicketPriority.LOW


def _quoted(value: str) -> str:
    """A TicketSQL string. RT knows the backslash as escape for quote and backslash."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
