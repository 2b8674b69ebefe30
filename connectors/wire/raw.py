"""What is sent to a system and is no JSON: whole, or as it comes from elsewhere."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import NamedTuple

from campus.upload import FileRefused

from .errors import UpstreamError

Content = bytes | AsyncIterable[bytes]


class Raw(NamedTuple):
    """A body that is no JSON, whole or as it comes."""

    content: Content
    content_type: str


class Relayed:
    """What is streamed to a system, and what kept it from coming: no failure of that system's."""

    def __init__(self, content: AsyncIterable[bytes]) -> None:
        self._content = content
        self.failure: FileRefused | UpstreamError | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._content:
                yield chunk
        except (FileRefused, UpstreamError) as failure:
            self.failure = failure
            raise
