"""A file of a multipart request while it comes: its kind by content, its name made harmless, its size counted."""

import mimetypes
import unicodedata
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol

import puremagic

from campus.labels import Message
from campus.upload import ArrivingFile, FileRefused, Upload

from .clamd import scan
from .settings_uploads import Uploads

HEAD = 4096
"""Bytes that tell what a file is; every signature we can be asked for lies in fewer."""

NAME = 120
"""Characters of a name that are kept, its ending apart."""


class Part(Protocol):
    """One part of a body, as far as a file needs it."""

    filename: str

    async def read(self) -> bytes:
        """What comes next, in pieces as they arrive; nothing at its end. Raises FileRefused where it was cut off."""


class Parts(Protocol):
    async def part(self, upload: "IncomingFile") -> Part:
        """The part of this file, once it comes. Raises FileRefused where it was passed over, or never came."""


@dataclass(eq=False)
class IncomingFile(Upload):
    """What stands among the variables; the request's own parts hold its bytes."""

    key: str
    """The name of its part."""
    place: int
    parts: Parts
    limits: Uploads

    async def open(self, types: Sequence[str], maximum: int | None) -> ArrivingFile:
        part = await self.parts.part(self)
        head = bytearray()
        while len(head) < HEAD and (chunk := await part.read()):
            head += chunk
        if not head:
            raise FileRefused(self, Message("The file is empty."))
        kind = kind_of(bytes(head[:HEAD]), types)
        if kind is None:
            words = Message(
                "By its content this is none of the types taken here: {taken}.", {"taken": ", ".join(types)}
            )
            raise FileRefused(self, words)
        most = min(self.limits.file_bytes, maximum or self.limits.file_bytes)
        return _Arriving(self, part, bytes(head), kind, most)


class _Arriving(ArrivingFile):
    def __init__(self, upload: IncomingFile, part: Part, head: bytes, kind: str, most: int) -> None:
        self.name = harmless_name(part.filename, kind)
        self.type = kind
        self.size = 0
        self._upload = upload
        self._part = part
        self._head = head
        self._most = most

    async def chunks(self) -> AsyncIterator[bytes]:
        async with AsyncExitStack() as stack:
            scanner = self._upload.limits.scanner
            scanning = await stack.enter_async_context(scan(scanner)) if scanner else None
            chunk = self._head
            while chunk:
                self.size += len(chunk)
                if self.size > self._most:
                    raise FileRefused(
                        self._upload, Message("The file is larger than {most} bytes.", {"most": self._most})
                    )
                if scanning:
                    await scanning.feed(chunk)
                yield chunk
                chunk = await self._part.read()
            if scanning and not await scanning.harmless():
                raise FileRefused(self._upload, Message("The file was found to be harmful."))


def kind_of(head: bytes, types: Sequence[str]) -> str | None:
    """Which of these media types a file is that begins so; None for none. Whatever says nothing of itself is text."""
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return next((kind for kind in types if kind.startswith("text/")), None) if _is_text(head) else None
    # The surest come first; several formats may begin alike.
    surest = {match.mime_type for match in matches if match.confidence == matches[0].confidence}
    return next((kind for kind in types if kind in surest), None)


def _is_text(head: bytes) -> bool:
    try:
        # A character may be cut where the head ends: four bytes at most.
        text = head.decode("utf-8") if len(head) < HEAD else head[: HEAD - 4].decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(each) == "Cc" and each not in "\t\r\n" for each in text)


def harmless_name(given: str, kind: str) -> str:
    """A name without a path, control and direction characters, and with the ending of what the file is.

    Nothing that opens it by its ending then takes it for something else: photo.exe, if a JPEG, is photo.exe.jpg.
    """
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    name = "".join(each for each in name if not unicodedata.category(each).startswith(("C", "Z")) or each == " ")
    name = name.strip(" .")
    stem, dot, ending = name.rpartition(".")
    if dot and mimetypes.guess_type(f"x.{ending}")[0] == kind:
        return f"{stem[:NAME].strip(' .') or 'file'}.{ending}"
    return f"{name[:NAME].strip(' .') or 'file'}{mimetypes.guess_extension(kind) or ''}"
