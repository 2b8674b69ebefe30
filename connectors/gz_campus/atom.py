"""Notices of a campus as Atom: one feed, and one for each further language that it names.

Source: RFC 4287 (Atom), RFC 5005 section 2 (feeds that are complete), RFC 9110 section 13 (conditional requests).
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from io import BytesIO
from typing import Any

import feedparser
from msgspec import Struct

from campus.announcement import Announcement, AnnouncementFeed, AnnouncementPriority, Audience, Sender, SenderKind
from connectors.wire import Answer, Line, UpstreamBadResponse, local

from .atom_entries import Entry, entries_of

FEED = "/notices.atom"
COMPLETE = "http://purl.org/syndication/history/1.0"
"""Namespace of `complete`, by which a feed says that it has all there is."""

PROFILE = "tag:campus-gateway.example,2026:notices/"
"""What schemes of categories begin with where their terms are ours; connectors/gz_campus/README.md lists them."""


class _Document(Struct):
    """A feed document as it was last read."""

    entries: Mapping[str, Entry]
    complete: bool
    translations: Sequence[str]
    """Paths of the feeds in other languages."""
    conditions: Mapping[str, str]
    """Headers by which the next reading asks whether it has changed."""


class _Known(dict[str, _Document]):
    """Documents by path, while the process lives."""


class Atom:
    """One campus's notices, asked on behalf of one operation."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        """Feeds are public; a campus that keeps its own behind a gate may want one."""
        return {"Authorization": f"Bearer {secret}"}

    async def notices(self) -> AnnouncementFeed:
        """All that is announced, in every language there is. What has not changed is not sent again."""
        first = await self._document(FEED)
        documents = [first, *await asyncio.gather(*map(self._document, first.translations))]
        ids = dict.fromkeys(id_ for document in documents for id_ in document.entries)
        return AnnouncementFeed(
            system=self.system.id,
            announcements=[
                self._announcement([document.entries[id_] for document in documents if id_ in document.entries])
                for id_ in ids
            ],
            complete=all(document.complete for document in documents),
        )

    async def _document(self, path: str) -> _Document:
        known = self._line.kept(_Known)
        headers = known[path].conditions if path in known else {}
        answer = await self._line.get(path, answers=frozenset({304}), headers=headers)
        if answer.status == 304 and path in known:
            return known[path]
        # Some milliseconds for each entry, in which nobody else would be served.
        known[path] = await asyncio.to_thread(self._read, path, answer)
        return known[path]

    def _read(self, path: str, answer: Answer) -> _Document:
        # Bytes in a file of their own, since a text might be taken for an address to fetch. XML says its own encoding.
        base = {"content-location": self._line.address(path), "content-type": "application/atom+xml"}
        read = feedparser.parse(BytesIO(answer.body), response_headers=base)
        # feedparser goes on where XML ends early, and what a cut feed lacks would be taken for withdrawn.
        broken = read.bozo and not isinstance(read.bozo_exception, feedparser.CharacterEncodingOverride)
        if broken or read.get("version") != "atom10":
            raise UpstreamBadResponse(self.system.id, f"no Atom feed at {path}")
        try:
            entries = entries_of(read)
        except (KeyError, ValueError) as failure:
            raise UpstreamBadResponse(self.system.id, f"not as RFC 4287 has it: {failure!r}") from failure
        prefixes = [prefix for prefix, namespace in read.namespaces.items() if namespace == COMPLETE]
        return _Document(
            entries=entries,
            complete=any(f"{prefix}_complete" in read.feed for prefix in prefixes),
            translations=self._translations(read.feed, path),
            conditions={
                condition: answer.headers[validator]
                for validator, condition in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
                if validator in answer.headers
            },
        )

    def _translations(self, feed: Mapping[str, Any], path: str) -> list[str]:
        """Paths below the system's address; a feed that points elsewhere is not followed."""
        base = self._line.address("")
        return [
            link["href"].removeprefix(base)
            for link in feed.get("links", ())
            if link.get("rel") == "alternate"
            and link.get("type") == "application/atom+xml"
            and "hreflang" in link
            and link["href"].startswith(f"{base}/")
            and link["href"] != base + path
        ]

    def _announcement(self, told: Sequence[Entry]) -> Announcement:
        """One entry, as each language's feed has it; the first feed's word counts where they differ."""
        entry = told[0]
        return Announcement(
            key=entry.key(self.system.id),
            campus=self.system.campus,
            title={language: text for each in told for language, text in each.title.items()},
            text={language: text for each in told for language, text in each.text.items()},
            sender=Sender(
                kind=_named(SenderKind, entry.terms(PROFILE + "sender"), SenderKind.OTHER),
                name={language: text for each in told for language, text in each.author.items()},
            ),
            priority=_named(AnnouncementPriority, entry.terms(PROFILE + "priority"), AnnouncementPriority.NORMAL),
            audience=Audience(
                campuses=entry.terms(PROFILE + "campus"),
                programmes=entry.terms(PROFILE + "programme"),
                interests=entry.terms(PROFILE + "interest"),
            ),
            link=entry.link,
            published_at=local(entry.published, self._zone),
            updated_at=local(max(each.updated for each in told), self._zone),
        )


def _named(kinds: Any, terms: Sequence[str], otherwise: Any) -> Any:
    """The value a feed means; one that it calls by no word of ours is like one that it does not tell."""
    return next((kinds[term.upper()] for term in terms if term.upper() in kinds.__members__), otherwise)
