"""A campus's notices as files of a web server: Atom (RFC 4287), complete (RFC 5005), a feed for each language."""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import NamedTuple
from xml.etree import ElementTree

from aiohttp import web

from .clock import Clock
from .frame import CONTROLS
from .notices import NOTICES, SENDERS
from .outbox import HAPPEN, tell
from .university import University

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
TYPE = "application/atom+xml"
PROFILE = "tag:campus-gateway.example,2026:notices/"
_TICK = 5.0
"""Seconds after which the clock is looked at."""

LANGUAGES = {"en": "en", "zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}
"""As texts name them, and as feeds do."""

WRONG_SCHEMA = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Moved</title></channel></rss>'

ElementTree.register_namespace("", ATOM)
ElementTree.register_namespace("fh", HISTORY)


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Every notice of the campus; those yet to come appear when the clock gets there."""
    db.execute("create table publisher (campus text not null, language text not null)")
    db.execute(
        "create table notice (number integer primary key, published text not null, updated text not null, sender text"
        " not null, priority text not null, title text not null, text text not null, audience text not null)"
    )
    db.execute("insert into publisher values (?, ?)", (campus, "zh-hans" if campus == "GZ" else "en"))
    for number, each in enumerate(NOTICES[campus], 1):
        published = each.published(university.now)
        texts = (json.dumps(dict(zip(LANGUAGES, words, strict=True))) for words in (each.title, each.text))
        updated = published + timedelta(hours=each.edited)
        row = (number, published.isoformat(), updated.isoformat(), each.sender, each.priority, *texts)
        db.execute("insert into notice values (?, ?, ?, ?, ?, ?, ?, ?)", (*row, json.dumps(each.audience)))
    db.commit()


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body of a web server that serves files."""
    return "text/html", f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>".encode()


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """Nothing here asks for a credential; `secret` is not used."""
    publisher = _Publisher(db, clock, *db.execute("select campus, language from publisher").fetchone())
    app = web.Application()
    app.add_routes([web.get(path, publisher.feed) for path in publisher.paths])
    app[CONTROLS] = {HAPPEN: publisher.publish}
    app.cleanup_ctx.append(publisher.with_the_clock)
    return app


class _Row(NamedTuple):
    number: int
    published: datetime
    updated: datetime
    sender: str
    priority: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    audience: Sequence[tuple[str, str]]


@dataclass(slots=True)
class _Publisher:
    db: sqlite3.Connection
    clock: Clock
    campus: str
    language: str
    """Of the feed that others are found from."""

    @property
    def paths(self) -> Mapping[str, str]:
        """Language by path, the publisher's own first."""
        others = [each for each in LANGUAGES if each != self.language]
        return {"/notices.atom": self.language, **{f"/notices.{each}.atom": each for each in others}}

    async def feed(self, request: web.Request) -> web.Response:
        rows = list(self._rows(self.paths[request.path]))
        updated = max((row.updated for row in rows), default=datetime.fromtimestamp(0, UTC))
        body = self._document(request, rows, updated)
        head = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "Last-Modified": format_datetime(updated.astimezone(UTC), usegmt=True),
            "Cache-Control": "max-age=300",
        }
        if _is_known(request, head["ETag"], updated):
            return web.Response(status=304, headers=head)
        return web.Response(body=body, content_type=TYPE, charset="utf-8", headers=head)

    async def publish(self, request: web.Request) -> web.Response:
        """On command: a notice of the registry's, in English, that comes out now."""
        wish = json.loads(await request.read())
        now = self.clock.now().isoformat()
        texts = (json.dumps({**dict.fromkeys(LANGUAGES, ""), "en": wish[part]}) for part in ("title", "text"))
        row = (now, now, "registry", wish.get("priority", "normal"), *texts, json.dumps(wish.get("audience", [])))
        added = self.db.execute("insert into notice values (null, ?, ?, ?, ?, ?, ?, ?)", row)
        self.db.commit()
        tell(request.app, "campus.announcement.changed")
        return web.json_response({"number": added.lastrowid})

    async def with_the_clock(self, app: web.Application) -> AsyncIterator[None]:
        """Tells when the clock gets to a notice that was yet to come out."""

        async def telling() -> None:
            seen = self.clock.now()
            while True:
                await asyncio.sleep(_TICK)
                seen, before = self.clock.now(), seen
                moments = [datetime.fromisoformat(each) for (each,) in self.db.execute("select published from notice")]
                if any(before < each <= seen for each in moments):
                    tell(app, "campus.announcement.changed")

        task = asyncio.create_task(telling())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def _rows(self, language: str) -> Iterable[_Row]:
        now = self.clock.now()
        rows = self.db.execute(
            "select number, published, updated, sender, priority, title, text, audience from notice"
            " order by published desc, number"
        )
        for number, published, updated, sender, priority, *texts in rows:
            title, text, audience = map(json.loads, texts)
            out, changed = datetime.fromisoformat(published), datetime.fromisoformat(updated)
            if out <= now and title[language]:
                yield _Row(number, out, min(changed, now), sender, priority, title, text, audience)

    def _document(self, request: web.Request, rows: Iterable[_Row], updated: datetime) -> bytes:
        language = self.paths[request.path]
        feed = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": LANGUAGES[language]})
        _add(feed, "id", f"tag:notices.{self.campus.lower()}.example,2026:{language}")
        _add(feed, "title", f"Notices ({self.campus})")
        _add(feed, "updated", updated.isoformat())
        _add(_add(feed, "author"), "name", f"Notices ({self.campus})")
        _add(feed, "link", rel="self", type=TYPE, href=f"{request.url.origin()}{request.path}")
        for path, other in self.paths.items():
            if other != language:
                _add(feed, "link", rel="alternate", type=TYPE, hreflang=LANGUAGES[other], href=path)
        ElementTree.SubElement(feed, f"{{{HISTORY}}}complete")
        for row in rows:
            self._add_entry(feed, row, language)
        document: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
        return document

    def _add_entry(self, feed: ElementTree.Element, row: _Row, language: str) -> None:
        kind, name = SENDERS[row.sender]
        entry = _add(feed, "entry")
        # The same in each language, since it is one notice.
        _add(entry, "id", f"tag:notices.{self.campus.lower()}.example,2026:{row.number:04}")
        _add(entry, "title", row.title[language])
        _add(entry, "published", row.published.isoformat())
        _add(entry, "updated", row.updated.isoformat())
        _add(_add(entry, "author"), "name", name[language])
        _add(entry, "link", rel="alternate", type="text/html",
             href=f"https://notices.{self.campus.lower()}.example/{row.number:04}")  # fmt: skip
        _add(entry, "category", scheme=f"{PROFILE}sender", term=kind)
        _add(entry, "category", scheme=f"{PROFILE}priority", term=row.priority)
        for part, code in row.audience:
            _add(entry, "category", scheme=PROFILE + part, term=code)
        paragraphs = "".join(f"<p>{_escaped(each)}</p>" for each in row.text[language].split("\n\n"))
        _add(entry, "content", paragraphs, type="html")


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = text or None
    return made


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _is_known(request: web.Request, etag: str, updated: datetime) -> bool:
    """RFC 9110, 13.2.2: If-Modified-Since counts only where there is no If-None-Match."""
    if tags := request.headers.get("If-None-Match"):
        return etag in [tag.strip() for tag in tags.split(",")]
    since = request.headers.get("If-Modified-Since")
    if not since:
        return False
    try:
        return updated.replace(microsecond=0) <= parsedate_to_datetime(since).replace(tzinfo=UTC)
    except ValueError:
        return False
