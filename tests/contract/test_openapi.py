"""The validator itself: what breaks a document is caught, and what keeps it passes."""

import pytest

from .openapi import SpecificationBroken, spec

SESSION = "/academic-sessions/0a1b2c3d-0000-4000-8000-000000000001"
ROOM = {
    "roomId": "0a1b2c3d-0000-4000-8000-000000000002",
    "primaryCode": {"codeType": "room_code", "code": "Rm 1"},
    "roomType": "lecture_room",
    "name": [{"language": "zh-hant", "value": "演講廳"}],
}
PAGE = {"pageSize": 10, "pageNumber": 1, "hasPreviousPage": False, "hasNextPage": False}


@pytest.fixture(scope="module")
def oeapi():
    return spec("oeapi-v6.yaml")


def test_what_keeps_the_document_passes(oeapi):
    oeapi.request("GET", f"http://127.0.0.1:9{SESSION}/course-offerings?pageSize=250&since=2026-09-01T00:00:00%2B08:00")
    oeapi.response("GET", "/rooms?pageSize=10", 200, PAGE | {"items": [ROOM]})
    oeapi.response("GET", f"{SESSION}/course-offerings", 200, PAGE | {"items": []})


@pytest.mark.parametrize(
    ("method", "url", "wrong"),
    [
        ("GET", "/romms", "no such operation"),
        ("DELETE", "/rooms", "no such operation"),
        ("GET", "/rooms?page=1", "no query parameter 'page'"),
        ("GET", "/rooms?pageSize=30", "not one of"),
        ("GET", "/rooms?pageSize=ten", "no integer"),
        ("GET", "/rooms?pageNumber=0", "minimum"),
        ("GET", "/groups/7/memberships", "not a 'uuid'"),
        ("GET", f"{SESSION}/course-offerings?since=yesterday", "not a 'date-time'"),
        ("GET", "/persons?affiliations=dean", "neither one of"),
        ("PUT", "/persons/0a1b2c3d-0000-4000-8000-000000000001", "a body is required"),
    ],
)
def test_a_wrong_request_is_refused(oeapi, method, url, wrong):
    with pytest.raises(SpecificationBroken, match=wrong):
        oeapi.request(method, url)


@pytest.mark.parametrize(
    ("status", "body", "wrong"),
    [
        (200, PAGE, "'items' is a required property"),
        (200, PAGE | {"items": {}}, "not of type 'array'"),
        (200, PAGE | {"items": [ROOM | {"roomId": "seven"}]}, "not a 'uuid'"),
        (200, PAGE | {"items": [ROOM | {"roomType": "cellar"}]}, "neither one of"),
        (200, PAGE | {"items": [ROOM | {"totalSeats": "many"}]}, "not of type"),
        (200, PAGE | {"items": [ROOM | {"name": [{"language": "zh-Hant", "value": "x"}]}]}, "does not match"),
        (418, {}, "knows only"),
    ],
)
def test_a_wrong_answer_is_refused(oeapi, status, body, wrong):
    with pytest.raises(SpecificationBroken, match=wrong):
        oeapi.response("GET", "/rooms", status, body)


def test_a_wrong_body_is_refused(oeapi):
    person = {"personId": "0a1b2c3d-0000-4000-8000-000000000003", "surname": "Ho", "activeEnrolment": "yes"}
    with pytest.raises(SpecificationBroken):
        oeapi.request("PUT", f"/persons/{person['personId']}", person)


def test_a_document_of_openapi_3_0_is_read_too():
    flowable = spec("flowable-oas-process.yaml")
    flowable.request("GET", "/repository/process-definitions?latest=true")
    with pytest.raises(SpecificationBroken, match="no query parameter"):
        flowable.request("GET", "/repository/process-definitions?newest=true")
