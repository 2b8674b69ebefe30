"""What changes of a person's own: first what is so now, or what was missed since; then whatever is new."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

from campus.record import Record
from connectors.reads import AccountKey, Holding, Personal, settled
from connectors.wire import UpstreamError

from .access import check_owner, signed_in_person
from .context import Info
from .merged import Unavailable, missing
from .resume import resume_token, told_before

Item = TypeVar("Item")

Account = Callable[[str], Awaitable[str | None]]
"""A system -> the viewer's account there; None where there is none."""


class Found(Record, Generic[Item], frozen=True):
    """What is new, before it is decided whether it may be told."""

    owners: Sequence[AccountKey]
    nodes: Sequence[Item]
    resume: str
    failures: Sequence[UpstreamError] = ()


class News(Record, Generic[Item], frozen=True):
    """What is told at once."""

    nodes: Sequence[Item]
    resume: str
    unavailable: Sequence[Unavailable] = ()


async def followed(
    info: Info, endpoint: str, account: Account, source: Personal[Item], resume: str | None
) -> AsyncGenerator[Found[Item] | UpstreamError | None, None]:
    """From every system with this endpoint in which the viewer has an account; null alone where there is none.

    Raises UpstreamError where none can be found now, and BadUserInput for what is no resume token.
    """
    signed_in_person(info.context.viewer)
    told = told_before(resume)
    keys, lost = await _accounts(info.context.campus.answering(endpoint), account)
    if not keys:
        yield None
        return
    held: dict[str, Holding[Item]] = {}
    failing: dict[str, UpstreamError] = {}
    missed: set[str] | None = None
    """Systems that the event before this one lacked; None before the first."""
    del info, account  # nobody who waits for news for hours need keep what the accounts were found with
    with source.following(keys) as news:
        async for each in news:
            if isinstance(each, UpstreamError):
                failing[each.system] = each
                held.pop(each.system, None)
            else:
                held[each.key.system] = each
                failing.pop(each.key.system, None)
            if len(held) + len(failing) < len(keys):
                continue  # nobody knows yet what the others will say
            if not held:
                missed = None
                yield next(iter(failing.values()))
                continue
            nodes = [thing for one in held.values() for thing in _new(one, told)]
            told |= {system: list(one.by_state) for system, one in held.items()}
            before, missed = missed, set(failing)
            if nodes or before != missed:
                failures = [*lost, *failing.values()]
                yield Found(owners=keys, nodes=nodes, resume=resume_token(told), failures=failures)


async def news_told(found: Found[Item] | None, info: Info, resume: str | None = None) -> News[Item] | None:
    """Raises Forbidden where an account is the viewer's no longer: that ends the stream."""
    if found is None:
        return None
    for key in found.owners:
        await check_owner(info, key.system, key.account)
    return News(nodes=found.nodes, resume=found.resume, unavailable=missing(info, found.failures))


def _new(holding: Holding[Item], told: dict[str, list[str]]) -> Iterable[Item]:
    before = set(told.get(holding.key.system, ()))
    return (thing for state, thing in holding.by_state.items() if state not in before)


async def _accounts(systems: Sequence[str], account: Account) -> tuple[list[AccountKey], list[UpstreamError]]:
    """The viewer's accounts, and where it cannot be told now whether there is one."""
    keys, lost = [], []
    for system, found in zip(systems, await settled(map(account, systems)), strict=True):
        if isinstance(found, UpstreamError):
            lost.append(found)
        elif isinstance(found, Exception):
            raise found
        elif found is not None:
            keys.append(AccountKey(system, found))
    if lost and not keys:
        raise lost[0]
    return keys, lost
