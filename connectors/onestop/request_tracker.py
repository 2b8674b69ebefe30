"""Request Tracker 5 REST2: IT tickets.

Source: RT::REST2 of Request Tracker 5.0; verified against recorded answers and a real 5.0.3.
Unset dates come as the beginning of 1970, numeric ids as strings.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from msgspec import Struct, field

from connectors.wire import Line, Moment, UpstreamBadResponse, local

from .records import Ticket, TicketStatus

PAGE_SIZE = 100
"""The largest RT allows."""

FIELDS = "Subject,Status,Queue,Priority,Created,LastUpdated,Due,Resolved"


UNSET = datetime(1970, 1, 2, tzinfo=UTC)
"""RT says the beginning of 1970, in whatever zone, where a date was never set."""


class QueueOnWire(Struct, rename="pascal"):
    name: str | None = None


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


class RequestTracker:
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
            params = (
                ("query", f"Requestor.EmailAddress = {_quoted(address)}"),
                ("fields", FIELDS),
                ("fields[Queue]", "Name"),
                ("orderby", "Created"),
                ("order", "DESC"),
                ("per_page", str(PAGE_SIZE)),
                ("page", str(page)),
            )
            answer = self._line.read(await self._line.get("/REST/2.0/tickets", params), TicketsOnWire)
            found += [self._ticket(address, row) for row in answer.items]
            if page >= answer.pages or not answer.items:
                return found
            page += 1

    def _ticket(self, address: str, row: TicketOnWire) -> Ticket:
        return Ticket(
            system=self.system.id,
            campus=self.system.campus,
            owner=address,
            id=str(row.id),
            subject=row.subject,
            status=STATUSES.get(row.status, TicketStatus.OTHER),
            status_label=row.status,
            queue=row.queue.name if row.queue else None,
            priority=self._number(row.priority),
            created_at=local(row.created, self._zone),
            updated_at=local(row.last_updated, self._zone),
            due_at=self._moment(row.due),
            resolved_at=self._moment(row.resolved),
        )

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


def _quoted(value: str) -> str:
    """A TicketSQL string. RT knows the backslash as escape for quote and backslash."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
