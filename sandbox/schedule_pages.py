"""HKUST's public Class Schedule & Quota pages over the simulated university: a page a subject, open to everybody.

It is none of the systems that the sandbox starts, since both campuses have student systems; tests start it beside them.
"""

import hashlib
import sqlite3

from aiohttp import web

from .clock import Clock
from .schedule_markup import Offer, page
from .terms import current_main_term
from .university import Campus, Section, University

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

WRONG_SCHEMA = (
    b'<html><body><a href="/wcq/cgi-bin/2610/">2026-27 Fall</a><a href="/wcq/cgi-bin/2610/subject/COMP">COMP</a>'
    b"<h2>COMP 2011 - Programming with C++ (4 units)</h2><p>The schedule is being prepared.</p></body></html>"
)
_TERMS_LINKED = 4


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Keeps the pages of the terms that are linked: the latest four with sections."""
    db.execute("create table page (term text, subject text, html text not null, primary key (term, subject))")
    offered = university.campuses[campus]
    linked = [term for term in reversed(offered.terms) if offered.sections[term.code]][:_TERMS_LINKED]
    for term in linked:
        by_subject = _offers(offered, term.code)
        subjects = sorted(by_subject)
        for subject, offers in by_subject.items():
            db.execute(
                "insert into page values (?, ?, ?)",
                (term.code, subject, page(term, linked, subjects, offers)),
            )
    current = current_main_term(university.now.date()).code
    db.execute("create table entrance as select ? as term", (current,))
    db.commit()


def _offers(campus: Campus, term: str) -> dict[str, list[Offer]]:
    """By subject; what was cancelled is not printed."""
    found: dict[str, list[Offer]] = {}
    by_course: dict[str, list[Section]] = {}
    for section in campus.sections[term]:
        if section.state == "active":
            by_course.setdefault(section.course_code, []).append(section)
    for code in sorted(by_course):
        found.setdefault(code.split()[0], []).append((campus.courses[code], by_course[code]))
    return found


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body of a plain web server."""
    words = {401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}
    title = f"{status} {words.get(status, 'Service Unavailable')}"
    return "text/html", f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n".encode()


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """Nothing here asks for a credential, and the pages do not change with the clock."""
    site = _Site(db)
    app = web.Application()
    app.add_routes(
        [
            web.get("/wcq/cgi-bin/", site.entrance),
            web.get("/wcq/cgi-bin/{term}/", site.term),
            web.get("/wcq/cgi-bin/{term}/subject/{subject}", site.subject),
        ]
    )
    return app


class _Site:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    async def entrance(self, _: web.Request) -> web.Response:
        """Sends on to the current term."""
        (term,) = self._db.execute("select term from entrance").fetchone()
        return web.Response(status=302, headers={"Location": f"/wcq/cgi-bin/{term}/"})

    async def term(self, request: web.Request) -> web.Response:
        """Shows the term's first subject."""
        term = request.match_info["term"]
        found = self._db.execute("select html from page where term = ? order by subject", (term,)).fetchone()
        return self._shown(request, found)

    async def subject(self, request: web.Request) -> web.Response:
        wanted = (request.match_info["term"], request.match_info["subject"])
        found = self._db.execute("select html from page where term = ? and subject = ?", wanted).fetchone()
        return self._shown(request, found)

    def _shown(self, request: web.Request, found: tuple[str] | None) -> web.Response:
        if found is None:
            content_type, body = error_body(404)
            return web.Response(status=404, body=body, content_type=content_type)
        etag = f'"{hashlib.sha256(found[0].encode()).hexdigest()[:32]}"'
        if etag == request.headers.get("If-None-Match"):
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(text=found[0], content_type="text/html", headers={"ETag": etag})
