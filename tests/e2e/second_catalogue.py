"""A second catalogue by SRU in the place of Guangzhou's: some of the first one's books, and others of its own."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace

from sandbox import sru
from sandbox.frame import framed
from sandbox.library_titles import Title, all_titles
from tests.contract.simulators import clock_at, served
from tests.contract.small_university import NOW
from tests.simulated_campus import SimulatedCampus, SimulatedSystem, University, campus_over

SYSTEM = "library-gz"
SEED = 7
"""Of the simulated university that tests share."""

SHARED_WORK = "Readings in Robotics"
"""The title of a book that both have, and that its own words find in the first library alone."""


def books() -> list[Title]:
    """Every third of the first library's, under numbers of its own; one of them told otherwise; and theses."""
    first = all_titles(SEED)
    shared = [
        replace(title, mms_id=f"gz-{place}", copies=2, electronic=False, call_number=f"GZ {place}")
        for place, title in enumerate(first[::3])
    ]
    own = [
        replace(first[0], mms_id=f"gz-thesis-{place}", isbn="", title=f"Sturgeons {place} / Anna Li.", language="eng")
        for place in range(60)
    ]
    told = next(title for title in first if title.title.startswith(SHARED_WORK))
    otherwise = replace(
        told, mms_id="gz-otherwise", title="機器人學讀本 / 李安娜.", copies=5, electronic=False, call_number="GZ R"
    )
    return [*(title for title in shared if title.isbn != told.isbn), *own, otherwise]


@asynccontextmanager
async def campus_with_two_catalogues(university: University) -> AsyncIterator[SimulatedCampus]:
    """A fresh gateway over both."""
    db = sqlite3.connect(":memory:")
    db.executescript(
        "create table bib (mms_id text primary key, copies integer not null, document text not null);"
        "create table loan (status text not null, document text not null);"
    )
    db.executemany("insert into bib values (?, ?, ?)", [(t.mms_id, t.copies, json.dumps(asdict(t))) for t in books()])
    async with served(framed(sru.build_app(db, clock_at(NOW), ""), sru, clock_at(NOW))) as url:
        settings = university.settings(
            {"systems": [{"id": SYSTEM, "kind": "library", "campus": "GZ", "protocol": "sru", "url": url}]}
        )
        replaced, university.systems[SYSTEM] = university.systems[SYSTEM], SimulatedSystem(university.session, url)
        async with campus_over(university, settings) as campus:
            yield campus
        university.systems[SYSTEM] = replaced
    db.close()
