"""What a client asks: GraphQL over HTTP's parameters, read from a GET's query string or a POST's JSON body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from .errors import Code, refused


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one request (GraphQL over HTTP, section 5.1)."""

    query: str
    operation_name: str | None
    variables: Mapping[str, Any]


async def parameters_of(request: web.Request, body_bytes: int) -> Parameters:
    """What a GET or POST asks. Raises RequestRefused: 400 for what is no GraphQL request, 413, 415."""
    if request.method == "GET":
        given = {name: request.query.getall(name) for name in ("query", "operationName", "variables", "extensions")
                 if name in request.query}  # fmt: skip
        return _parameters({name: _from_url(name, values) for name, values in given.items()})
    _expect_json(request)
    return _parameters(_json(await _body(request, body_bytes), "The body"))


def _parameters(given: object) -> Parameters:
    if isinstance(given, list):
        raise refused(Code.BAD_REQUEST, "Several requests in one (batching) are not answered; send them one by one.")
    if not isinstance(given, dict):
        raise refused(Code.BAD_REQUEST, "The body must be a JSON object.")
    query, name = given.get("query"), given.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise refused(Code.BAD_REQUEST, "The parameter `query` is missing: it must be a string, the GraphQL document.")
    if name is not None and not isinstance(name, str):
        raise refused(Code.BAD_REQUEST, "The parameter `operationName` must be a string.")
    for parameter in ("variables", "extensions"):
        if not isinstance(given.get(parameter), dict | None):
            raise refused(Code.BAD_REQUEST, f"The parameter `{parameter}` must be a JSON object.")
    # An empty operationName is what a form sends for none.
    return Parameters(query, name or None, given.get("variables") or {})


def _from_url(name: str, values: list[str]) -> Any:
    if len(values) > 1:
        raise refused(Code.BAD_REQUEST, f"The parameter `{name}` is given {len(values)} times.")
    if name in ("query", "operationName"):
        return values[0]
    return _json(values[0].encode(), f"The parameter `{name}`") if values[0] else None


def _expect_json(request: web.Request) -> None:
    # application/json is not among the types a web page can send elsewhere unasked, which is half of the CSRF guard.
    if request.content_type != "application/json" or "Content-Type" not in request.headers:
        raise refused(Code.BAD_REQUEST, "A POST must have the content type application/json.", status=415)
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise refused(Code.BAD_REQUEST, "A body must be encoded in UTF-8.", status=415)


async def _body(request: web.Request, limit: int) -> bytes:
    too_large = refused(Code.QUERY_TOO_COMPLEX, f"The body is larger than {limit} bytes.", status=413)
    if (request.content_length or 0) > limit:
        raise too_large
    body = bytearray()
    try:
        async for part in request.content.iter_any():
            body += part
            if len(body) > limit:
                raise too_large
    except (web.RequestPayloadError, ConnectionError) as error:
        raise refused(Code.BAD_REQUEST, "The body was cut off, or is not encoded as it says.") from error
    return bytes(body)


def _json(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise refused(Code.BAD_REQUEST, f"{what} is not JSON.") from error
