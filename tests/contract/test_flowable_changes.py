"""What an applicant does through the Flowable connector: handed in, amended and withdrawn as the document has it."""

import asyncio
import sqlite3
from datetime import datetime, timedelta

import aiohttp
import pytest

from campus.labels import Message
from campus.upload import ArrivingFile, FileRefused, Upload
from connectors.onestop import ApplicationState, ApplicationWish, FileWish, Flowable, SlotLost, SlotWish
from connectors.wire import UpstreamError
from sandbox import flowable
from sandbox.frame import framed

from .one_stop import HISTORY, SECRET, OneStop
from .openapi import spec
from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import keep_to, reached, witnessed

JPEG = bytes.fromhex("ffd8ffe000104a46494600010101") + bytes(range(256)) * 2_000
CARD, HALL, ROOM = "campus-card-replacement", "multifunction-hall", "graduate-room-change"
USER, PASSWORD = SECRET.split(":")


class Photo(Upload, ArrivingFile):
    """A file that comes in pieces, or breaks off."""

    place = 0
    name, type = "me.jpg", "image/jpeg"

    def __init__(self, content=JPEG, *, breaks=False, waits=0.0):
        self.size, self._content, self._breaks, self._waits = 0, content, breaks, waits

    async def open(self, types, maximum):
        assert (types, maximum) == (["image/jpeg"], 9)
        return self

    async def chunks(self):
        for start in range(0, len(self._content), 50_000):
            chunk = self._content[start : start + 50_000]
            self.size += len(chunk)
            yield chunk
            await asyncio.sleep(self._waits)
        if self._breaks:
            raise FileRefused(self, Message("The file was cut off on its way."))


def photo(**how):
    return FileWish("photo", ["image/jpeg"], 9, Photo(**how))


class Office(OneStop):
    """Both sides of the counter: the connector's, and the department's."""

    def __init__(self, origin, session, reach, db):
        super().__init__(origin, session)
        self.reach, self.db = reach, db

    def module(self):
        return self.reach.ask()

    async def wish(self, key, form, files=(), slot=None):
        services = {service.key.key: service for service in await self.module().services()}
        return ApplicationWish(services[key], form, files, slot)

    async def card(self, mark="", *files):
        wish = await self.wish(CARD, {"circumstances": "Lost in the canteen."}, files)
        return await self.module().apply("os-700", wish, mark)

    async def applications(self, applicant="os-700"):
        return await self.module().applications(applicant)

    def rows(self):
        """How many instances, tasks and variables there are."""
        tables = ("instance", "task", "variable")
        return [self.db.execute(f"select count(*) from {table}").fetchone()[0] for table in tables]  # noqa: S608

    async def file(self, instance, name):
        path = f"/history/historic-process-instances/{instance}/variables/{name}/data"
        async with self.session.get(path) as answer:
            return await answer.read()


@pytest.fixture(name="office")
async def both_sides():
    db, clock = sqlite3.connect(":memory:"), clock_at(NOW)
    flowable.seed(db, small_university(), "GZ")
    app = framed(flowable.build_app(db, clock, SECRET), flowable, clock)
    signed = {"Authorization": aiohttp.encode_basic_auth(USER, PASSWORD)}
    async with (
        witnessed(app) as (origin, seen),
        reached(Flowable, origin, PASSWORD, USER, campus="GZ") as reach,
        aiohttp.ClientSession(origin, headers=signed) as session,
    ):
        office = Office(origin, session, reach, db)
        yield office
    db.close()
    keep_to(spec("flowable-oas-process.yaml"), [each for each in seen if each.status < 500 and "/__" not in each.path])


async def test_an_application_without_files_is_one_call_and_its_departments_turn(office):
    instance = await office.card("0123456789abcdef0123456789abcdef")
    (application,) = await office.applications()
    assert (application.id, application.reference) == (instance, "A0123456789ABCDEF")
    assert application.state is ApplicationState.IN_PROCESS
    (step,) = await office.module().steps("os-700")
    assert step.key == "block"
    assert await office.module().application_by_mark("os-700", "0123456789abcdef0123456789abcdef") == instance
    assert await office.module().application_by_mark("os-005", "0123456789abcdef0123456789abcdef") is None
    assert await office.module().application_by_mark("os-700", "f" * 32) is None


async def test_a_file_arrives_byte_for_byte_before_anybody_handles_it(office):
    instance = await office.card("", photo())
    assert await office.file(instance, "file_photo") == JPEG
    (application,) = await office.applications()
    (attachment,) = application.attachments
    assert (attachment.id, attachment.name, attachment.type, attachment.size) == (
        "file_photo", "me.jpg", "image/jpeg", len(JPEG),
    )  # fmt: skip
    assert application.state is ApplicationState.IN_PROCESS
    assert [step.key for step in await office.module().steps("os-700")] == ["block"]


async def test_what_still_waits_for_its_files_is_nobodys_yet(office):
    sending = asyncio.create_task(office.card("e" * 32, photo(waits=0.1)))
    await asyncio.sleep(0.4)
    assert (await office.of("os-700"))["total"] == 1
    assert await office.applications() == []
    assert await office.module().application_by_mark("os-700", "e" * 32) is None
    assert await office.module().steps("os-700") == []
    instance = await sending
    assert [each.id for each in await office.applications()] == [instance]


async def test_a_file_that_breaks_off_leaves_nothing_behind(office):
    before = office.rows()
    with pytest.raises(FileRefused):
        await office.card("", photo(breaks=True))
    assert office.rows() == before
    assert office.reach.upstream.state == "UP"


async def test_who_gives_up_in_the_middle_leaves_nothing_behind(office):
    before = office.rows()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await office.card("", photo(waits=0.2))
    assert office.rows() == before


async def test_a_system_that_fails_in_the_middle_says_whether_anything_is_left(office):
    async def fault(mode, path=""):
        async with office.session.put("/__faults", json={"mode": mode, "path": path}) as answer:
            assert answer.status == 200

    wish = await office.wish(CARD, {"circumstances": "x"}, [photo()])
    before = office.rows()
    async with reached(Flowable, office.origin, PASSWORD, USER, timeout=0.5) as reach:
        # The start is let through, all that is under it is not: its files fail, and what undoes it as well.
        await fault("500", "/runtime/process-instances/")
        with pytest.raises(UpstreamError) as left:
            await reach.ask().apply("os-700", wish, "")
        assert left.value.unsettled
        await fault("none")
    assert office.rows()[0] == before[0] + 1
    assert await office.applications() == []


async def test_what_a_killed_gateway_has_begun_goes_before_the_same_is_handed_in_again(office):
    """A gateway that is killed tidies nothing up: its instance waits for files that never come."""
    mark, other = "d" * 32, "c" * 32
    wish = await office.wish(CARD, {"circumstances": "Lost in the canteen."}, [photo()])
    before = office.rows()
    for each in (mark, other):
        variables = [
            {"name": "applicant", "value": "os-700"},
            {"name": "filesPending", "value": True},
            {"name": "file_photo", "value": "half"},
        ]
        body = {"processDefinitionKey": CARD, "businessKey": f"A{each[:16].upper()}", "variables": variables}
        await office.ask("POST", "/runtime/process-instances", status=201, json=body)
    assert office.rows()[0] == before[0] + 2
    instance = await office.module().apply("os-700", wish, mark)
    assert [each.id for each in await office.applications()] == [instance]
    assert await office.file(instance, "file_photo") == JPEG
    # The one with the same mark has gone, also from history; the other one is somebody else's to deal with.
    assert office.rows()[0] == before[0] + 2
    assert (await office.of("os-700"))["total"] == 2


async def test_a_file_of_an_amendment_that_is_sent_twice_is_there_once(office):
    application = await returned(office)
    wish = await office.wish(CARD, {"circumstances": "x"}, [photo()])
    mark = "d" * 32
    body = aiohttp.FormData({"name": f"file_photo_{mark[:8]}", "type": "binary", "scope": "local"})
    body.add_field("file", JPEG[:99], filename="before")
    path = f"/runtime/process-instances/{application.id}/variables"
    async with office.session.put(path, data=body) as answer:
        assert answer.status == 201
    assert await office.module().amend(application, wish, mark)
    ((attachment,),) = [each.attachments for each in await office.applications()]
    assert await office.file(application.id, attachment.id) == JPEG


async def returned(office, *files):
    instance = await office.card("", *files)
    await office.decide(instance, "returned", "Say more.")
    (application,) = await office.applications()
    assert application.state is ApplicationState.RETURNED_FOR_AMENDMENT
    return application


async def test_what_was_given_back_is_handed_in_anew_with_what_it_says_now(office):
    application = await returned(office, photo())
    wish = await office.wish(CARD, {"circumstances": "Lost at sea."}, [photo(content=JPEG[:99])])
    mark = "b" * 32
    assert not await office.module().amended_by_mark("os-700", application.id, mark)
    assert await office.module().amend(application, wish, mark)
    assert await office.module().amended_by_mark("os-700", application.id, mark)
    (anew,) = await office.applications()
    assert anew.state is ApplicationState.IN_PROCESS
    assert [each.size for each in anew.attachments] == [len(JPEG), 99]
    assert await office.file(anew.id, anew.attachments[1].id) == JPEG[:99]
    (row,) = (await office.ask("POST", HISTORY, json={"processInstanceId": anew.id, "includeProcessVariables": True}))[
        "data"
    ]
    assert next(each["value"] for each in row["variables"] if each["name"] == "form") == wish.form
    assert not await office.module().amend(anew, wish, "")  # it is the department's turn


async def test_an_amendment_whose_file_breaks_off_waits_as_before(office):
    application = await returned(office)
    before = office.rows()
    wish = await office.wish(CARD, {"circumstances": "x"}, [photo(), photo(breaks=True)])
    with pytest.raises(FileRefused):
        await office.module().amend(application, wish, "")
    assert office.rows() == before
    assert await office.applications() == [application]


async def test_what_is_withdrawn_is_over_and_cannot_be_withdrawn_again(office):
    instance = await office.card()
    (application,) = await office.applications()
    assert await office.module().withdraw(application)
    (over,) = await office.applications()
    assert (over.id, over.state) == (instance, ApplicationState.WITHDRAWN)
    assert not await office.module().withdraw(application)


START = datetime.fromisoformat("2026-12-01T10:00:00+08:00")


def hours(begin, end):
    return SlotWish(START + timedelta(hours=begin), START + timedelta(hours=end))


async def hall(office, slot, applicant="os-700"):
    form = {"event": "Chess", "from": slot.starts.isoformat(), "until": slot.ends.isoformat(), "people": 8}
    return await office.module().apply(applicant, await office.wish(HALL, form, (), slot), "")


async def test_a_time_that_is_asked_for_or_given_is_not_given_twice(office):
    first = await hall(office, hours(0, 2))
    assert await hall(office, hours(1, 3), "os-701") == SlotLost()
    assert isinstance(await hall(office, hours(2, 3), "os-701"), str)
    for _ in range(3):
        await office.decide(first, "approved")
    assert (await office.applications())[0].state is ApplicationState.COMPLETED
    assert await hall(office, hours(-1, 1), "os-702") == SlotLost()
    (application,) = await office.applications("os-701")
    await office.module().withdraw(application)
    assert isinstance(await hall(office, hours(2, 3), "os-702"), str)


async def test_a_time_that_a_killed_gateway_had_asked_for_is_in_nobodys_way_but_others(office):
    mark, slot = "d" * 32, hours(0, 2)
    wish = await office.wish(HALL, {"event": "Chess"}, (), slot)
    variables = [
        {"name": "applicant", "value": "os-700"},
        {"name": "filesPending", "value": True},
        {"name": "slotFrom", "value": int(slot.starts.timestamp()), "type": "long"},
        {"name": "slotUntil", "value": int(slot.ends.timestamp()), "type": "long"},
    ]
    body = {"processDefinitionKey": HALL, "businessKey": f"A{mark[:16].upper()}", "variables": variables}
    await office.ask("POST", "/runtime/process-instances", status=201, json=body)
    assert await office.module().apply("os-701", wish, "c" * 32) == SlotLost()
    instance = await office.module().apply("os-700", wish, mark)
    assert [each.id for each in await office.applications()] == [instance]


async def test_of_many_who_want_the_same_time_at_once_one_has_it(office):
    outcomes = await asyncio.gather(*(hall(office, hours(4, 6), f"os-7{number}") for number in range(10, 20)))
    assert len([outcome for outcome in outcomes if isinstance(outcome, str)]) == 1
    asked = [await office.of(f"os-7{number}") for number in range(10, 20)]
    assert sum(page["total"] for page in asked) == 1
