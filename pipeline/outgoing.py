"""One answer on its way out: who may keep it and for how long, whether the client has it already, how it is packed."""

import hashlib
import zlib
from typing import NamedTuple

import brotli
import orjson
from aiohttp import web
from multidict import CIMultiDict

from .accept import coding_for
from .answers import Answer
from .telemetry import OperationLine

NOT_KEPT = "no-store"

VARY = "Accept, Accept-Encoding, Accept-Language, Authorization"

WORTH_PACKING = 1_400
"""Bytes: what fits into one packet arrives no earlier if it is smaller."""

BROTLI, GZIP = 4, 4
"""Levels: above them a dashboard takes twice the time to pack, and comes out hardly smaller."""


def keeping(request: web.Request, line: OperationLine, seconds: int) -> str:
    """Cache-Control of what a whole answer is told with (RFC 9111): only a GET of a trusted document may be kept.

    What is public may be told to anybody for some `seconds` without asking us, and no longer than what is kept of it
    here is fresh; but who is signed in reads it in the language that the token says, and campuses tell their members
    more. What is a person's is kept by that person's own client, which asks each time whether it still holds.
    """
    operation = line.operation
    if request.method != "GET" or operation is None or operation.document_id is None:
        return NOT_KEPT
    if not operation.public:
        return "private, no-cache"
    whose = "public" if line.viewer.anonymous else "private"
    left = seconds if line.fresh_for is None else min(seconds, int(line.fresh_for))
    return f"{whose}, max-age={left}" if left else f"{whose}, no-cache"


class Sending(NamedTuple):
    """In which manner an answer is sent."""

    media_type: str
    status: int = 200
    kept: str = NOT_KEPT
    """Cache-Control."""


def response_of(request: web.Request, answer: Answer, locale: str, sending: Sending) -> web.Response:
    """The answer as it is sent; or 304 for what the client says it has."""
    body = orjson.dumps(answer)
    headers = CIMultiDict[str]()
    # The language our own words are in; of texts that systems hold, the field beside each says it.
    headers["Content-Language"] = locale
    headers["Cache-Control"] = sending.kept
    headers["Vary"] = VARY
    if sending.kept != NOT_KEPT:
        etag = hashlib.blake2b(body, digest_size=16).hexdigest()
        # Weak: the same answer is told in two types and three codings.
        headers["ETag"] = f'W/"{etag}"'
        if any(known.value in (etag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
    headers["Content-Type"] = f"{sending.media_type}; charset=utf-8"
    if len(body) > WORTH_PACKING and (coding := coding_for(request.headers.get("Accept-Encoding", ""))):
        headers["Content-Encoding"] = coding
        body = _packed(body, coding)
    return web.Response(body=body, status=sending.status, headers=headers)


def _packed(body: bytes, coding: str) -> bytes:
    # Secrets are not guessed by how well they pack beside what one sends oneself (BREACH): that needs requests which
    # carry another's credentials, and no browser adds our tokens by itself.
    if coding == "br":
        return bytes(brotli.compress(body, quality=BROTLI))
    packer = zlib.compressobj(GZIP, zlib.DEFLATED, 16 + zlib.MAX_WBITS)  # 16: with gzip's header
    return packer.compress(body) + packer.flush()
