"""Which values can be looked at as they are: those that are neither null, nor awaitable, nor exceptions."""

from types import FunctionType, GeneratorType, NoneType
from typing import Any

from graphql.pyutils import UndefinedType, is_awaitable

KNOWN = 1000
"""Classes that are remembered; a program that makes classes as it goes must not fill the memory."""


class PlainClasses(set[type]):
    """Classes of which no value is None, awaitable or an exception, as far as they were met: a look-up for a test."""

    def takes(self, cls: type) -> bool:
        """Whether a class belongs in here; if so, it is remembered."""
        if cls in self:
            return True
        if not _is_plain(cls):
            return False
        if len(self) >= KNOWN:
            self.clear()
        self.add(cls)
        return True

    def awaits(self, value: Any) -> bool:
        """Whether a value is awaitable."""
        return value is not None and not self.takes(value.__class__) and is_awaitable(value)


def _is_plain(cls: type) -> bool:
    # Objects of a class that answers for attributes by code of its own might be awaitable one by one.
    return not (
        issubclass(cls, NoneType | BaseException | GeneratorType | UndefinedType)
        or hasattr(cls, "__await__")
        or hasattr(cls, "__getattr__")
        or isinstance(cls.__getattribute__, FunctionType)
    )
