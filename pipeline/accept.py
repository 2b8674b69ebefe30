"""What a client would like to get: the type of an answer and its language, by the rules of RFC 9110, section 12.5."""

from aiohttp import web

from campus.text import served_language

from .errors import Code, refused

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
LANGUAGES = frozenset({"en", "zh-Hant", "zh-Hans"})


def answer_type(request: web.Request) -> str:
    """GRAPHQL or JSON. Raises RequestRefused (406) if the client takes neither.

    Without `Accept`, and where a wildcard covers both, it is JSON: that is what clients older than GRAPHQL expect.
    """
    ranges = _ranges(",".join(request.headers.getall("Accept", ())))
    if not ranges:
        return JSON
    ranked = sorted((_wish(GRAPHQL, ranges), _wish(JSON, ranges)), reverse=True)
    quality, _, _, media_type = ranked[0]
    if quality <= 0:
        raise refused(Code.BAD_REQUEST, f"Answers are {GRAPHQL} or {JSON}; the request accepts neither.", status=406)
    return media_type


def wished_language(accept_language: str) -> str | None:
    """The most wanted of the languages that we serve; None if the header names none of them."""
    wishes = ((served_language(tag), quality) for tag, quality in _ranges(accept_language))
    served = [(language, quality) for language, quality in wishes if language in LANGUAGES and quality > 0]
    return max(served, key=lambda wish: wish[1])[0] if served else None


def _wish(media_type: str, ranges: list[tuple[str, float]]) -> tuple[float, int, bool, str]:
    """How much a type is wanted: quality of the most specific range that covers it, then how specific that is."""
    specific, quality = max(
        ((_specificity(accepted, media_type), quality) for accepted, quality in ranges), default=(0, 0.0)
    )
    named = specific == 3
    return (quality if specific else 0.0, specific, (media_type == GRAPHQL) == named, media_type)


def _specificity(accepted: str, media_type: str) -> int:
    return {media_type: 3, "application/*": 2, "*/*": 1}.get(accepted, 0)


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
