"""What systems tell by themselves: taken once, if it is theirs and of now, and what was read before is read anew."""

import asyncio
import hashlib
import hmac
import io
import json
import logging
import time
import uuid
import zipfile
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest

from commands.simulated import follow
from connectors.reads import Hub
from resolvers.events import Events
from sandbox.flowable_deployments import packed
from sandbox.flowable_services import SERVICES as SERVICES_OF_SANDBOX
from tests.redis_server import PASSWORD, redis_server
from tests.simulated_campus import SimulatedCampus, University, campus_over

from .test_announcements import notices_of

STRUCTURED = {"Content-Type": "application/cloudevents+json"}
SERVICE = {"specversion": "1.0", "source": "//onestop-gz.example", "type": "campus.service.changed"}


@pytest.fixture(scope="module")
async def told_campus(university: University) -> AsyncIterator[SimulatedCampus]:
    await university.well()
    settings = university.settings({"events": {"window_seconds": 60, "body_bytes": 2000}})
    async with campus_over(university, settings) as campus:
        await campus.indexes_filled()
        yield campus


def signature(campus: SimulatedCampus, system: str, words: bytes) -> str:
    (secret,) = (each.signing_secret for each in campus.university.told.systems if each.id == system)
    return "v1=" + hmac.new(secret.encode(), words, hashlib.sha256).hexdigest()


async def sent(
    campus: SimulatedCampus,
    body: bytes,
    headers: Mapping[str, str],
    *,
    to: str = "onestop-gz",
    at: float | None = None,
    signed: str | None = None,
) -> tuple[int, Any]:
    """Status and error, of an event that is signed as it is sent unless something else is `signed`."""
    stamp = str(int(time.time() if at is None else at))
    lines = "".join(f"{name.lower()}:{headers[name]}\n" for name in sorted(headers) if name.lower().startswith("ce-"))
    right = signature(campus, "onestop-gz", f"{stamp}.{lines}".encode() + body)
    marked = {**headers, "Webhook-Timestamp": stamp, "Webhook-Signature": right if signed is None else signed}
    async with campus.client.post(f"/events/{to}", data=body, headers=marked) as answer:
        if answer.status == 204:
            return 204, None
        (error,) = (await answer.json())["errors"]
        assert error["extensions"]["correlationId"] == answer.headers["X-Correlation-Id"]
        return answer.status, (error["extensions"]["code"], error["message"])


def event(**attributes: Any) -> bytes:
    return json.dumps({**SERVICE, "id": str(uuid.uuid4()), **attributes}).encode()


def binary(**attributes: str) -> dict[str, str]:
    told = {f"ce-{name}": value for name, value in {**SERVICE, "id": str(uuid.uuid4()), **attributes}.items()}
    return {"Content-Type": "application/json", **told}


async def test_an_event_is_taken_once_in_either_mode(told_campus: SimulatedCampus) -> None:
    again = (409, ("CONFLICT", "This event was taken already."))
    body = event(id="one", data={"anything": "is not read"}, extension="neither")
    assert [await sent(told_campus, body, STRUCTURED) for _ in range(2)] == [(204, None), again]
    assert await sent(told_campus, b"{}", binary(id="one")) == again
    quoted = binary(id="two", source='"//one\\"stop"', subject="%E9%A6%99%E6%B8%AF")
    assert [await sent(told_campus, b"", quoted) for _ in range(2)] == [(204, None), again]
    # The same id of another source is another event.
    assert await sent(told_campus, event(id="one", source="//another"), STRUCTURED) == (204, None)


async def test_an_event_whose_sender_leaves_is_taken_or_not_said_to_be(
    told_campus: SimulatedCampus, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answering, taken = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(*_: Any) -> bool:
        asked.set()
        await answering.wait()
        return True

    monkeypatch.setattr(Hub, "first", slow)
    monkeypatch.setattr(Events, "take", lambda *_: taken.set())
    sending = asyncio.create_task(sent(told_campus, event(), STRUCTURED))
    await asked.wait()
    sending.cancel()
    await asyncio.wait([sending])
    assert (await told_campus.ask("{ __typename }")).errors == []  # the gateway has seen it leave
    answering.set()
    await asyncio.wait_for(taken.wait(), 5)


async def test_what_is_asked_after_an_event_is_not_told_by_a_call_that_left_before_it(
    told_campus: SimulatedCampus,
) -> None:
    applications = "{ me { applications { totalCount } } }"
    await told_campus.ask(applications, as_="alex")
    await told_campus.forget_calls()
    onestop = told_campus.systems["onestop-gz"]
    await onestop.fault("hang", path="/query/historic-process-instances")
    asking = []
    for calls in (1, 1, 2):
        if calls == 2:
            body = event(type="campus.application.changed", subject="somebody")
            assert await sent(told_campus, body, STRUCTURED) == (204, None)
        asking.append(asyncio.create_task(told_campus.ask(applications, as_="alex")))
        for _ in range(100):
            if len(await onestop.calls()) >= calls:
                break
            await asyncio.sleep(0.01)
    await onestop.fault("none")
    assert [(await each).errors for each in asking] == [[], [], []]
    assert await told_campus.counts() == {"onestop-gz": 2}


NOT_SIGNED = ("UNAUTHENTICATED", "The signature does not fit.")


async def test_what_is_not_the_systems_own_or_not_of_now_is_refused(
    told_campus: SimulatedCampus, caplog: pytest.LogCaptureFixture
) -> None:
    body, now = event(), time.time()
    right = signature(told_campus, "onestop-gz", f"{int(now)}.".encode() + body)
    others = signature(told_campus, "sis-cwb", f"{int(now)}.".encode() + body)
    for signed in ("", "v1=", right[3:], "v2=" + right[3:], others, "v1=\xe9", f"{others}, v1=00"):
        assert await sent(told_campus, body, STRUCTURED, at=now, signed=signed) == (401, NOT_SIGNED), signed
    assert await sent(told_campus, body + b" ", STRUCTURED, at=now, signed=right) == (401, NOT_SIGNED)
    assert await sent(told_campus, body, STRUCTURED, at=now + 1, signed=right) == (401, NOT_SIGNED)
    assert await sent(told_campus, body, STRUCTURED, to="sis-cwb") == (401, NOT_SIGNED)
    # A header that was added or changed on the way, where attributes are headers.
    headers = binary()
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("ce-"))
    over_headers = signature(told_campus, "onestop-gz", f"{int(now)}.{lines}".encode())
    for more in ({"ce-subject": "somebody-else"}, {"ce-id": "another"}):
        assert await sent(told_campus, b"", {**headers, **more}, at=now, signed=over_headers) == (401, NOT_SIGNED)
    late = (403, ("FORBIDDEN", "The timestamp is more than 60 seconds from now."))
    for seconds in (-90, 90):
        assert await sent(told_campus, event(), STRUCTURED, at=now + seconds) == late
    # What was refused was not taken: it may come again, put right.
    assert await sent(told_campus, body, STRUCTURED, at=now, signed=f"v1=00 , {right}") == (204, None)
    for to in ("library-cwb", "nobody"):
        nothing = ("NOT_FOUND", "No system of this name sends events here.")
        assert await sent(told_campus, event(), STRUCTURED, to=to) == (404, nothing)
    assert right not in caplog.text


MALFORMED = [
    (b"{", STRUCTURED, 400, "BAD_REQUEST"),
    (b"\xff", STRUCTURED, 400, "BAD_REQUEST"),
    (b"[]", STRUCTURED, 400, "BAD_REQUEST"),
    (event(specversion="0.3"), STRUCTURED, 400, "BAD_REQUEST"),
    (event(id=""), STRUCTURED, 400, "BAD_REQUEST"),
    (event(source=7), STRUCTURED, 400, "BAD_REQUEST"),
    (json.dumps(SERVICE).encode(), STRUCTURED, 400, "BAD_REQUEST"),
    (event(), {"Content-Type": "application/json"}, 400, "BAD_REQUEST"),
    (b"[]", {"Content-Type": "application/cloudevents-batch+json"}, 415, "BAD_REQUEST"),
    (b"x", {"Content-Type": "application/cloudevents+avro"}, 415, "BAD_REQUEST"),
    (event(type="campus.nothing.changed"), STRUCTURED, 422, "BAD_USER_INPUT"),
    (event(type="campus.term.changed", subject="2610"), STRUCTURED, 422, "BAD_USER_INPUT"),
    (event(data="x" * 2000), STRUCTURED, 413, "QUERY_TOO_COMPLEX"),
]


async def test_what_is_no_event_of_this_system_is_refused_and_why(told_campus: SimulatedCampus) -> None:
    for body, headers, status, code in MALFORMED:
        refusal = await sent(told_campus, body, headers)
        assert (refusal[0], refusal[1][0]) == (status, code), body
    async with told_campus.client.get("/events/onestop-gz") as answer:
        assert answer.status == 405
    stamps = (None, "yesterday", "-5", "1e9")
    for stamp in stamps:
        signed = signature(told_campus, "onestop-gz", f"{stamp or ''}.".encode() + event(id="x"))
        headers = {**STRUCTURED, "Webhook-Signature": signed, **({"Webhook-Timestamp": stamp} if stamp else {})}
        async with told_campus.client.post("/events/onestop-gz", data=event(id="x"), headers=headers) as answer:
            assert (answer.status, (await answer.json())["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_a_log_line_says_what_came_and_of_whom_it_says_nothing(
    told_campus: SimulatedCampus, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gateway.events")
    assert await sent(told_campus, event(subject="somebody's account"), STRUCTURED) == (204, None)
    assert "onestop-gz: campus.service.changed" in caplog.text
    assert "somebody's account" not in caplog.text


SERVICES = "{ services { nodes { key } } }"
ANNOUNCED = "{ announcements(first: 5) { nodes { title } } }"


async def until(campus: SimulatedCampus, query: str, word: str, *, there: bool = True) -> None:
    """Soon; long before lists are read anew by themselves."""
    for _ in range(100):
        if (word in str((await campus.ask(query)).data)) is there:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{word} is not as it should be")


async def deployed(university: University, key: str) -> tuple[str, dict[str, str]]:
    """Where a new service was deployed, as its operator does it; and by which right."""
    (system,) = (each for each in university.told.systems if each.id == "onestop-gz")
    name, _, password = system.secret.partition(":")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bar:
        for file, content in packed({**SERVICES_OF_SANDBOX[0], "key": key}).items():
            bar.writestr(file, content)
    form = aiohttp.FormData()
    form.add_field("file", archive.getvalue(), filename=f"{key}.bar")
    headers = {"Authorization": aiohttp.encode_basic_auth(name, password)}
    url = f"{system.url}/repository/deployments"
    async with university.session.post(url, data=form, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return f"{url}/{(await answer.json())['id']}", headers


async def test_what_simulated_systems_tell_is_read_anew_on_every_process(university: University) -> None:
    await university.well()
    async with redis_server() as redis:
        shared = {"redis": {"url": redis.url, "credential": {"env": "REDIS_PASSWORD"}, "prefix": "hkust"}}
        settings = university.settings(shared, REDIS_PASSWORD=PASSWORD)
        async with campus_over(university, settings) as here, campus_over(university, settings) as there:
            for campus in (here, there):
                await campus.indexes_filled()
            await follow(university.told, str(here.client.make_url("")).rstrip("/"))
            async with university.session.delete(f"{university.systems['onestop-gz'].url}/__events") as answer:
                assert answer.status == 200
            deployment, headers = await deployed(university, "locker-rental")
            try:
                for campus in (here, there):
                    await until(campus, SERVICES, "locker-rental")
            finally:
                async with university.session.delete(deployment, headers=headers) as answer:
                    assert answer.status == 204
            for campus in (here, there):
                await until(campus, SERVICES, "locker-rental", there=False)
            with notices_of(university, "notices-gz"):
                notice = {"title": "The fountain runs again", "text": "Come and see."}
                publisher = f"{university.systems['notices-gz'].url}/__happen"
                async with university.session.post(publisher, json=notice) as made:
                    assert made.status == 200
                for campus in (here, there):
                    await until(campus, ANNOUNCED, "The fountain runs again")
            told = await university.systems["onestop-gz"].get("/__events")
            assert [(each["type"], each["status"]) for each in told["told"]] == [("campus.service.changed", 204)] * 2
            body = event(id="once")
            assert await sent(here, body, STRUCTURED) == (204, None)
            assert (await sent(there, body, STRUCTURED))[0] == 409
            await follow(university.told, "")
