"""One list from several systems: what came, and who could not be asked."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from graphql import GraphQLError

from campus.record import Record
from connectors.reads import AccountKey, Loads, settled
from connectors.wire import UpstreamError

from .context import Info

Item = TypeVar("Item")
Part = TypeVar("Part")


class Unavailable(Record, frozen=True):
    """A system whose part of a list is missing."""

    system: str
    campus: str
    code: str
    retry_after: float | None


class Merged(Record, Generic[Item], frozen=True):
    nodes: Sequence[Item]
    unavailable: Sequence[Unavailable] = ()
    failures: Sequence[UpstreamError] = ()
    """What kept the unavailable from answering, for what is computed over the whole list and must fail like it."""


def parts(found: Merged[Item], of: Callable[[Item], Iterable[Part]]) -> Merged[Part]:
    """A list made of parts of another's items, missing where that is missing."""
    nodes = [part for item in found.nodes for part in of(item)]
    return Merged(nodes=nodes, unavailable=found.unavailable, failures=found.failures)


async def merged(info: Info, asked: Mapping[str, Awaitable[Sequence[Item] | None]]) -> Merged[Item] | None:
    """What the asked systems hold, side by side. A system answers None where it has no account of the person.

    None where no system has an account; raises only if none of those that were asked answered. Otherwise what came
    stands, and each failure is told twice: in `unavailable`, and as an error at the list's path.
    """
    outcomes = await settled(asked.values())
    answers = [outcome for outcome in outcomes if outcome is not None and not isinstance(outcome, Exception)]
    failures = []
    for outcome in outcomes:
        if isinstance(outcome, UpstreamError):
            failures.append(outcome)
        elif isinstance(outcome, Exception):
            raise outcome
    if failures and not answers:
        missing(info, [each for each in failures[1:] if each.system != failures[0].system])
        raise failures[0]
    unavailable = missing(info, failures)
    if not answers:
        return None
    return Merged(nodes=[item for answer in answers for item in answer], unavailable=unavailable, failures=failures)


async def whole(asked: Mapping[str, Awaitable[Sequence[Item] | None]]) -> list[Item]:
    """What all asked systems hold, side by side; raises if one of them did not answer."""
    items: list[Item] = []
    for outcome in await settled(asked.values()):
        if isinstance(outcome, Exception):
            raise outcome
        items += outcome or ()
    return items


def missing(info: Info, failures: Sequence[UpstreamError]) -> list[Unavailable]:
    """Tells of parts that are missing although the field's value stands: one error each, at the field's path."""
    campus = info.context.campus
    by_system = {failure.system: failure for failure in failures}
    path = info.path.as_list()
    for failure in by_system.values():
        info.context.late_errors.append(GraphQLError(str(failure), path=path, original_error=failure))
    return [
        Unavailable(
            system=system,
            campus=campus.upstreams[system].system.campus,
            code=failure.code,
            retry_after=failure.retry_after,
        )
        for system, failure in by_system.items()
    ]


async def of_accounts(
    info: Info,
    endpoint: str,
    loader: Loads[AccountKey, list[Item]] | Loads[AccountKey, list[Item] | None],
    *,
    key: Callable[[Item], Any],
    below: Callable[[AccountKey], None] | None = None,
) -> Merged[Item] | None:
    """What every system with this endpoint holds for the viewer's account in it, in the order of `key`.

    `below` asks for what is told of the same account further down.
    """

    async def one(system: str) -> Sequence[Item] | None:
        account = await info.context.accounts.name(system)
        if not account:
            return None
        owner = AccountKey(system, account)
        if below:
            below(owner)
        return await loader.load(owner)

    found = await merged(info, {system: one(system) for system in info.context.campus.answering(endpoint)})
    return found and Merged(nodes=sorted(found.nodes, key=key), unavailable=found.unavailable)
