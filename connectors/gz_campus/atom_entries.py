"""The entries of an Atom feed as feedparser reads them. A KeyError or ValueError means: not as RFC 4287 has it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser

from campus.announcement import AnnouncementKey
from campus.text import UNTOLD, Text, text

PLAIN = "text/plain"
MARKED_UP = frozenset({"text/html", "application/xhtml+xml"})
BLOCK_ENDS = re.compile(r"</(?:p|div|li|ul|ol|h[1-6]|tr|table|blockquote|pre)\s*>|<hr\s*/?>", re.IGNORECASE)
LINE_ENDS = re.compile(r"<br\s*/?>", re.IGNORECASE)

LONGEST_ID = 512
LONGEST_TERM = 64


class Entry(Struct):
    """One entry in one language's feed."""

    id: str
    title: Text
    text: Text
    author: Text
    categories: Sequence[tuple[str, str]]
    """(scheme, term)."""
    link: str | None
    published: datetime
    updated: datetime

    def key(self, system: str) -> AnnouncementKey:
        return AnnouncementKey(system, self.id)

    def terms(self, scheme: str) -> list[str]:
        """In order, each once."""
        return sorted({term for of, term in self.categories if of == scheme})


def entries_of(read: Any) -> dict[str, Entry]:
    """By id. Of several with the same one the latest counts (RFC 4287, 4.1.1)."""
    entries = sorted((_entry(each, read.feed) for each in read.entries), key=lambda each: each.updated)
    latest = {each.id: each for each in entries}
    return {each["id"]: latest[each["id"]] for each in read.entries}


def _entry(told: Any, feed: Any) -> Entry:
    language = told["title_detail"].get("language") or UNTOLD
    updated = _moment(told["updated"])
    return Entry(
        id=_at_most(LONGEST_ID, told["id"]),
        title=text([(language, _plain(told["title_detail"]))]),
        text=text([(each.get("language") or UNTOLD, _plain(each)) for each in _content(told)]),
        author=text([(language, told.get("author") or feed.get("author") or "")]),
        categories=[
            (tag.get("scheme") or "", _at_most(LONGEST_TERM, tag["term"]))
            for tag in told.get("tags", ())
            if tag.get("term")
        ],
        link=next((each["href"] for each in told.get("links", ()) if _for_people(each)), None),
        published=_moment(told["published"]) if "published" in told else updated,
        updated=updated,
    )


def _content(told: Any) -> list[Mapping[str, Any]]:
    """What there is to read: the content if it is text, and the summary where it is something else."""
    contents = [each for each in told.get("content", ()) if each.get("type") in {PLAIN, *MARKED_UP}]
    return contents[:1] or ([told["summary_detail"]] if "summary_detail" in told else [])


def _for_people(link: Mapping[str, Any]) -> bool:
    return link.get("rel") == "alternate" and str(link.get("href")).startswith(("https://", "http://"))


def _plain(detail: Mapping[str, Any]) -> str:
    """Without markup, so that no page can be made to run it: paragraphs apart by a blank line."""
    words = detail["value"]
    if detail.get("type") in MARKED_UP:
        broken = LINE_ENDS.sub("\n", BLOCK_ENDS.sub("\n\n", re.sub(r"\s+", " ", words)))
        body = LexborHTMLParser(broken).body
        words = body.text() if body else ""
    paragraphs = (
        "\n".join(" ".join(line.split()) for line in paragraph.strip().splitlines())
        for paragraph in re.split(r"\n\s*\n", words)
    )
    return "\n\n".join(filter(None, paragraphs))


def _moment(words: str) -> datetime:
    moment = datetime.fromisoformat(words)
    if moment.tzinfo is None:
        raise ValueError(f"{words!r} says no zone")
    return moment


def _at_most(characters: int, words: str) -> str:
    if len(words) > characters:
        raise ValueError(f"more than {characters} characters where one word belongs")
    return words
