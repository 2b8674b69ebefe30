"""Systems that give a token for client credentials: fetched once for all, kept, and fetched anew when it is refused."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from connectors.wire import (
    Access,
    ClientCredentials,
    Line,
    Operation,
    System,
    UpstreamBadResponse,
    UpstreamError,
    UpstreamMaintenance,
    UpstreamTimeout,
    connected,
)

from .simulators import served


class Guarded:
    """A system that answers to the token it gave last."""

    def __init__(self):
        self.given = 0
        self.asked = 0
        self.lifetime = 3600
        self.refusal = None
        self.slowness = 0.0
        self.forgetful = False
        self.forms = []
        self.app = web.Application()
        self.app.add_routes([web.post("/token", self.token), web.get("/thing", self.thing)])

    async def token(self, request):
        self.forms.append(dict(await request.post()))
        await asyncio.sleep(self.slowness)
        if self.refusal:
            return web.json_response({"error": "no"}, **self.refusal)
        self.given += 1
        return web.json_response(
            {"access_token": f"t{self.given}", "token_type": "Bearer", "expires_in": self.lifetime}
        )

    async def thing(self, request):
        self.asked += 1
        known = not self.forgetful and request.headers.get("Authorization") == f"Bearer t{self.given}"
        return web.json_response({}, status=200 if known else 401)


@asynccontextmanager
async def reached(guarded, **access):
    sign_in = ClientCredentials("/token", "gateway", "hush")
    async with (
        served(guarded.app) as origin,
        connected(System("library-gz", "library", "GZ", "koha"), Access(origin, sign_in=sign_in, **access)) as upstream,
    ):
        yield lambda: Line(upstream, Operation("contract-1"))


async def test_one_token_is_fetched_for_however_many_ask_at_once():
    guarded = Guarded()
    guarded.slowness = 0.05
    async with reached(guarded) as line:
        answers = await asyncio.gather(*(line().get("/thing") for _ in range(20)))
        assert {answer.status for answer in answers} == {200}
        await line().get("/thing")
    assert guarded.forms == [{"grant_type": "client_credentials", "client_id": "gateway", "client_secret": "hush"}]


async def test_a_token_that_is_refused_early_is_fetched_anew_once():
    guarded = Guarded()
    async with reached(guarded) as line:
        await line().get("/thing")
        guarded.given += 1  # as if somebody else had signed in, and ours were withdrawn
        assert (await line().get("/thing")).status == 200
        assert (len(guarded.forms), guarded.asked) == (2, 3)


async def test_a_system_that_refuses_every_token_is_asked_twice_and_no_more():
    guarded = Guarded()
    guarded.forgetful = True
    async with reached(guarded) as line:
        with pytest.raises(UpstreamError, match="credential is refused"):
            await line().get("/thing")
    assert (len(guarded.forms), guarded.asked) == (2, 2)


async def test_a_token_is_given_up_shortly_before_it_runs_out():
    guarded = Guarded()
    guarded.lifetime = 30
    async with reached(guarded) as line:
        await line().get("/thing")
        await line().get("/thing")
    assert len(guarded.forms) == 2


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ({"status": 400}, UpstreamError),
        ({"status": 401}, UpstreamError),
        ({"status": 403}, UpstreamError),
        ({"status": 404}, UpstreamBadResponse),
        ({"status": 503, "headers": {"Retry-After": "120"}}, UpstreamMaintenance),
    ],
)
async def test_a_door_that_stays_shut_is_an_error_of_the_system_and_names_no_secret(refusal, error):
    guarded = Guarded()
    guarded.refusal = refusal
    async with reached(guarded) as line:
        with pytest.raises(UpstreamError) as failed:
            await line().get("/thing")
        assert type(failed.value) is error
        assert "hush" not in str(failed.value)
        guarded.refusal = None
        assert (await line().get("/thing")).status == 200
    assert guarded.asked == 1


async def test_whoever_gives_up_waiting_for_a_token_takes_it_from_nobody():
    guarded = Guarded()
    guarded.slowness = 0.2
    async with reached(guarded) as line:
        impatient = asyncio.create_task(line().get("/thing"))
        patient = asyncio.create_task(line().get("/thing"))
        await asyncio.sleep(0.05)
        impatient.cancel()
        assert (await patient).status == 200
    assert len(guarded.forms) == 1


async def test_a_door_that_does_not_answer_costs_the_operation_its_time_and_no_more():
    guarded = Guarded()
    guarded.slowness = 5
    async with reached(guarded, timeout=0.2) as line:
        with pytest.raises(UpstreamTimeout):
            await line().get("/thing")


def test_credentials_are_not_printed():
    assert "hush" not in repr(Access("http://127.0.0.1", sign_in=ClientCredentials("/token", "gateway", "hush")))
