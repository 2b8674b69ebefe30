"""Notices as the connector reads them: every language of each, and feeds that are not quite like the simulated ones."""

import json
import sqlite3
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest

from campus.announcement import AnnouncementKey, AnnouncementPriority, Audience, Sender, SenderKind
from campus.text import UNTOLD
from connectors.gz_campus import Atom
from connectors.wire import UpstreamBadResponse
from sandbox import atom
from sandbox.notices import NOTICES, SENDERS

from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import Recorded, reached, replayed, witnessed

LANGUAGES = ("en", "zh-Hant", "zh-Hans")


@asynccontextmanager
async def campus_notices(campus="CWB"):
    db = sqlite3.connect(":memory:")
    atom.seed(db, small_university(), campus)
    async with (
        witnessed(atom.build_app(db, clock_at(NOW), "")) as (origin, seen),
        reached(Atom, origin, campus=campus) as reach,
    ):
        yield reach, seen, db
    db.close()


def audience(parts, kind):
    return sorted(code for part, code in parts if part == kind)


@pytest.mark.parametrize("campus", ["CWB", "GZ"])
async def test_each_notice_is_read_in_every_language_it_has(campus):
    async with campus_notices(campus) as (reach, _, _):
        feed = await reach.ask().notices()
    assert (feed.system, feed.complete) == ("system-1", True)
    out = {f"{number:04}": each for number, each in enumerate(NOTICES[campus], 1) if each.hours >= 0}
    assert {each.key.entry[-4:] for each in feed.announcements} == set(out)
    for each in feed.announcements:
        written = out[each.key.entry[-4:]]
        kind, name = SENDERS[written.sender]
        title = {language: words for language, words in zip(LANGUAGES, written.title, strict=True) if words}
        assert each.title == title
        assert each.text == dict(zip(LANGUAGES, written.text, strict=True)) or len(title) == 1
        assert each.sender.kind is SenderKind[kind.upper()]
        assert each.sender.name == {language: name[language.lower()] for language in title}
        assert each.priority is AnnouncementPriority[written.priority.upper()]
        assert each.audience == Audience(
            campuses=audience(written.audience, "campus"),
            programmes=audience(written.audience, "programme"),
            interests=audience(written.audience, "interest"),
        )
        assert each.link == f"https://notices.{campus.lower()}.example/{each.key.entry[-4:]}"
        assert each.published_at == written.published(NOW)
        assert (each.updated_at - each.published_at).total_seconds() == 3600 * written.edited
        assert each.campus == campus


async def test_what_has_not_changed_is_asked_about_and_not_sent_again():
    async with campus_notices() as (reach, seen, db):
        first = await reach.ask().notices()
        assert [exchange.status for exchange in seen] == [200, 200, 200]
        assert await reach.ask().notices() == first
        assert [exchange.status for exchange in seen[3:]] == [304, 304, 304]
        for exchange in seen[3:]:
            assert {"If-None-Match", "If-Modified-Since"} <= exchange.headers.keys()
        db.execute("delete from notice where number = 1")
        titles = json.dumps({"en": "Corrected", "zh-hant": "", "zh-hans": ""})
        db.execute("update notice set title = ? where number = 2", (titles,))
        third = {each.key.entry[-4:]: each for each in (await reach.ask().notices()).announcements}
        assert "0001" not in third
        assert third["0002"].title == {"en": "Corrected"}
        assert len(third) == len(first.announcements) - 1


def feed(*entries, head="", complete=True):
    whole = '<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>' if complete else ""
    return Recorded(
        200,
        "text/xml",  # what many servers call it
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>F</title>'
        f"<updated>2026-11-20T10:00:00Z</updated><author><name>The office</name></author>{head}{whole}"
        f"{''.join(entries)}</feed>".encode(),
    )


def entry(id_="urn:1", title="Title", updated="2026-11-20T10:00:00Z", more=""):
    return f"<entry><id>{id_}</id><title>{title}</title><updated>{updated}</updated>{more}</entry>"


async def read(*documents):
    async with replayed(*documents) as (origin, _), reached(Atom, origin) as reach:
        return await reach.ask().notices()


async def test_the_least_that_an_entry_may_have_is_enough():
    """Of no kind that we know, for everybody, by whoever makes the feed (RFC 4287, 4.2.1), in an untold language."""
    (found,) = (await read(feed(entry()))).announcements
    moment = datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert found.key == AnnouncementKey("system-1", "urn:1")
    assert (found.title, found.text, found.link) == ({UNTOLD: "Title"}, {}, None)
    assert found.sender == Sender(kind=SenderKind.OTHER, name={UNTOLD: "The office"})
    assert (found.priority, found.audience) == (AnnouncementPriority.NORMAL, Audience([], [], []))
    assert (found.published_at, found.updated_at) == (moment, moment)


TEXTS = [
    ("text", "One\n line.\n\n\nTwo", "One\nline.\n\nTwo"),
    ("html", "<p>One &amp; <b>half</b></p>\n<p>Two<br/>lines</p>", "One & half\n\nTwo\nlines"),
    ("html", '<p>One</p><script>alert(1)</script><img src="x" onerror="y">', "One"),
    ("xhtml", "<h2>One</h2><ul><li>Two</li><li>Three</li></ul>", "One\n\nTwo\n\nThree"),
]


def content(kind, words):
    """Markup is escaped in HTML, and stands as it is, in a division of its own, in XHTML (RFC 4287, 3.1.1)."""
    if kind == "xhtml":
        return f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{words}</div></content>'
    return f'<content type="{kind}">{escape(words)}</content>'


@pytest.mark.parametrize(("kind", "words", "shown"), TEXTS)
async def test_whatever_a_text_is_marked_up_with_it_is_read_as_plain_paragraphs(kind, words, shown):
    (found,) = (await read(feed(entry(more=content(kind, words))))).announcements
    assert found.text == {UNTOLD: shown}


async def test_a_summary_stands_in_where_the_content_is_no_text():
    picture = '<content type="image/png" src="https://x.example/a.png"/><summary>In short</summary>'
    for more in (picture, "<summary>In short</summary>"):
        (found,) = (await read(feed(entry(more=more)))).announcements
        assert found.text == {UNTOLD: "In short"}


async def test_of_entries_with_one_id_the_latest_counts():
    newer = entry(title="New", updated="2026-11-21T10:00:00+08:00")
    found = await read(feed(newer, entry(title="Old"), entry("urn:2")))
    assert [(each.key.entry, each.title[UNTOLD]) for each in found.announcements] == [
        ("urn:1", "New"),
        ("urn:2", "Title"),
    ]


async def test_a_feed_that_does_not_say_it_is_complete_is_not_taken_for_that():
    assert not (await read(feed(entry(), complete=False))).complete
    link = '<link rel="alternate" type="application/atom+xml" hreflang="zh-Hant" href="other.atom"/>'
    assert not (await read(feed(entry(), head=link), feed(entry(), complete=False))).complete


async def test_other_places_are_not_followed():
    """Nobody who may write into a feed makes the gateway ask whomever they like."""
    elsewhere = [
        '<link rel="alternate" type="application/atom+xml" hreflang="zh-Hant" href="http://127.0.0.2:9/feed.atom"/>',
        '<link rel="alternate" type="application/atom+xml" hreflang="zh-Hant" href="//other.example/feed.atom"/>',
        '<link rel="alternate" type="text/html" hreflang="zh-Hans" href="page.html"/>',
        '<link rel="next" type="application/atom+xml" href="more.atom"/>',
    ]
    found = await read(feed(entry(), head="".join(elsewhere)))  # one answer is all there is
    assert len(found.announcements) == 1


async def test_a_link_that_is_no_web_page_is_not_shown():
    (found,) = (await read(feed(entry(more='<link href="javascript:alert(1)"/>')))).announcements
    assert found.link is None
    (found,) = (await read(feed(entry(more='<link href="/notices/1"/>')))).announcements
    assert found.link is not None
    assert found.link.endswith("/notices/1")


BROKEN = {
    "cut": Recorded(200, "application/atom+xml", feed(entry(), entry("urn:2")).body[:-40]),
    "no feed": Recorded(200, "text/html", b"<html><body>Moved</body></html>"),
    "another format": Recorded(200, "application/rss+xml", atom.WRONG_SCHEMA),
    "no id": feed("<entry><title>T</title><updated>2026-11-20T10:00:00Z</updated></entry>"),
    "no title": feed("<entry><id>urn:1</id><updated>2026-11-20T10:00:00Z</updated></entry>"),
    "no moment": feed("<entry><id>urn:1</id><title>T</title></entry>"),
    "no zone": feed(entry(updated="2026-11-20T10:00:00")),
    "no date": feed(entry(updated="yesterday")),
    "an endless id": feed(entry("urn:" + "1" * 600)),
    "not changed, though never read": Recorded(304, "", b""),
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_feed_that_is_not_as_the_specification_has_it_is_refused_as_a_whole(fault):
    """What was kept of it before stands; half of it would look like the other half was withdrawn."""
    with pytest.raises(UpstreamBadResponse):
        await read(BROKEN[fault])
