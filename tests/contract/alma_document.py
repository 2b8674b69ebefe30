"""What Ex Libris documents of the Alma operations that change something: parameters, bodies, statuses and error codes.

Read in the Developer Network's reference: Renew loan, Create user request, Cancel user request, Update user details,
the objects Rest User Request and Rest User. There is no schema to check against, so that this is what was read there.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .wire import Exchange

REQUEST_MEMBERS: Mapping[str, frozenset[str] | None] = {
    "request_type": frozenset({"HOLD", "DIGITIZATION", "BOOKING"}),
    "pickup_location_type": frozenset(
        {"LIBRARY", "CIRCULATION_DESK", "INSTITUTION", "USER_HOME_ADDRESS", "USER_WORK_ADDRESS"}
    ),
    "pickup_location_library": None,
    "pickup_location_circulation_desk": None,
    "description": None,
    "comment": None,
    "last_interest_date": None,
}
"""Those that whoever creates a request may send, with the values of those that have a list of them."""


USER_MEMBERS = frozenset(
    re.findall(
        r"\w+",
        "record_type primary_id first_name middle_name last_name full_name pin_number user_title job_category"
        " job_description gender user_group campus_code web_site_url cataloger_level preferred_language birth_date"
        " expiry_date purge_date account_type external_id password force_password_change status status_date"
        " requests loans fees contact_info pref_first_name pref_middle_name pref_last_name pref_name_suffix"
        " is_researcher researcher linked_accounts user_identifier user_role user_block user_note user_statistic"
        " proxy_for_user rs_library library_notice",
    )
)
"""Those of a user."""

REACHED_BY: Mapping[str, frozenset[str]] = {
    "email": frozenset({"email_address", "description", "email_type", "preferred", "segment_type"}),
    "phone": frozenset({"phone_number", "phone_type", "preferred", "preferred_sms", "segment_type"}),
    "address": frozenset(
        re.findall(
            r"\w+",
            "line1 line2 line3 line4 line5 city state_province postal_code country address_note start_date end_date"
            " address_type preferred segment_type",
        )
    ),
}
"""What the entries of each list of `contact_info` consist of."""


class Change(NamedTuple):
    query: Mapping[str, bool]
    """Parameters, and whether they must be there."""
    body: bool
    status: int
    codes: frozenset[str]


CHANGES: Mapping[tuple[str, str], Change] = {
    ("POST", "/users/{}/loans/{}"): Change(
        {"op": True, "user_id_type": False}, False, 200, frozenset({"401822", "401823", "60340", "60258"})
    ),
    ("POST", "/users/{}/requests"): Change(
        {"mms_id": False, "item_pid": False, "user_id_type": False, "allow_same_request": False},
        True,
        200,
        frozenset(re.findall(r"\d+", "401890 401129 401895 401136 60308 60309 60310 60324 60325 401684 60328 60331"))
        | {"401652", "60340", "60258"},
    ),
    ("PUT", "/users/{}"): Change(
        dict.fromkeys(("user_id_type", "override", "send_pin_number_letter", "recalculate_roles"), False),
        True,
        200,
        frozenset({"401858", "60105"}),
    ),
    ("DELETE", "/users/{}/requests/{}"): Change(
        {"reason": True, "note": False, "notify_user": False},
        False,
        204,
        frozenset({"401890", "401694", "401652", "60340", "60258"}),
    ),
}
ANYWHERE = frozenset({"apikey", "format", "lang"})
"""Parameters of every operation."""
UNDOCUMENTED = frozenset({"401861"})
"""Told of a reader nobody knows by every operation that was recorded, whatever the reference lists."""


def keep_to_the_reference(seen: list[Exchange]) -> int:
    """Every change among the exchanges is one that the reference allows, question and answer. How many there were."""
    changes = [each for each in seen if each.method != "GET"]
    for each in changes:
        path = re.sub(r"(/users|/loans|/requests)/[^/]+", r"\1/{}", each.path.removeprefix("/almaws/v1"))
        change = CHANGES[each.method, path]
        names = {name for name, _ in each.query} - ANYWHERE
        assert names <= set(change.query), each.target
        assert {name for name, due in change.query.items() if due} <= names, each.target
        assert bool(each.body) == change.body, each.target
        if each.method == "PUT":
            _is_user(json.loads(each.body))
        else:
            for member, value in json.loads(each.body or b"{}").items():
                assert value in (REQUEST_MEMBERS[member] or {value}), f"{member}: {value!r}"
        if each.status == 400:
            codes = {error["errorCode"] for error in json.loads(each.answer)["errorList"]["error"]}
            assert codes <= change.codes | UNDOCUMENTED, each.target
        else:
            assert each.status == change.status, each.target
    return len(changes)


def _is_user(user: Mapping[str, Any]) -> None:
    assert set(user) <= USER_MEMBERS, sorted(set(user) - USER_MEMBERS)
    for kind, entries in user["contact_info"].items():
        assert sum(each["preferred"] for each in entries) == 1, f"one {kind} is preferred"
        for each in entries:
            assert set(each) <= REACHED_BY[kind], sorted(set(each) - REACHED_BY[kind])
            assert each[f"{kind}_type"], f"each {kind} has a type"
