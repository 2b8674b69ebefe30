"""The academic calendar: term codes, their dates, and which term a clock lies in."""

from datetime import date, datetime, time, timedelta

from .university import CAMPUS_TIME, Term

_SEASONS = {
    # season: (English, 繁體, 简体, year after the code's, first day, last day)
    "10": ("Fall", "秋季", "秋季", 0, (9, 1), (12, 20)),
    "20": ("Winter", "冬季", "冬季", 1, (1, 2), (1, 31)),
    "30": ("Spring", "春季", "春季", 1, (2, 1), (5, 31)),
    "40": ("Summer", "夏季", "夏季", 1, (6, 15), (8, 20)),
}
YEARS_BACK = 4
_SETTLED = timedelta(weeks=4)


def term_of(code: str) -> Term:
    """The term of a code such as 2330 (academic year 2023-24, spring). ValueError: no such code."""
    if len(code) != 4 or not code.isdigit() or code[2:] not in _SEASONS:
        raise ValueError(f"{code!r} is no term code: two digits of the academic year, then 10, 20, 30 or 40.")
    english, traditional, simplified, later, first, last = _SEASONS[code[2:]]
    year = 2000 + int(code[:2])
    label = f"{year}-{(year + 1) % 100:02}"
    name = {"en": f"{label} {english}", "zh-hant": f"{label} {traditional}", "zh-hans": f"{label} {simplified}"}
    return Term(code, name, date(year + later, *first), date(year + later, *last))


def is_main(term: Term) -> bool:
    """Autumn and spring, in which everybody studies; few take winter or summer courses."""
    return term.code[2:] in ("10", "30")


def terms_of_year(year: int) -> list[Term]:
    return [term_of(f"{year % 100:02}{season}") for season in _SEASONS]


def academic_year(term: Term) -> int:
    return 2000 + int(term.code[:2])


def current_main_term(day: date) -> Term:
    """The autumn or spring term that runs on a day or is the next to begin."""
    candidates = [term for year in (day.year - 1, day.year) for term in terms_of_year(year) if is_main(term)]
    return next(term for term in candidates if term.ends >= day)


def terms_around(current: Term) -> list[Term]:
    """Four academic years back, the current term, and all up to the next autumn or spring, in their order."""
    year = academic_year(current)
    before_and_after = [term for back in range(-YEARS_BACK, 2) for term in terms_of_year(year + back)]
    following = next(term for term in before_and_after if is_main(term) and term.starts > current.starts)
    return [term for term in before_and_after if term.starts <= following.starts]


def middle(term: Term) -> datetime:
    """The Wednesday morning nearest to the middle of a term: a day with teaching before and after it."""
    day = term.starts + (term.ends - term.starts) / 2
    return datetime.combine(day + timedelta(days=2 - day.weekday()), time(10, 0), CAMPUS_TIME)


def settled(real: datetime) -> datetime:
    """A time outside add/drop and examinations: the given one if it is, else the middle of the nearest main term."""
    day = real.astimezone(CAMPUS_TIME).date()
    mains = [term for year in range(day.year - 2, day.year + 2) for term in terms_of_year(year) if is_main(term)]

    def days_away(term: Term) -> timedelta:
        return max(term.starts + _SETTLED - day, day - (term.ends - _SETTLED), timedelta())

    nearest = min(mains, key=days_away)
    return real if not days_away(nearest) else middle(nearest)
