"""The catalogue of services: words and forms in the viewer's language, who may apply and why not, new ones as data."""

import asyncio
import io
import json
import zipfile
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus, campus_over

SEVEN = {
    "accommodation-certificate": "housing",
    "graduate-room-change": "housing",
    "graduate-living-off-campus": "housing",
    "campus-card-replacement": "campus-card",
    "campus-card-cancel-loss": "campus-card",
    "multifunction-hall": "venue",
    "hall-desks-and-chairs": "venue",
}
ELIGIBILITY = "{ services { nodes { key eligible { eligible verdict reasons { code decided text } } } } }"


async def verdicts(campus: SimulatedCampus, who: str, **more: Any) -> dict[str, tuple[str, list[str]]]:
    answer = await campus.ask(ELIGIBILITY, as_=who, **more)
    assert answer.errors == []
    told = {each["key"]: each["eligible"] for each in answer.at("services.nodes")}
    assert all(each["eligible"] == (each["verdict"] == "ELIGIBLE") for each in told.values())
    return {key: (each["verdict"], [reason["code"] for reason in each["reasons"]]) for key, each in told.items()}


async def test_the_seven_services_are_listed_by_type(open_campus: SimulatedCampus) -> None:
    held = await plain.services(open_campus)
    assert {key: service["type"] for key, service in held.items()} == SEVEN
    for type_ in set(SEVEN.values()):
        answer = await open_campus.widget("service-catalogue", {"type": type_}, headers={"Accept-Language": "zh-Hant"})
        assert answer.errors == []
        shown = {each["key"]: each for each in answer.at("services.nodes")}
        assert set(shown) == {key for key, of in SEVEN.items() if of == type_}
        for key, each in shown.items():
            for text in ("name", "description", "procedure", "department"):
                assert each[text] == held[key][text]["zh-hant"]
            assert each["eligible"] is None


async def test_a_form_is_told_in_the_viewers_language_and_whole(open_campus: SimulatedCampus) -> None:
    held = (await plain.services(open_campus))["graduate-room-change"]["form"]
    query = 'query { service(key: "graduate-room-change") { form formInLanguages files { name types required } } }'
    for language, tag in (("en", "en"), ("zh-Hant", "zh-hant"), ("zh-Hans", "zh-hans")):
        answer = await open_campus.ask(query, headers={"Accept-Language": language})
        assert answer.errors == []
        form = answer.at("service.form")
        Draft202012Validator.check_schema(form)
        assert {name: field["title"] for name, field in form["properties"].items()} == {
            name: field["x-title"][tag] for name, field in held["properties"].items()
        }
        assert "x-title" not in str(form)
        assert form["properties"]["residence"]["enum"] == held["properties"]["residence"]["enum"]
        assert answer.at("service.formInLanguages") == held
    assert answer.at("service.files") == [{"name": "理由证明", "types": ["application/pdf"], "required": False}]


async def test_who_may_apply_is_told_with_the_reason(open_campus: SimulatedCampus) -> None:
    may, no = ("ELIGIBLE", []), "NOT_ELIGIBLE"
    lost = {who: await reported_lost(open_campus, who) for who in ("mei", "jordan")}
    found = {True: may, False: (no, ["CARD"])}
    # A postgraduate in Guangzhou.
    assert await verdicts(open_campus, "mei") == {
        **dict.fromkeys(SEVEN, may), "campus-card-cancel-loss": found[lost["mei"]],
    }  # fmt: skip
    # An undergraduate of both campuses.
    assert await verdicts(open_campus, "jordan") == {
        **dict.fromkeys(SEVEN, may),
        "campus-card-cancel-loss": found[lost["jordan"]],
        "graduate-room-change": (no, ["LEVEL"]),
        "graduate-living-off-campus": (no, ["LEVEL"]),
    }
    assert await verdicts(open_campus, "alex") == dict.fromkeys(SEVEN, (no, ["CAMPUS"]))
    answer = await open_campus.ask(ELIGIBILITY, as_="alex", headers={"Accept-Language": "zh-Hans"})
    assert {reason["text"] for each in answer.at("services.nodes") for reason in each["eligible"]["reasons"]} == {
        "仅限广州校园成员申请。"
    }
    assert await verdicts(open_campus, "wing") == dict.fromkeys(SEVEN, (no, ["AFFILIATION", "CAMPUS"]))


async def reported_lost(campus: SimulatedCampus, who: str) -> bool:
    number = (await plain.claims(campus, who)).get("gz_card_number") or await card_number(campus, who)
    card = await campus.systems["life-gz"].get(f"/people/{number}/card")
    return bool(card["loss"]["state"] == "reported")


async def card_number(campus: SimulatedCampus, who: str) -> str:
    """As Guangzhou's student system knows it."""
    (number,) = ((await plain.claims(campus, who, issuer="GZ"))["gz_sis_id"],)
    known = await plain.person(campus.systems["sis-gz"], number)
    codes = {code["codeType"]: code["code"] for code in known["otherCodes"]}
    return str(codes["x-gz-card-number"])


async def test_what_a_token_may_not_tell_decides_nothing(open_campus: SimulatedCampus) -> None:
    await open_campus.forget_calls()
    told = await verdicts(open_campus, "mei", scope="services:read")
    assert told["graduate-room-change"] == ("UNDECIDED", ["LEVEL"])
    assert told["campus-card-cancel-loss"] == ("UNDECIDED", ["CARD"])
    assert await open_campus.counts() == {}
    answer = await open_campus.ask(ELIGIBILITY, as_="mei", scope="profile:read")
    assert {code for _, code, _ in answer.faults()} == {"FORBIDDEN"}
    assert all(each["eligible"] is None for each in answer.at("services.nodes"))


async def test_a_system_that_is_down_lets_nobody_through(campus: SimulatedCampus) -> None:
    await campus.systems["sis-gz"].fault("500")
    await campus.systems["life-gz"].fault("500")
    answer = await campus.ask(ELIGIBILITY, as_="mei")
    told = {each["key"]: each["eligible"]["verdict"] for each in answer.at("services.nodes")}
    asked = {
        "graduate-room-change": "sis-gz",
        "graduate-living-off-campus": "sis-gz",
        "campus-card-cancel-loss": "life-gz",
    }
    assert told == {key: "UNDECIDED" if key in asked else "ELIGIBLE" for key in SEVEN}
    assert answer.faults() == {
        (f"services.nodes.{place}.eligible", "UPSTREAM_UNAVAILABLE", asked[each["key"]])
        for place, each in enumerate(answer.at("services.nodes"))
        if each["key"] in asked
    }


PARCEL = {
    "type": "logistics",
    "name": {"en": "Parcel of a newcomer", "zh-hant": "新生包裹", "zh-hans": "新生包裹"},
    "description": {"en": "Fetch what was sent ahead."},
    "procedure": {"en": "Hand over"},
    "department": {"en": "Logistics"},
    "form": {
        "type": "object",
        "properties": {"parcel": {"type": "string", "title": "Parcel", "x-title": {"en": "Parcel", "zh-hans": "包裹"}}},
        "required": ["parcel"],
    },
    "eligibility": [
        {"rule": "level", "of": ["master"], "reason": {"en": "Only for master's students.", "zh-hans": "仅限硕士生。"}}
    ],
    "steps": [{"id": "hand-over", "name": {"en": "Hand over"}, "department": {"en": "Logistics"}}],
}
MODEL = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="logistics">'
    '<process id="parcel" isExecutable="true"><startEvent id="start"/><userTask id="hand-over" name="Hand over"/>'
    "</process></definitions>"
)


async def test_an_eighth_service_is_deployed_as_data_and_needs_nothing_of_the_gateway(
    open_campus: SimulatedCampus,
) -> None:
    """Deployed by Flowable's own REST to a gateway that reads the catalogue anew every second."""
    university = open_campus.university
    (told,) = (each for each in university.told.systems if each.id == "onestop-gz")
    user, _, password = told.secret.partition(":")
    settings = university.settings()
    systems = [
        each.model_copy(update={"index_refresh": 1.0}) if each.id == "onestop-gz" else each for each in settings.systems
    ]
    impatient = settings.model_copy(update={"systems": tuple(systems)})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("parcel.bpmn20.xml", MODEL)
        archive.writestr("service.json", json.dumps(PARCEL))
    form = aiohttp.FormData()
    form.add_field("file", packed.getvalue(), filename="parcel.bar", content_type="application/octet-stream")
    async with (
        aiohttp.ClientSession(headers={"Authorization": aiohttp.encode_basic_auth(user, password)}) as office,
        campus_over(university, impatient) as campus,
    ):
        await campus.indexes_filled()
        async with office.post(f"{told.url}/repository/deployments", data=form) as answer:
            assert answer.status == 201
            deployment = (await answer.json())["id"]
        try:
            service = await appeared(campus)
        finally:
            async with office.delete(f"{told.url}/repository/deployments/{deployment}") as answer:
                assert answer.status == 204
    assert service == {
        "name": "新生包裹",
        "nameLanguage": "zh-Hans",
        "description": "Fetch what was sent ahead.",
        "descriptionLanguage": "en",
        "type": "logistics",
        "form": {
            "type": "object",
            "properties": {"parcel": {"type": "string", "title": "包裹"}},
            "required": ["parcel"],
        },
        "steps": [{"name": "Hand over", "department": "Logistics"}],
        "eligible": {
            "eligible": False,
            "reasons": [{"code": "LEVEL", "text": "仅限硕士生。"}],
        },
    }


async def appeared(campus: SimulatedCampus) -> dict[str, Any]:
    query = """{ service(key: "parcel") {
      name nameLanguage description descriptionLanguage type form
      steps { name department } eligible { eligible reasons { code text } }
    } }"""
    for _ in range(50):
        answer = await campus.ask(query, as_="jordan", headers={"Accept-Language": "zh-Hans"})
        assert answer.errors == []
        if answer.at("service"):
            found: dict[str, Any] = answer.at("service")
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("the service never appeared")
