"""Where a person lives, and what their campus card tells."""

from collections.abc import Sequence

from strawberry import Parent

from campus.ids import opaque, parts_of
from connectors.gz_campus import (
    LARGEST_NUMBER,
    CampusCard,
    CardTransaction,
    Housing,
    RoomChange,
    Statement,
    StatementKey,
)
from connectors.reads import AccountKey

from .context import Info
from .merged import Merged, merged, of_accounts
from .paging import MOST, Edge, Page, PageInfo
from .people import Me
from .refusals import BadUserInput


async def housing(me: Parent[Me], info: Info) -> Merged[Housing] | None:
    """At all campuses, the contract that begins first first."""
    loader = info.context.campus_life.housing_by_account
    return await of_accounts(info, "housing", loader, key=lambda each: (each.starts, each.campus, each.id))


def number_of_contract(housing: Parent[Housing]) -> str:
    return housing.id


def open_now(change: Parent[RoomChange], info: Info) -> bool:
    return change.opens <= info.context.campus.now().date() <= change.closes


async def cards(me: Parent[Me], info: Info, campus: str | None = None) -> Merged[CampusCard] | None:
    """In the order of the settings, one of each campus that gave the person one."""

    async def one(system: str) -> Sequence[CampusCard] | None:
        account = await info.context.accounts.name(system)
        found = await info.context.campus_life.card_by_account.load(AccountKey(system, account)) if account else None
        return [found] if found else None

    return await merged(info, {system: one(system) for system in info.context.campus.answering("card", campus)})


async def transactions(
    card: Parent[CampusCard], info: Info, first: int = 20, after: str | None = None
) -> Page[CardTransaction] | None:
    """A page of the card's statement: what came with the card where that is enough, and otherwise asked for.

    A statement may be years long, so that it is paged by the office and not by us; its total and its numbers, which
    are the cursors, are the office's.
    """
    if not 1 <= first <= MOST:
        raise BadUserInput("`first` is {first}; a page has 1 to {most} items.", first=first, most=MOST)
    before = _number(after, card) if after else None
    told: Statement | None = card.latest
    if before is not None or (card.latest.more and first > len(card.latest.transactions)):
        wanted = StatementKey(card.system, card.owner, first, before)
        told = await info.context.campus_life.statement_by_key.load(wanted)
    return _page(card, told, first, first_page=before is None) if told else None


def _page(card: CampusCard, told: Statement, first: int, *, first_page: bool) -> Page[CardTransaction]:
    shown: Sequence[CardTransaction] = told.transactions[:first]
    edges = [Edge(node=each, cursor=opaque((card.system, each.number))) for each in shown]
    return Page(
        edges=edges,
        page_info=PageInfo(
            has_next_page=told.more or len(told.transactions) > first,
            has_previous_page=not first_page,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=told.total,
        unavailable=(),
    )


def _number(after: str, card: CampusCard) -> int:
    """Of another card's statement it would be no place in this one's."""
    match parts_of(after):
        case [card.system, int(number)] if 0 < number <= LARGEST_NUMBER:
            return number
        case _:
            raise BadUserInput("`after` is no cursor of this list.")
