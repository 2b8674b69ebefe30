"""A recorded term of HKUST's class schedule: pages of some subjects, and the whole term as JSON. Not ours to copy."""

import gzip
import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "hkust"
TERM = "2330"
SUBJECTS = ("AIAA", "COMP", "HUMA", "ISOM", "LANG", "MATH", "UROP")


def recording(name: str) -> Path:
    path = RECORDED / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is needed in CI and is not there")
        pytest.skip(f"{name} is not beside this checkout")
    return path


def recorded_page(subject: str) -> bytes:
    return gzip.decompress(recording(f"{TERM}/{subject}.html.gz").read_bytes())


@cache
def recorded_term() -> dict[str, list[dict[str, Any]]]:
    """Subject to its courses. Rows that repeat a class number are further meetings of that section."""
    term: dict[str, list[dict[str, Any]]] = json.loads(gzip.decompress(recording(f"{TERM}.json.gz").read_bytes()))
    return term


def sections_as_told(course: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the JSON by class number, in the words of the graph."""
    found: dict[int, dict[str, Any]] = {}
    for row in course["sections"]:
        section = found.setdefault(
            row["number"],
            {
                "code": row["code"],
                "classNumber": row["number"],
                "quota": row["quota"],
                "enrolled": row["enroll"],
                "available": row["available"],
                "waitlisted": row["waitlist"],
                "remarks": row["remarks"],
                "instructors": [],
                "reservedQuotas": [
                    {"group": group, "quota": each["quota"], "enrolled": each["enroll"]}
                    for group, each in row.get("quotaDetail", {}).items()
                ],
                "meetings": [],
            },
        )
        section["instructors"] += [name for name in row["instructors"] if name not in section["instructors"]]
        section["meetings"] += [
            {
                "day": each["day"],
                "start": each["from"],
                "end": each["to"],
                "room": row["venue"],
                "firstDate": each.get("fromDate"),
                "lastDate": each.get("toDate"),
            }
            for each in row["schedules"]
        ]
    return sorted(found.values(), key=lambda section: str(section["code"]))


def recorded_site(subjects: Iterable[str] = SUBJECTS, *, front: str | None = "COMP") -> web.Application:
    """A web server over the recorded pages; `front` is shown at the entrances, and None closes them."""
    recording(TERM)  # is missed here, and not by the server

    async def subject(request: web.Request) -> web.Response:
        wanted = request.match_info["subject"]
        if wanted not in subjects or request.match_info["term"] != TERM:
            return web.Response(status=404, text="404 Not Found")
        return web.Response(body=recorded_page(wanted), content_type="text/html", charset="utf-8")

    async def entrance(request: web.Request) -> web.Response:
        return web.Response(body=recorded_page(str(front)), content_type="text/html", charset="utf-8")

    app = web.Application()
    app.router.add_get("/wcq/cgi-bin/{term}/subject/{subject}", subject)
    if front:
        app.router.add_get("/wcq/cgi-bin/", entrance)
        app.router.add_get(f"/wcq/cgi-bin/{TERM}/", entrance)
    return app
