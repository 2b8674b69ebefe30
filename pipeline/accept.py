"""What a client would like to get: type, language and coding of an answer, by the rules of RFC 9110, section 12.5.

Clients say the same with each request, so what is read from a header is remembered by its text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import web

from campus.text import served_language

from .errors import Code, refused

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What types of answer a client takes."""

    single: str | None
    """GRAPHQL or JSON, for one answer; None if it takes neither."""
    stream: bool = False
    """Whether it takes EVENT_STREAM, and says so by name."""
    stream_first: bool = False
    """Whether it would rather have one answer as a stream, too."""


def accepted(request: web.Request) -> Accepted:
    """What the client takes. Raises RequestRefused (406) if that is nothing we have.

    Without `Accept`, and where a wildcard covers both, a single answer is JSON: that is what clients older than GRAPHQL
    expect. A stream must be asked for by name; to list it beside the others with no more weight, as urql always does,
    is no wish to have single answers streamed.
    """
    taken = _accepted(",".join(request.headers.getall("Accept", ())))
    if taken is None:
        raise refused(
            Code.BAD_REQUEST,
            "Answers are {graphql} or {json}; the request accepts neither.",
            status=406,
            graphql=GRAPHQL,
            json=JSON,
        )
    return taken


def wished_languages(request: web.Request) -> Sequence[str]:
    """The languages a request asks for, the most wanted first: our tag where we serve it, else the client's own."""
    return _languages(",".join(request.headers.getall("Accept-Language", ())))


@lru_cache(256)
def coding_for(accept_encoding: str) -> str | None:
    """How an answer is packed: `br`, which is the smaller where both are as welcome, `gzip`, or not at all."""
    qualities = dict(_ranges(accept_encoding))
    best = max(("br", "gzip"), key=lambda coding: qualities.get(coding, qualities.get("*", 0.0)))
    return best if qualities.get(best, qualities.get("*", 0.0)) > 0 else None


@lru_cache(256)
def _accepted(accept: str) -> Accepted | None:
    ranges = _ranges(accept)
    if not ranges:
        return Accepted(JSON)
    quality, _, _, media_type = max(_wish(GRAPHQL, ranges), _wish(JSON, ranges))
    streamed, named, _, _ = _wish(EVENT_STREAM, ranges)
    stream = streamed > 0 and named == 3
    if quality <= 0 and not stream:
        return None
    return Accepted(media_type if quality > 0 else None, stream, stream_first=stream and streamed > quality)


@lru_cache(256)
def _languages(accept_language: str) -> Sequence[str]:
    ranges = _ranges(accept_language)
    wished = sorted((each for each in ranges if each[1] > 0 and each[0] != "*"), key=lambda each: -each[1])
    return tuple(dict.fromkeys(served_language(tag) for tag, _ in wished))


def _wish(media_type: str, ranges: list[tuple[str, float]]) -> tuple[float, int, bool, str]:
    """How much a type is wanted: quality of the most specific range that covers it, then how specific that is."""
    specific, quality = max(
        ((_specificity(accepted, media_type), quality) for accepted, quality in ranges), default=(0, 0.0)
    )
    named = specific == 3
    return (quality if specific else 0.0, specific, (media_type == GRAPHQL) == named, media_type)


def _specificity(accepted: str, media_type: str) -> int:
    kind = media_type.partition("/")[0]
    return {media_type: 3, f"{kind}/*": 2, "*/*": 1}.get(accepted, 0)


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        given = dict(parameter.partition("=")[::2] for parameter in parameters)
        if media_range and given.get("charset", "utf-8").strip('"') in ("utf-8", "utf8", "*"):
            ranges.append((media_range, _quality(given.get("q", "1"))))
        elif media_range:
            ranges.append((media_range, 0.0))
    return ranges


def _quality(text: str) -> float:
    # RFC 9110, 12.4.2: 0 to 1 with at most three decimals. What is not a quality is no wish.
    digits = text.replace(".", "", 1)
    return min(float(text), 1.0) if digits.isascii() and digits.isdigit() else 0.0
