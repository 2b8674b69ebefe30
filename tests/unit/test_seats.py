"""How many seats a section has left, and from when on these are few."""

from datetime import time
from typing import Any

import pytest

from connectors.sis import CourseKey, Meeting, Section, SectionKey


def section(quota: int, enrolled: int) -> Section:
    told: dict[str, Any] = {"waitlisted": 0, "instructors": [], "remarks": [], "reserved_quotas": []}
    meeting = Meeting(day="MONDAY", start=time(9), end=time(10), room="101")
    return Section(
        key=SectionKey("sis-cwb", "2610", 1001), campus="CWB", wire_id="1", code="L1",
        course=CourseKey("sis-cwb", "2610", "COMP 2011"), quota=quota, enrolled=enrolled, meetings=[meeting], **told,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("quota", "enrolled", "available", "near"),
    [
        (30, 0, 30, False),
        (30, 26, 4, False),
        (30, 27, 3, True),
        (30, 30, 0, True),
        (30, 33, 0, True),
        (100, 89, 11, False),
        (100, 90, 10, True),
        (45, 40, 5, False),
        (45, 41, 4, True),
        (3, 0, 3, True),
        (0, 0, 0, True),
    ],
)
def test_few_seats_are_three_or_a_tenth_of_the_quota(quota: int, enrolled: int, available: int, near: bool) -> None:
    found = section(quota, enrolled)
    assert (found.available, found.near_capacity) == (available, near)
