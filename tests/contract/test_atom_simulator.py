"""The simulated notices keep to RFC 4287, by feedparser and rule by rule, and are not sent again if unchanged."""

import json
import sqlite3
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from xml.etree import ElementTree

import feedparser
import pytest
from aiohttp import ClientSession

from sandbox import atom
from sandbox.notices import NOTICES, SENDERS

from .simulators import clock_at, drive, served
from .small_university import NOW, small_university

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
PATHS = {
    "CWB": ("/notices.atom", "/notices.zh-hant.atom", "/notices.zh-hans.atom"),
    "GZ": ("/notices.atom", "/notices.en.atom", "/notices.zh-hant.atom"),
}
FEEDS = [(campus, path) for campus, paths in PATHS.items() for path in paths]


@asynccontextmanager
async def publisher(campus="CWB", now=NOW):
    db = sqlite3.connect(":memory:")
    atom.seed(db, small_university(), campus)
    async with served(atom.build_app(db, clock_at(now), "")) as origin, ClientSession(origin) as session:
        yield session, db
    db.close()


async def read(session, path="/notices.atom", status=200, **headers):
    async with session.get(path, headers=headers) as answer:
        assert answer.status == status
        return answer.headers, await answer.read()


def elements(parent, name):
    return parent.findall(ATOM + name)


def text(parent, name):
    (found,) = elements(parent, name)
    return found.text


def person_named(parent):
    return [text(author, "name") for author in elements(parent, "author")]


@pytest.mark.parametrize(("campus", "path"), FEEDS)
async def test_a_feed_keeps_each_rule_of_the_specification(campus, path):
    """RFC 4287, 4.1.1 (feeds), 4.1.2 (entries), 3.3 (dates), 4.2.2 (categories), 4.2.7 (links); RFC 5005, 2."""
    async with publisher(campus) as (session, _):
        headers, body = await read(session, path)
        origin = str(session._base_url).rstrip("/")
    assert headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(body)  # noqa: S314  our own
    assert feed.tag == f"{ATOM}feed"
    entries = elements(feed, "entry")
    assert len(text(feed, "id").split(":")) == 3
    assert text(feed, "title")
    assert person_named(feed)
    assert [link.get("href") for link in elements(feed, "link") if link.get("rel") == "self"] == [origin + path]
    alternates = [(link.get("type"), link.get("hreflang")) for link in elements(feed, "link") if link.get("hreflang")]
    assert len(alternates) == len(set(alternates)) == 2
    assert feed.get(f"{XML}lang") not in {language for _, language in alternates}
    assert len(feed.findall("{http://purl.org/syndication/history/1.0}complete")) == 1
    ids = [text(entry, "id") for entry in entries]
    assert len(ids) == len(set(ids)) > 5
    moments = []
    for entry in entries:
        assert text(entry, "title")
        assert person_named(entry)[0] in {name[lang] for _, name in SENDERS.values() for lang in name}
        published, updated = (datetime.fromisoformat(text(entry, name)) for name in ("published", "updated"))
        assert published.tzinfo
        assert published <= updated <= NOW
        moments.append(updated)
        (content,) = elements(entry, "content")
        assert content.get("type") == "html"
        assert not len(content), "markup is escaped"
        (link,) = elements(entry, "link")
        assert (link.get("rel"), link.get("href").split(":")[0]) == ("alternate", "https")
        assert all(category.get("term") and category.get("scheme") for category in elements(entry, "category"))
    assert datetime.fromisoformat(text(feed, "updated")) == max(moments)


@pytest.mark.parametrize(("campus", "path"), FEEDS)
async def test_a_third_party_finds_nothing_wrong_and_reads_what_was_written(campus, path):
    async with publisher(campus) as (session, _):
        headers, body = await read(session, path)
    found = await drive(
        feedparser.parse, BytesIO(body), response_headers={name.lower(): each for name, each in headers.items()}
    )
    assert (found.bozo, found.version) == (False, "atom10")
    place = {"zh-Hant": 1, "zh-Hans": 2}.get(found.feed.language, 0)
    out = [each for each in NOTICES[campus] if each.hours >= 0 and each.title[place]]
    expected = {(each.title[place], SENDERS[each.sender][0], each.priority, each.published(NOW)) for each in out}
    assert {
        (
            entry.title,
            *(tag.term for tag in entry.tags if tag.scheme.endswith(("/sender", "/priority"))),
            datetime.fromisoformat(entry.published),
        )
        for entry in found.entries
    } == expected
    assert {entry.title_detail.language for entry in found.entries} == {found.feed.language}


async def test_what_has_not_changed_is_not_sent_again():
    """RFC 9110, 13: by entity tag, by date, and by the tag alone where both are sent."""
    async with publisher() as (session, db):
        headers, _ = await read(session)
        etag, modified = headers["ETag"], headers["Last-Modified"]
        assert parsedate_to_datetime(modified) <= NOW
        for condition in (
            {"If-None-Match": etag},
            {"If-None-Match": f'"other", {etag}'},
            {"If-Modified-Since": modified},
        ):
            again, body = await read(session, status=304, **condition)
            assert (body, again["ETag"]) == (b"", etag)
        await read(session, **{"If-None-Match": '"other"', "If-Modified-Since": modified})
        await read(session, **{"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"})
        db.execute(
            "update notice set title = ? where number = 1", (json.dumps({"en": "A", "zh-hant": "", "zh-hans": ""}),)
        )
        changed, _ = await read(session, **{"If-None-Match": etag})
        assert changed["ETag"] != etag


async def test_a_notice_appears_when_its_time_comes():
    water = "Water supply interrupted tonight"
    for hours, seen in ((-24, False), (24, True)):
        async with publisher(now=NOW.replace(day=NOW.day + hours // 24)) as (session, _):
            _, body = await read(session)
        assert (water in body.decode()) is seen
