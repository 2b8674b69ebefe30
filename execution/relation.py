"""A relation between two records, declared once: which key of the parent, and which loader."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import strawberry

Context = TypeVar("Context")
Related = TypeVar("Related")


class Loads(Protocol):
    """What a relation needs of a loader."""

    def load(self, key: Any) -> Awaitable[Any]: ...

    def load_many(self, keys: Any) -> Awaitable[Sequence[Any]]:
        """For each key, in order, its value or the exception it failed with; one that fails, fails alone."""


class Plan(NamedTuple):
    """What an executor needs to load a whole list of siblings at once instead of one after the other."""

    key: Callable[[Any], Hashable | None]
    """Of the parent record; None where there is nothing to load, and so nothing related."""
    by: Callable[[Any], Loads]
    """Of the operation's context."""
    then: Callable[[Any, Any], Any] | None = None
    """What of it is related, worked out at once from the parent record and what was loaded; all of it without."""


class Relation(Protocol):
    """A resolver that also says what it does."""

    plan: Plan

    async def __call__(self, root: Any, info: Any) -> Any: ...


def relation(
    *,
    key: Callable[[Any], Hashable | None],
    by: Callable[[Any], Loads],
    then: Callable[[Any, Any], Any] | None = None,
) -> Any:
    """A resolver for a Strawberry field: the loader's answer to the parent's key, or what `then` makes of it.

    Siblings that graphql-core resolves one by one meet in the loader's batch; the plan executor reads `plan`, and loads
    them all with one call.
    """
    plan = Plan(key, by, then)

    async def related(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        wanted = plan.key(root)
        if wanted is None:
            return None
        loaded = await plan.by(info.context).load(wanted)
        return plan.then(root, loaded) if plan.then else loaded

    related.plan = plan  # type: ignore[attr-defined]  # functions have no declared attributes
    return related
