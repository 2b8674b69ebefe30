"""What happened to tickets, as Request Tracker's transactions tell it and as a requestor may know it.

Source: RT::REST2's JSON search over RT::Transactions, of Request Tracker 5.0; verified against a real 5.0.3.
"""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct, field

from connectors.wire import Moment, System, UpstreamBadResponse, local

from .records import TicketActor, TicketEvent, TicketEventKind

EVENT_FIELDS = "ObjectId,Type,Field,OldValue,NewValue,Creator,Created"

PUBLIC_TYPES = ("Create", "Correspond", "Status", "Set")
"""Transactions a requestor may know of. Never `Comment`: the desk talks to itself there."""

SYSTEM_USER = "RT_System"

CHANGES = {
    "Owner": TicketEventKind.ASSIGNED,
    "Queue": TicketEventKind.MOVED,
    "Priority": TicketEventKind.PRIORITY,
    "Subject": TicketEventKind.SUBJECT,
    "Due": TicketEventKind.DUE,
}
"""By the field that was set; all others are the desk's own affair."""

VALUED = frozenset({TicketEventKind.STATUS, TicketEventKind.PRIORITY, TicketEventKind.SUBJECT})
"""Kinds whose values mean something outside the desk: queues and owners are told as numbers of its tables."""


class UserOnWire(Struct):
    id: str
    address: str = field(name="EmailAddress", default="")


class TransactionOnWire(Struct, rename="pascal"):
    id: str | int = field(name="id")
    object_id: str | int
    type: str
    field: str
    old_value: str
    new_value: str
    creator: UserOnWire
    created: Moment


class TransactionsOnWire(Struct):
    items: list[TransactionOnWire]


def search_of(tickets: Sequence[str]) -> list[dict[str, str]]:
    """The JSON search for everything a requestor may know of these tickets."""
    return [
        {"field": "ObjectType", "value": "RT::Ticket"},
        *any_of("ObjectId", tickets),
        *any_of("Type", PUBLIC_TYPES),
    ]


def any_of(name: str, values: Sequence[str]) -> list[dict[str, str]]:
    """Limits of a JSON search, of which one must hold; those of another field must hold as well."""
    return [{"field": name, "value": value, "entry_aggregator": "OR"} for value in values]


def event_of(system: System, zone: tzinfo, owners: Mapping[str, str], row: TransactionOnWire) -> TicketEvent | None:
    """None for what is not the requestor's to know; `owners` are the requestors' addresses by ticket asked for."""
    ticket, kind = str(row.object_id), _kind(row)
    if ticket not in owners:
        raise UpstreamBadResponse(system.id, "the history of a ticket was answered that was not asked for")
    if kind is None:
        return None
    valued = kind in VALUED
    return TicketEvent(
        system=system.id,
        ticket=ticket,
        id=str(row.id),
        kind=kind,
        by=_actor(system, row.creator, owners[ticket]),
        at=local(row.created, zone),
        before=row.old_value if valued else None,
        after=row.new_value if valued else None,
    )


def _kind(row: TransactionOnWire) -> TicketEventKind | None:
    match row.type:
        case "Create":
            return TicketEventKind.CREATED
        case "Correspond":
            return TicketEventKind.REPLY
        case "Status":
            return TicketEventKind.STATUS
        case "Set":
            return CHANGES.get(row.field)
    return None


def _actor(system: System, creator: UserOnWire, address: str) -> TicketActor:
    """The gateway's own user writes for requestors, and for nobody else."""
    if creator.id == SYSTEM_USER:
        return TicketActor.SYSTEM
    if creator.id.casefold() == system.options.get("user", "").casefold():
        return TicketActor.REQUESTOR
    own = address.casefold() in (creator.id.casefold(), creator.address.casefold())
    return TicketActor.REQUESTOR if own else TicketActor.DESK
