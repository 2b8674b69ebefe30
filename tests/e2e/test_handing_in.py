"""Applying for services: with files that arrive whole or leave nothing, once for each key, and by whoever may."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from tests.machine import patience
from tests.simulated_campus import NOW, SimulatedCampus

from .handing_in import (
    JPEG,
    PDF,
    act,
    acted,
    apply,
    decide,
    file_of,
    held,
    service_id,
)

CARD, HALL, OFF_CAMPUS = "campus-card-replacement", "multifunction-hall", "graduate-living-off-campus"
ENGLISH = {"Accept-Language": "en"}
LOST = {"circumstances": "Lost in the canteen."}
MINE = """query($tab: ApplicationTab) { me { applications(tab: $tab, first: 100) { nodes {
  reference state attachments { id name type size } expected { kind place } steps { state comment }
} } } }"""


async def shown(campus: SimulatedCampus, reference: str, tab: str, who: str = "mei") -> Any:
    """The application, as a tab of One Stop lists it; None where it does not."""
    answer = await campus.ask(MINE, {"tab": tab}, as_=who, headers=ENGLISH)
    assert answer.errors == []
    found = [each for each in answer.at("me.applications.nodes") if each["reference"] == reference]
    return found[0] if found else None


async def test_a_lost_card_is_applied_for_with_a_photograph_handled_and_fetched(open_campus: SimulatedCampus) -> None:
    applied = await apply(open_campus, CARD, LOST, ("photo", "../me.png", JPEG))
    assert applied["__typename"] == "ServiceApplied"
    reference = applied["application"]["reference"]
    expected = {"id": "file_photo", "name": "me.png.jpg", "type": "image/jpeg", "size": len(JPEG)}
    assert applied["application"]["attachments"] == [expected]
    assert await file_of(open_campus, reference, "file_photo") == JPEG
    running = await shown(open_campus, reference, "IN_PROCESS")
    assert (running["state"], running["attachments"]) == ("IN_PROCESS", [expected])
    assert [step["state"] for step in running["steps"]] == ["WAITING"]
    for _ in range(2):
        await decide(open_campus, reference, "approved", "Done.")
    assert await shown(open_campus, reference, "IN_PROCESS") is None
    done = await shown(open_campus, reference, "COMPLETED")
    assert (done["state"], done["expected"]) == (
        "COMPLETED", {"kind": "COLLECT", "place": "Campus Card Centre, W1-G05"},
    )  # fmt: skip
    assert await file_of(open_campus, reference, "file_photo") == JPEG


async def test_what_is_given_back_is_handed_in_anew_and_what_is_refused_says_why(open_campus: SimulatedCampus) -> None:
    application = (await apply(open_campus, CARD, LOST, ("photo", "me.jpg", JPEG)))["application"]
    anew = {"input": {"application": application["id"], "form": {"circumstances": "Lost at sea."}}}
    early = await act(open_campus, "resubmit-application", anew)
    assert early == {"__typename": "NotReturned", "application": {"id": application["id"], "state": "IN_PROCESS"}}
    await decide(open_campus, application["reference"], "returned", "The photograph is dark.")
    wrong = await act(open_campus, "resubmit-application", {"input": {**anew["input"], "form": {}}})
    assert wrong["problems"] == [{"path": ["input", "form", "circumstances"], "message": "This must be filled in."}]
    light = JPEG[:3_000]
    asked = {**anew, "idempotencyKey": "amended-once"}
    first, again = [
        await act(open_campus, "resubmit-application", asked, [("photo", "light.jpg", light)]) for _ in range(2)
    ]
    assert first == again
    assert (first["__typename"], first["application"]["state"]) == ("ApplicationResubmitted", "IN_PROCESS")
    names = {each["name"]: each for each in first["application"]["attachments"]}
    assert set(names) == {"me.jpg", "light.jpg"}
    assert await file_of(open_campus, application["reference"], names["light.jpg"]["id"]) == light
    assert await file_of(open_campus, application["reference"], "file_photo") == JPEG
    await decide(open_campus, application["reference"], "rejected", "Not your card.")
    over = await shown(open_campus, application["reference"], "COMPLETED")
    assert (over["state"], over["steps"][-1]) == ("REJECTED", {"state": "REJECTED", "comment": "Not your card."})
    late = await act(open_campus, "withdraw-application", {"application": application["id"]})
    assert (late["__typename"], late["application"]["state"]) == ("AlreadyOver", "REJECTED")


async def test_what_is_withdrawn_stays_so_and_is_the_applicants_alone(open_campus: SimulatedCampus) -> None:
    application = (await apply(open_campus, CARD, LOST))["application"]
    for change in ("withdraw-application", "resubmit-application"):
        wanted = {"application": application["id"]}
        wanted = wanted if change == "withdraw-application" else {"input": {**wanted, "form": LOST}}
        stranger = await acted(open_campus, change, wanted, as_="jordan")
        assert {code for _, code, _ in stranger.faults()} == {"FORBIDDEN"}
    first, again = [
        await act(open_campus, "withdraw-application", {"application": application["id"]}) for _ in range(2)
    ]
    assert first == again
    assert (first["__typename"], first["application"]["state"]) == ("ApplicationWithdrawn", "WITHDRAWN")
    for wrong in (await service_id(open_campus, CARD), "nonsense"):
        answer = await acted(open_campus, "withdraw-application", {"application": wrong})
        told = answer.data["withdrawApplication"]
        assert (told is None) == (wrong == "nonsense")
        assert told is None or told["problems"][0]["message"] == "This is no id of an application."


async def test_what_does_not_fit_is_told_place_by_place_and_nothing_is_handed_in(open_campus: SimulatedCampus) -> None:
    before = await held(open_campus)
    form = {"address": "", "from": "tomorrow", "pets": 2}
    refused = await apply(open_campus, OFF_CAMPUS, form, ("pets", "cat.jpg", JPEG), ("lease", "a.pdf", PDF),
                          ("lease", "b.pdf", PDF), language="zh-Hans")  # fmt: skip
    assert refused["__typename"] == "InvalidInput"
    assert {(".".join(each["path"]), each["message"]) for each in refused["problems"]} == {
        ("input.form.address", "这一项必须填写。"),
        ("input.form.reason", "这一项必须填写。"),
        ("input.form.from", "这里必须填写日期，例如 2026-09-01。"),
        ("input.form.pets", "表格没有这一项。"),
        ("files.0.id", "这里不接受此文件；可提交的有：lease, identity。"),
        ("files.2.id", "各项不能重复。"),
        ("files", "缺少文件：身份证复印件。"),
    }
    whole = {"address": "Nansha", "from": "2026-12-01", "reason": "Family"}
    for identity, words in (
        (PDF, "By its content this is none of the types taken here: image/jpeg."),
        (JPEG + bytes(5 * 2**20), "The file is larger than 5242880 bytes."),
        (b"", "The file is empty."),
    ):
        files = ("lease", "lease.pdf", PDF), ("identity", "id.jpg", identity)
        refused = await apply(open_campus, OFF_CAMPUS, whole, *files, key="refused")
        assert refused == {
            "__typename": "InvalidInput",
            "problems": [{"path": ["files", "1", "content"], "message": words}],
        }
    assert await held(open_campus) == before
    # A key under which nothing was handed in is good for what is right.
    applied = await apply(open_campus, OFF_CAMPUS, whole, ("lease", "lease.pdf", PDF), ("identity", "id.jpg", JPEG),
                          key="refused")  # fmt: skip
    assert applied["__typename"] == "ServiceApplied"
    assert await held(open_campus) == before + 1


async def test_who_may_not_apply_is_told_why_and_nothing_is_handed_in(campus: SimulatedCampus) -> None:
    before = await held(campus)
    form = {"reason": "Noise", "residence": "D1"}
    for who, key, filled, codes in (
        ("alex", CARD, LOST, [("CAMPUS", True)]),
        ("jordan", "graduate-room-change", form, [("LEVEL", True)]),
        ("mei", "campus-card-cancel-loss", {"card": "1"}, [("CARD", True)]),
    ):
        refused = await apply(campus, key, filled, as_=who)
        reasons = refused["eligibility"]["reasons"]
        assert [(each["code"], each["decided"]) for each in reasons] == codes
        assert (refused["__typename"], refused["eligibility"]["verdict"]) == ("NotEligible", "NOT_ELIGIBLE")
    await campus.systems["sis-gz"].fault("500")
    wanted = {"input": {"service": await service_id(campus, "graduate-room-change"), "form": form}}
    answer = await acted(campus, "apply-for-service", wanted)
    assert answer.at("applyForService.eligibility.verdict") == "UNDECIDED"
    assert answer.faults() == {("applyForService", "UPSTREAM_UNAVAILABLE", "sis-gz")}
    narrow = await acted(campus, "apply-for-service", wanted, scope="services:read record:read")
    assert narrow.faults() == {("applyForService", "FORBIDDEN", None)}
    assert await held(campus) == before


async def test_a_key_is_good_for_one_application_however_often_and_when_it_is_sent(campus: SimulatedCampus) -> None:
    before = await held(campus)
    outcomes = await asyncio.gather(*(apply(campus, CARD, LOST, key="once") for _ in range(6)))
    assert len({each["application"]["id"] for each in outcomes}) == 1
    assert await held(campus) == before + 1
    other = await apply(campus, CARD, {"circumstances": "Stolen."}, key="once")
    assert other["problems"] == [{"path": ["idempotencyKey"], "message": "This key was used for another request."}]
    # The answer is lost after the workflow system has taken it.
    wanted = {"input": {"service": await service_id(campus, CARD), "form": LOST}, "idempotencyKey": "lost"}
    await campus.systems["onestop-gz"].fault("cut", path="/runtime/process-instances")
    lost = await acted(campus, "apply-for-service", wanted)
    assert [error["extensions"]["unsettled"] for error in lost.errors] == [True]
    await campus.systems["onestop-gz"].fault("none")
    assert await held(campus) == before + 2
    found = await act(campus, "apply-for-service", wanted)
    assert found["__typename"] == "ServiceApplied"
    assert await held(campus) == before + 2


async def test_a_client_that_goes_away_in_the_middle_of_a_file_leaves_nothing_behind(campus: SimulatedCampus) -> None:
    before, begun = await held(campus), asyncio.Event()
    shown_before = len((await campus.ask(MINE, as_="mei")).at("me.applications.nodes"))

    async def broken() -> AsyncIterator[bytes]:
        yield JPEG
        begun.set()
        await asyncio.sleep(60)

    sending = asyncio.create_task(apply(campus, CARD, LOST, ("photo", "me.jpg", broken())))
    await begun.wait()
    await until_held(campus, before + 1)
    assert len((await campus.ask(MINE, as_="mei")).at("me.applications.nodes")) == shown_before
    sending.cancel()
    await until_held(campus, before)


async def until_held(campus: SimulatedCampus, many: int) -> None:
    async with asyncio.timeout(patience(10)):
        while await held(campus) != many:  # noqa: ASYNC110 - it happens in the simulated system
            await asyncio.sleep(0.05)


HALL_DAY = """query($day: Date!) {
  facilities(kind: "Hall") { nodes { name availability(day: $day) { from until state } } }
}"""


async def hall_slots(campus: SimulatedCampus, state: str) -> list[tuple[datetime, datetime]]:
    """Of the hall, in the next days: free for two hours at least, or taken."""
    found = []
    for days in range(1, 15):
        day = (datetime.fromisoformat(NOW) + timedelta(days=days)).date().isoformat()
        answer = await campus.ask(HALL_DAY, {"day": day})
        (hall,) = (each for each in answer.at("facilities.nodes") if "Multifunction Hall" in each["name"])
        for slot in hall["availability"]:
            starts, ends = (datetime.fromisoformat(slot[name]) for name in ("from", "until"))
            if slot["state"] == state and ends - starts >= timedelta(hours=2 if state == "FREE" else 0):
                found.append((starts, ends))
    return found


async def test_the_hall_is_not_asked_for_when_it_is_taken(open_campus: SimulatedCampus) -> None:
    def asked(starts: datetime, ends: datetime) -> dict[str, Any]:
        return {"event": "Chess", "people": 20, "from": starts.isoformat(), "until": ends.isoformat()}

    before = await held(open_campus)
    (booked, _), hour = (await hall_slots(open_campus, "TAKEN"))[0], timedelta(hours=1)
    refused = await apply(open_campus, HALL, asked(booked - hour, booked + hour / 60))
    assert refused["__typename"] == "SlotTaken"
    assert datetime.fromisoformat(refused["starts"]) == booked - hour
    assert await held(open_campus) == before
    free, _ = (await hall_slots(open_campus, "FREE"))[-1]
    applied = await apply(open_campus, HALL, asked(free, free + hour))
    assert applied["__typename"] == "ServiceApplied"
    # Nobody has booked it yet, but somebody has asked for it before.
    late = await apply(open_campus, HALL, asked(free + hour / 2, free + 2 * hour), as_="jordan")
    assert late["__typename"] == "SlotTaken"
    after = await apply(open_campus, HALL, asked(free + hour, free + 2 * hour), as_="jordan")
    assert after["__typename"] == "ServiceApplied"
    for application, who in ((applied, "mei"), (after, "jordan")):
        await act(open_campus, "withdraw-application", {"application": application["application"]["id"]}, as_=who)
    for starts, ends, place, words in (
        (free, free, "until", "It must end after it begins."),
        (free, free + timedelta(days=8), "until", "At most 7 days."),
        (free - timedelta(days=60), free, "from", "This is over already."),
    ):
        wrong = await apply(open_campus, HALL, asked(starts, ends))
        assert {"path": ["input", "form", place], "message": words} in wrong["problems"]


DRAFTS = "{ me { applicationDrafts { service { key } form problems { path message } } } }"


async def test_a_form_is_kept_as_far_as_it_is_filled_in_until_it_is_handed_in(open_campus: SimulatedCampus) -> None:
    service = await service_id(open_campus, CARD)
    before = await held(open_campus)
    for form in ({"replacement": True}, {"replacement": "maybe"}):
        saved = await act(open_campus, "save-application-draft", {"input": {"service": service, "form": form}})
        assert (saved["__typename"], saved["draft"]["form"]) == ("ApplicationDraftSaved", form)
    drafts = (await open_campus.ask(DRAFTS, as_="mei", headers=ENGLISH)).at("me.applicationDrafts")
    assert drafts == [
        {
            "service": {"key": CARD},
            "form": {"replacement": "maybe"},
            "problems": [
                {"path": ["form", "replacement"], "message": "This must be yes or no."},
                {"path": ["form", "circumstances"], "message": "This must be filled in."},
            ],
        }
    ]
    assert (await open_campus.ask(DRAFTS, as_="jordan")).at("me.applicationDrafts") == []
    assert await held(open_campus) == before
    await apply(open_campus, CARD, LOST)
    assert (await open_campus.ask(DRAFTS, as_="mei", headers=ENGLISH)).at("me.applicationDrafts") == []
    await act(open_campus, "save-application-draft", {"input": {"service": service, "form": LOST}})
    gone = await act(open_campus, "save-application-draft", {"input": {"service": service, "form": None}})
    assert gone == {"__typename": "ApplicationDraftSaved", "draft": None}
    assert (await open_campus.ask(DRAFTS, as_="mei", headers=ENGLISH)).at("me.applicationDrafts") == []
    for wrong in ("text", [1], {"n": 2**60}):
        refused = await act(open_campus, "save-application-draft", {"input": {"service": service, "form": wrong}})
        assert refused["__typename"] == "InvalidInput"
