"""GraphQL multipart requests: operations and map first, then the files, each read when its turn comes and never held.

Source: GraphQL multipart request specification (jaydenseric, version of 2017, 2.0 of its reference implementation).
One file serves one variable: it is streamed on, so that it cannot be read twice.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import BodyPartReader, MultipartReader, http_exceptions, web
from multidict import istr

from campus.labels import Message
from campus.upload import FileRefused, Upload

from .errors import Code, RequestRefused, refused
from .incoming_file import IncomingFile
from .settings_uploads import Uploads

CHUNK = 65_536
"""Bytes read at once, and so about as much of a file as is held."""

PLAIN = frozenset({"", "binary", "8bit", "7bit"})
"""Ways a part may be encoded: those that leave it as it is."""

UNASKED = (istr("GraphQL-Preflight"), istr("Apollo-Require-Preflight"))
"""Headers that no page can send elsewhere unasked, as it can a form (CSRF); the second one Apollo's clients send."""

BROKEN = (ValueError, AssertionError, http_exceptions.BadHttpMessage, web.RequestPayloadError, ConnectionError)
"""How aiohttp tells of a body that is cut off or no multipart; what ends without its last boundary is an assertion."""


async def multipart_request(request: web.Request, body_bytes: int, limits: Uploads) -> Any:
    """The operations with a file for each null that the map names. Raises RequestRefused."""
    if not any(name in request.headers for name in UNASKED):
        raise refused(
            Code.BAD_REQUEST, "A multipart request needs the header {header}, with any value.", header=str(UNASKED[0])
        )
    async with _read():
        parts = _Parts(await request.multipart(), body_bytes)
    operations = await parts.json("operations")
    mapped = await parts.json("map")
    if not isinstance(operations, dict):
        return operations
    if not isinstance(mapped, dict):
        raise refused(Code.BAD_REQUEST, "The part `{part}` must be a JSON object.", part="map")
    if len(mapped) > limits.files:
        raise refused(Code.QUERY_TOO_COMPLEX, "There are more than {limit} files.", status=413, limit=limits.files)
    for place, (key, paths) in enumerate(mapped.items()):
        upload = IncomingFile(key, place, parts, limits)
        if not isinstance(paths, list) or len(paths) != 1:
            raise refused(Code.BAD_REQUEST, "The map must name one variable for the file {key!r}.", key=key)
        _put(operations, paths[0], upload)
    return operations


def _put(operations: Mapping[str, Any], path: object, upload: Upload) -> None:
    """Puts the file where the path leads. Raises RequestRefused where no null is."""
    awaits_none = refused(Code.BAD_REQUEST, "The map names {path!r}, where no file is awaited.", path=path)
    first, *way = path.split(".") if isinstance(path, str) else ("",)
    if first != "variables" or not way:
        raise awaits_none
    *way, last = way
    at: Any = operations.get("variables")
    for step in way:
        at = _at(at, step)
    if isinstance(at, dict) and last in at and at[last] is None:
        at[last] = upload
    elif isinstance(at, list) and last.isdecimal() and int(last) < len(at) and at[int(last)] is None:
        at[int(last)] = upload
    else:
        raise awaits_none


def _at(value: Any, step: str) -> Any:
    """What stands at one step of a path; None where nothing does."""
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return None


class _Part:
    """A file's part, read on and on."""

    def __init__(self, body: BodyPartReader, upload: Upload) -> None:
        self.filename = body.filename or ""
        self._body = body
        self._upload = upload

    async def read(self) -> bytes:
        async with _file_read(self._upload):
            return bytes(await self._body.read_chunk(CHUNK))


class _Parts:
    """The parts of one body, forwards only."""

    def __init__(self, reader: MultipartReader, body_bytes: int) -> None:
        self._reader = reader
        self._body_bytes = body_bytes

    async def json(self, name: str) -> Any:
        """The next part, which must be the one of this name. Raises RequestRefused."""
        async with _read():
            body = await self._reader.next()
            if not isinstance(body, BodyPartReader) or body.name != name or not _plain(body):
                raise refused(Code.BAD_REQUEST, "The part `{part}` is missing, or not where it must be.", part=name)
            text = bytearray()
            while chunk := await body.read_chunk(CHUNK):
                text += chunk
                if len(text) > self._body_bytes:
                    raise refused(
                        Code.QUERY_TOO_COMPLEX,
                        "The body is larger than {limit} bytes.",
                        status=413,
                        limit=self._body_bytes,
                    )
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise refused(Code.BAD_REQUEST, "The part `{part}` is not JSON.", part=name) from error

    async def part(self, upload: IncomingFile) -> _Part:
        async with _file_read(upload):
            while body := await self._reader.next():
                if isinstance(body, BodyPartReader) and body.name == upload.key and _plain(body):
                    return _Part(body, upload)
        raise FileRefused(upload, Message("The file did not come, or not in the order that the map names."))


def _plain(body: BodyPartReader) -> bool:
    return body.headers.get("Content-Transfer-Encoding", "").lower() in PLAIN and "Content-Encoding" not in body.headers


@asynccontextmanager
async def _read() -> AsyncIterator[None]:
    try:
        yield
    except RequestRefused:
        raise
    except BROKEN as error:
        raise refused(Code.BAD_REQUEST, "The body was cut off, or is no multipart form.") from error


@asynccontextmanager
async def _file_read(upload: Upload) -> AsyncIterator[None]:
    try:
        yield
    except BROKEN as error:
        raise FileRefused(upload, Message("The file was cut off on its way.")) from error
