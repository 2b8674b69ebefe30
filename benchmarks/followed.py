"""The gateway over one system, a class schedule that it reads every few seconds.

python -m benchmarks.followed URL    prints its port
"""

import resource
import sys
from datetime import datetime

import uvloop

from connectors.sis import class_schedule_visits
from gateway import open_gateway  # noqa: TID251  what is measured is all of it
from pipeline.settings import settings_from
from pipeline.settings_values import Surroundings
from sandbox.university import CAMPUS_TIME

from .serving import logs_to_nowhere, serve

NOW = datetime(2026, 10, 28, 10, tzinfo=CAMPUS_TIME)

EVERY = 3.0
"""Seconds between two looks at a page; settings allow no less than a minute."""


def may_open_all() -> None:
    """As many files as this machine lets a process have, each connection being one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def main() -> None:
    campus = {"code": "CWB", "name": {"en": "Clear Water Bay"}, "timezone": "Asia/Hong_Kong"}
    schedule = {"id": "schedule-cwb", "kind": "sis", "campus": "CWB", "protocol": "class_schedule", "url": sys.argv[1]}
    document = {"campuses": [campus], "systems": [schedule]}
    settings = settings_from(document, source="benchmark", surroundings=Surroundings())
    often = settings.systems[0].model_copy(update={"index_refresh": EVERY})
    class_schedule_visits.INTERVAL = EVERY
    async with open_gateway(settings.model_copy(update={"systems": (often,)}), now=lambda: NOW) as app:
        await serve(app)


if __name__ == "__main__":
    may_open_all()
    logs_to_nowhere()
    uvloop.run(main())
