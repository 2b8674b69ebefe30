"""A student system that answers as the simulated one behind it does, but for one list that a test tells differently."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from commands.simulated_settings import ACCOUNTS
from tests.simulated_campus import SimulatedCampus, University, campus_over

Item = dict[str, Any]
Told = Callable[[Item], list[Item]]
"""From an item as the simulated system lists it to what is listed instead: changed, twice, or not at all."""


@asynccontextmanager
async def campus_with_altered(
    university: University, system: str, told: Told, listed: str = "/persons"
) -> AsyncIterator[SimulatedCampus]:
    """A fresh gateway whose settings name the altered student system in the place of the simulated one.

    `listed` is how the paths of the lists end that are told differently.
    """
    (simulated,) = (each for each in university.told.systems if each.id == system)

    async def answer(request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in ("Authorization", "X-Correlation-Id")}
        async with university.session.get(simulated.url + request.path_qs, headers=headers) as behind:
            document = await behind.json(content_type=None)
            if behind.status == 200 and request.path.endswith(listed):
                document["items"] = [each for item in document["items"] for each in told(item)]
            return web.json_response(document, status=behind.status)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        own = {
            "id": system,
            "kind": "sis",
            "campus": simulated.campus,
            "protocol": "oeapi",
            "url": str(server.make_url("")).rstrip("/"),
            "account": ACCOUNTS[system],
            "credential": {"env": "ALTERED"},
        }
        settings = university.settings({"systems": [own]}, ALTERED=simulated.secret)
        async with campus_over(university, settings) as campus:
            await campus.indexes_filled()
            yield campus


def with_code(kind: str, *codes: str) -> Told:
    """Beside the code of this kind that the record holds, these too."""
    return lambda person: [
        person | {"otherCodes": [*person["otherCodes"], *({"codeType": kind, "code": code} for code in codes)]}
    ]


def without_code(kind: str) -> Told:
    return lambda person: [person | {"otherCodes": [code for code in person["otherCodes"] if code["codeType"] != kind]}]
