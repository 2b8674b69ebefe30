"""Things that a system tells only with all others of their owner: each key takes its part of what another is told."""

from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable
from typing import Any, Generic, Self, TypeVar, overload

from .joined import Joined, JoinedLoader, Loaders

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
WholeKey = TypeVar("WholeKey", bound=Hashable)
Whole = TypeVar("Whole")


class Part(Generic[Key, Value, WholeKey, Whole]):
    """Declared in the body of a class of Loaders, beneath the loader that is told the whole. Asks for nothing itself:
    what the operation has read of the whole is read."""

    def __init__(
        self, whole: Joined[WholeKey, Whole], key: Callable[[Key], WholeKey], take: Callable[[Key, Whole], Value]
    ) -> None:
        self._whole = whole
        self.key = key
        self.take = take

    @overload
    def __get__(self, loaders: None, owner: type) -> Self: ...
    @overload
    def __get__(self, loaders: Loaders, owner: type) -> "PartLoader[Key, Value, WholeKey, Whole]": ...
    def __get__(self, loaders: Loaders | None, owner: type) -> "Self | PartLoader[Key, Value, WholeKey, Whole]":
        return self if loaders is None else PartLoader(self, self._whole.__get__(loaders, owner))


class PartLoader(Generic[Key, Value, WholeKey, Whole]):
    """As one operation sees it."""

    def __init__(self, part: Part[Key, Value, WholeKey, Whole], whole: JoinedLoader[WholeKey, Whole]) -> None:
        self._part = part
        self._whole = whole

    async def load(self, key: Key) -> Value:
        return self._part.take(key, await self._whole.load(self._part.key(key)))

    def load_many(self, keys: Iterable[Key]) -> Coroutine[Any, Any, list[Value | Exception]]:
        """Of each key its part or, in that place, the exception that the whole failed with.

        The whole is asked for at once, while it is known which field is being answered.
        """
        asked = list(keys)
        return self._taken(asked, self._whole.load_many(map(self._part.key, asked)))

    async def _taken(self, asked: list[Key], told: Awaitable[list[Whole]]) -> list[Value | Exception]:
        return [
            whole if isinstance(whole, Exception) else self._part.take(key, whole)
            for key, whole in zip(asked, await told, strict=True)
        ]
