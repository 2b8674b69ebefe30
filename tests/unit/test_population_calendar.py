"""Terms and the sandbox's clock: always mid-term, whatever the day."""

from datetime import date, datetime, timedelta

import pytest

from sandbox.terms import current_main_term, middle, settled, term_of, terms_around
from sandbox.university import CAMPUS_TIME


def test_a_term_code_gives_its_dates():
    spring = term_of("2330")
    assert (spring.starts, spring.ends) == (date(2024, 2, 1), date(2024, 5, 31))
    assert spring.name["en"] == "2023-24 Spring"
    assert term_of("2310").starts == date(2023, 9, 1)


@pytest.mark.parametrize("code", ["2350", "233", "spring", "23 30"])
def test_what_is_no_term_code_is_said_to_be_none(code):
    with pytest.raises(ValueError, match="no term code"):
        term_of(code)


def test_every_day_of_the_year_is_settled_in_mid_term():
    for day in range(0, 366, 3):
        now = settled(datetime(2026, 1, 1, 12, tzinfo=CAMPUS_TIME) + timedelta(days=day))
        term = current_main_term(now.date())
        assert term.starts + timedelta(weeks=4) <= now.date() <= term.ends - timedelta(weeks=4)


def test_a_day_in_mid_term_is_left_alone():
    now = datetime(2026, 10, 14, 15, 30, tzinfo=CAMPUS_TIME)
    assert settled(now) == now


def test_terms_reach_four_years_back_and_to_the_next_main_term():
    codes = [term.code for term in terms_around(term_of("2610"))]
    assert (codes[0], codes[-3:], len(codes)) == ("2210", ["2610", "2620", "2630"], 19)
    assert [term.code for term in terms_around(term_of("2330"))][-3:] == ["2330", "2340", "2410"]


def test_the_middle_of_a_term_is_a_wednesday_within_it():
    for code in ("2310", "2320", "2330", "2340"):
        term, day = term_of(code), middle(term_of(code)).date()
        assert term.starts < day < term.ends
        assert day.weekday() == 2
