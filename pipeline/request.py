"""What a client asks: GraphQL over HTTP's parameters, read from a GET's query string or a POST's JSON body."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from aiohttp import web

from campus.labels import Message

from .errors import Code, Fault, RequestRefused, refused
from .multipart import multipart_request
from .settings_uploads import Uploads

A_STRING, AN_OBJECT = (str, Message("a string")), (dict, Message("a JSON object"))
KINDS = {"documentId": A_STRING, "operationName": A_STRING, "variables": AN_OBJECT, "extensions": AN_OBJECT}
"""What parameters beside `query` are, if they are there."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one request (GraphQL over HTTP, section 5.1): a document by its text, hash or id, and more."""

    query: str | None
    operation_name: str | None
    variables: Mapping[str, Any]
    document_id: str | None = None
    """Of a trusted document; then there is neither text nor hash."""
    hash: str | None = None
    """SHA-256 of the text in hexadecimal, by which clients of automatic persisted queries name it."""
    seconds: float | None = None
    """What it may take, where files are still to come."""


async def parameters_of(request: web.Request, body_bytes: int, uploads: Uploads) -> Parameters:
    """What a GET or POST asks. Raises RequestRefused: 400 for what is no GraphQL request, 413, 415."""
    if request.method == "GET":
        given = {name: request.query.getall(name) for name in ("query", *KINDS) if name in request.query}
        return parameters_from({name: _from_url(name, values) for name, values in given.items()})
    if request.content_type == "multipart/form-data":
        asked = parameters_from(await multipart_request(request, body_bytes, uploads))
        return replace(asked, seconds=uploads.seconds)
    _expect_json(request)
    return parameters_from(_json(await body_of(request, body_bytes), Message("The body is not JSON.")))


def parameters_from(given: object) -> Parameters:
    """What a decoded body, or the payload of a message, asks. Raises RequestRefused."""
    if isinstance(given, list):
        raise refused(Code.BAD_REQUEST, "Several requests in one (batching) are not answered; send them one by one.")
    if not isinstance(given, dict):
        raise refused(Code.BAD_REQUEST, "The body must be a JSON object.")
    for parameter, (kind, called) in KINDS.items():
        if given.get(parameter) is not None and not isinstance(given[parameter], kind):
            raise refused(
                Code.BAD_REQUEST, "The parameter `{parameter}` must be {kind}.", parameter=parameter, kind=called
            )
    query, document_id = given.get("query"), given.get("documentId")
    if query is not None and document_id is not None:
        raise refused(Code.BAD_REQUEST, "Either `query` or `documentId` names the document, not both.")
    expected = _hash_in(given.get("extensions") or {})
    named_otherwise = query is None and (document_id is not None or expected is not None)
    if not named_otherwise and not (isinstance(query, str) and query.strip()):
        raise refused(Code.BAD_REQUEST, "The parameter `query` is missing: it must be a string, the GraphQL document.")
    # An empty operationName is what a form sends for none.
    return Parameters(
        query, given.get("operationName") or None, given.get("variables") or {}, document_id, hash=expected
    )


def _hash_in(extensions: Mapping[str, Any]) -> str | None:
    """What Apollo's protocol of automatic persisted queries puts there; None where a client does not speak it."""
    given = extensions.get("persistedQuery")
    if given is None:
        return None
    if not isinstance(given, dict) or given.get("version") != 1 or not isinstance(given.get("sha256Hash"), str):
        raise refused(Code.BAD_REQUEST, "`extensions.persistedQuery` must have `version` 1 and `sha256Hash`, a string.")
    return str(given["sha256Hash"])


def _from_url(name: str, values: list[str]) -> Any:
    if len(values) > 1:
        raise refused(
            Code.BAD_REQUEST, "The parameter `{parameter}` is given {times} times.", parameter=name, times=len(values)
        )
    if name in ("query", "documentId", "operationName"):
        return values[0]
    unread = Message("The parameter `{parameter}` is not JSON.", {"parameter": name})
    return _json(values[0].encode(), unread) if values[0] else None


def _expect_json(request: web.Request) -> None:
    # application/json is not among the types a web page can send elsewhere unasked, which is half of the CSRF guard.
    if request.content_type != "application/json" or "Content-Type" not in request.headers:
        raise refused(Code.BAD_REQUEST, "A POST must have the content type application/json.", status=415)
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise refused(Code.BAD_REQUEST, "A body must be encoded in UTF-8.", status=415)


def _too_large(limit: int) -> RequestRefused:
    return refused(Code.QUERY_TOO_COMPLEX, "The body is larger than {limit} bytes.", status=413, limit=limit)


async def body_of(request: web.Request, limit: int) -> bytes:
    """Raises RequestRefused: 413 for more than `limit` bytes, 400 for a body that breaks off."""
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async for part in request.content.iter_any():
            body += part
            if len(body) > limit:
                raise _too_large(limit)
    except (web.RequestPayloadError, ConnectionError) as error:
        raise refused(Code.BAD_REQUEST, "The body was cut off, or is not encoded as it says.") from error
    return bytes(body)


def _json(text: bytes, unread: Message) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RequestRefused([Fault(Code.BAD_REQUEST, unread)]) from error
