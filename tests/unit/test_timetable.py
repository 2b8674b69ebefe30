"""What takes place when, and what collides, against a model that looks at every day and every pair."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campus.timetable import DAYS, Occurrence, Weekly, conflicts, occurrences

ZONE = ZoneInfo("Asia/Hong_Kong")
START = date(2026, 9, 1)
days = st.integers(0, 60).map(lambda count: START + timedelta(days=count))
clocks = st.integers(0, 24 * 4 - 1).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
weeklies = st.lists(
    st.builds(
        Weekly,
        what=st.integers(0, 9),
        day=st.sampled_from(DAYS),
        start=clocks,
        end=clocks,
        first_date=days,
        last_date=days,
    ).filter(lambda each: each.start < each.end),
    max_size=6,
)
calmly = settings(derandomize=True, deadline=None, max_examples=200)


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE)


@calmly
@given(weeklies, days, days)
def test_all_that_takes_place_within_a_range_and_nothing_else(
    weekly: list[Weekly[int]], first: date, last: date
) -> None:
    looked_at = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    model = [
        Occurrence(each.what, at(day, each.start), at(day, each.end))
        for each in weekly
        for day in looked_at
        if DAYS[day.weekday()] == each.day and each.first_date <= day <= each.last_date
    ]
    found = occurrences(weekly, first, last, ZONE)
    assert sorted(found, key=repr) == sorted(model, key=repr)
    assert [(each.start, each.end) for each in found] == sorted((each.start, each.end) for each in found)


@calmly
@given(weeklies, days)
def test_two_that_share_a_moment_collide_and_no_others(weekly: list[Weekly[int]], first: date) -> None:
    held = occurrences(weekly, first, first + timedelta(days=6), ZONE)
    model = [
        (one, other)
        for place, one in enumerate(held)
        for other in held[place + 1 :]
        if max(one.start, other.start) < min(one.end, other.end)
    ]
    assert conflicts(held) == model


def _hour(what: str, begin: int, end: int) -> Occurrence[str]:
    day = date(2026, 10, 28)
    return Occurrence(what, at(day, time(begin)), at(day, time(end)))


def test_one_that_begins_when_another_ends_does_not_collide() -> None:
    assert conflicts([_hour("lecture", 9, 10), _hour("tutorial", 10, 11)]) == []


def test_a_long_one_collides_with_each_it_covers() -> None:
    long, early, late = _hour("laboratory", 9, 18), _hour("lecture", 10, 11), _hour("tutorial", 15, 16)
    assert conflicts([long, early, late]) == [(long, early), (long, late)]


@pytest.mark.parametrize("day", range(7))
def test_a_single_day_shows_what_takes_place_on_it(day: int) -> None:
    weekly = [Weekly(name, name, time(9), time(10), START, START + timedelta(days=90)) for name in DAYS]
    wanted = date(2026, 10, 26) + timedelta(days=day)
    assert [each.what for each in occurrences(weekly, wanted, wanted, ZONE)] == [DAYS[day]]
