"""What a term's calendar has beside lessons: registration, add/drop, examinations, holidays, and days that make up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .terms import is_main
from .timetable import DAYS
from .university import Term, Text

REGISTRATION = timedelta(weeks=4)
ADD_DROP = timedelta(weeks=2)
EXAMINATIONS = timedelta(weeks=2)
STUDY_BREAK = timedelta(weeks=1)

_DAY = timedelta(days=1)
_MADE_UP_FROM = timedelta(days=5)
"""A holiday in Guangzhou that is this long moves a working day to the Saturday after."""
_NAMES: dict[str, Text] = {
    "before_term": {"en": "Registration", "zh-hant": "選課", "zh-hans": "选课"},
    "add_drop": {"en": "Add/drop period", "zh-hant": "加退選", "zh-hans": "加退选"},
    "reading_week": {"en": "Mid-term break", "zh-hant": "期中假期", "zh-hans": "期中假期"},
    "study_break": {"en": "Study break", "zh-hant": "溫習週", "zh-hans": "温习周"},
    "examinations": {"en": "Final examinations", "zh-hant": "期末考試", "zh-hans": "期末考试"},
    "new year": {"en": "New Year's Day", "zh-hant": "元旦", "zh-hans": "元旦"},
    "lunar new year": {"en": "Lunar New Year", "zh-hant": "農曆新年", "zh-hans": "春节"},
    "ching ming": {"en": "Ching Ming Festival", "zh-hant": "清明節", "zh-hans": "清明节"},
    "easter": {"en": "Easter", "zh-hant": "復活節", "zh-hans": "复活节"},
    "labour day": {"en": "Labour Day", "zh-hant": "勞動節", "zh-hans": "劳动节"},
    "hksar day": {"en": "HKSAR Establishment Day", "zh-hant": "香港特區成立紀念日", "zh-hans": "香港特区成立纪念日"},
    "mid-autumn": {"en": "Mid-Autumn Festival", "zh-hant": "中秋節", "zh-hans": "中秋节"},
    "national day": {"en": "National Day", "zh-hant": "國慶日", "zh-hans": "国庆节"},
    "chung yeung": {"en": "Chung Yeung Festival", "zh-hant": "重陽節", "zh-hans": "重阳节"},
}
_BY_THE_MOON = {
    # Year: Lunar New Year, Mid-Autumn, Chung Yeung, as (month, day). Years beyond have none of the three.
    2022: ((2, 1), (9, 10), (10, 4)), 2023: ((1, 22), (9, 29), (10, 23)), 2024: ((2, 10), (9, 17), (10, 11)),
    2025: ((1, 29), (10, 6), (10, 29)), 2026: ((2, 17), (9, 25), (10, 18)), 2027: ((2, 6), (9, 15), (10, 8)),
    2028: ((1, 26), (10, 3), (10, 26)), 2029: ((2, 13), (9, 22), (10, 16)), 2030: ((2, 3), (9, 12), (10, 5)),
    2031: ((1, 23), (10, 1), (10, 24)), 2032: ((2, 11), (9, 19), (10, 12)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    """before_term, add_drop, reading_week, study_break, examinations, public_holiday, make_up_day."""
    name: Text
    starts: date
    ends: date
    teaches_as: str | None = None
    """Of a make-up day: the day of the week whose lessons take place."""


def events_of(campus: str, term: Term) -> list[Event]:
    """In order of time. Only autumn and spring have more than holidays."""
    events = [*(_periods(campus, term) if is_main(term) else ()), *_days_off(campus, term)]
    return sorted(events, key=lambda event: (event.starts, event.ends, event.kind))


def _periods(campus: str, term: Term) -> Iterator[Event]:
    exams = term.ends - EXAMINATIONS + _DAY
    spans = {
        "before_term": (term.starts - REGISTRATION, term.starts - _DAY),
        "add_drop": (term.starts, term.starts + ADD_DROP - _DAY),
        "study_break": (exams - STUDY_BREAK, exams - _DAY),
        "examinations": (exams, term.ends),
    }
    if campus == "CWB" and term.code.endswith("30"):
        monday = easter(term.starts.year) + _DAY
        spans["reading_week"] = (monday, monday + timedelta(days=4))
    for kind, (starts, ends) in spans.items():
        yield Event(kind, _NAMES[kind], starts, ends)


def _days_off(campus: str, term: Term) -> Iterator[Event]:
    years = range(term.starts.year, term.ends.year + 1)
    for name, first, days in (each for year in years for each in holidays(campus, year)):
        last = first + (days - 1) * _DAY
        if first > term.ends or last < term.starts:
            continue
        yield Event("public_holiday", _NAMES[name], first, last)
        saturday = last + (5 - last.weekday()) % 7 * _DAY
        if campus == "GZ" and days * _DAY >= _MADE_UP_FROM and last < saturday <= term.ends:
            lost = next(day for back in range(days) if (day := last - back * _DAY).weekday() < 5)
            title = {tag: f"{form} {_NAMES[name][tag]}" for tag, form in _FOR.items()}
            yield Event("make_up_day", title, saturday, saturday, DAYS[lost.weekday()])


_FOR: Text = {"en": "Make-up day for", "zh-hant": "補課日：", "zh-hans": "补课日："}


def holidays(campus: str, year: int) -> Iterator[tuple[str, date, int]]:
    """(name, first day, days) of a year; in Hong Kong a single day that falls on a Sunday is kept on the Monday."""
    here = campus == "CWB"
    moon = [date(year, *at) for at in _BY_THE_MOON.get(year, ())]
    fixed = [("new year", date(year, 1, 1), 1), ("ching ming", date(year, 4, 5 if year % 4 > 1 else 4), 1)]
    fixed += [("labour day", date(year, 5, 1), 1 if here else 5), ("national day", date(year, 10, 1), 1 if here else 7)]
    if moon:
        fixed += [("lunar new year", moon[0] - (not here) * _DAY, 3 if here else 7)]
        fixed += [("mid-autumn", moon[1] + here * _DAY, 1)]
    if here:
        fixed += [("easter", easter(year) - 2 * _DAY, 4), ("hksar day", date(year, 7, 1), 1)]
        fixed += [("chung yeung", at, 1) for at in moon[2:]]
    for name, first, days in fixed:
        moved = here and days == 1 and first.weekday() == 6
        yield name, first + moved * _DAY, days


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * sunday) // 451
    month, day = divmod(epact + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
