"""A file on its way from a client: opened when it is its turn, known by its content, and read once."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence

from .labels import Message
from .problem import Refused


class Upload(ABC):
    """What stands for a file among the variables of an operation while its bytes are still to come."""

    place: int
    """Which of the files of the request it is, from 0. They come in this order, and can be opened in no other."""

    @abstractmethod
    async def open(self, types: Sequence[str], maximum: int | None) -> "ArrivingFile":
        """Its beginning is here, and is of one of these media types. Raises FileRefused.

        `maximum`: bytes it may have; never more than the gateway's own limit. What came before it is lost.
        """


class ArrivingFile(ABC):
    """A file whose bytes come as they are read."""

    name: str
    """What the client calls it, without what a name could do harm with."""
    type: str
    """Media type, by its first bytes."""
    size: int
    """Bytes read so far."""

    @abstractmethod
    def chunks(self) -> AsyncIterator[bytes]:
        """All of it, once. Raises FileRefused: too large, cut off, or harmful, which may show after the last byte."""


class FileRefused(Refused):
    """A file that is not taken; the message is safe to show."""

    def __init__(self, upload: Upload, message: Message) -> None:
        self.upload = upload
        self.message = message
        super().__init__(str(message))
