"""Which fields are being answered now, for whoever must know far below a resolver."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar

Places = Callable[[], Sequence[tuple[str | int, ...]]]
"""Called only if somebody must know: the paths of the fields in the response. What is begun while a field is answered
keeps it for as long as it lives, so that it refers to nothing else of an operation, or is set for a moment only."""

ANSWERING: ContextVar[Places] = ContextVar("fields that are being answered", default=list)
