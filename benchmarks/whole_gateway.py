"""The gateway as it is served over the simulated university, but for its clock, which stands still, and its patience.

python -m benchmarks.whole_gateway FILE SETTINGS    prints its port

FILE holds what the university said of itself, SETTINGS are those of a campus.toml beside it, as JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from commands import simulated_settings
from commands.simulated import Announcement
from commands.simulated_routes import routes
from connectors.portal import store
from gateway import open_gateway  # noqa: TID251  what is measured is all of it
from pipeline.settings import settings_from
from pipeline.settings_values import Surroundings

from .followed import NOW
from .serving import logs_to_nowhere, serve

PATIENCE = 30.0
"""Seconds for each system and for all, so that nothing fails where the machine has more to do; settings allow 2."""

LASTING = 100.0
"""Times as long as by default does what is kept stay fresh, so that nothing ages meanwhile; settings allow 10."""


async def main(told: Announcement, own: dict[str, Any]) -> None:
    document = simulated_settings.document(told, own)
    surroundings = Surroundings(environ=simulated_settings.secrets(told))
    settings = settings_from(document, source="benchmark", surroundings=surroundings)
    systems = tuple(system.model_copy(update={"timeout": PATIENCE}) for system in settings.systems)
    limits = settings.limits.model_copy(update={"operation_seconds": PATIENCE})
    caches = settings.caches.model_copy(update={"scale": LASTING})
    settings = settings.model_copy(update={"systems": systems, "limits": limits, "caches": caches})
    store.SECONDS = PATIENCE
    async with open_gateway(settings, now=lambda: NOW, sandbox=routes(told)) as app:
        await serve(app)


if __name__ == "__main__":
    logs_to_nowhere()
    file, own = sys.argv[1:]
    uvloop.run(main(msgspec.json.decode(Path(file).read_bytes(), type=Announcement), json.loads(own)))
