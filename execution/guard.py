"""A check before a field is answered, declared so that plans make it without what Strawberry wraps around it."""

from abc import abstractmethod
from typing import Any, final

from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver, SyncExtensionResolver


class Guard(FieldExtension):
    """Before the resolver, whatever it does; Strawberry runs it like any other extension."""

    @abstractmethod
    def lets_in(self, info: Any) -> bool:
        """Whether the resolver is to be called, at once; the field is null where not. What it raises is the field's."""

    @final
    def resolve(self, next_: SyncExtensionResolver, source: Any, info: Any, **arguments: Any) -> Any:
        return next_(source, info, **arguments) if self.lets_in(info) else None

    @final
    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Any, **arguments: Any) -> Any:
        return await next_(source, info, **arguments) if self.lets_in(info) else None
