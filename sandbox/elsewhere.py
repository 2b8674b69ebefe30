"""Other institutions: where credits were brought from, and where students go on exchange. All of them are invented."""

from collections.abc import Mapping
from random import Random

from .student_file import Exchange, Origin

_COLLEGES = (
    ("Victoria Harbour Community College", "{subject[0]}S {number}"),
    ("Pearl River Polytechnic", "{subject}{number}"),
    ("Lion Rock Institute of Education", "LR-{subject}-{number}"),
)
_PARTNERS = (
    ("Lakeside Institute of Technology", "CH"),
    ("University of Northern Shores", "CA"),
    ("Fjord Technical University", "NO"),
    ("Musashi University of Science", "JP"),
    ("Southern Cross Institute", "AU"),
)


def taken_elsewhere(number: str, course: str, title: Mapping[str, str]) -> Origin:
    """Where a student (by number) brought a course (by code) from: always the same for the same course."""
    dice = Random(f"{number}:{course}")
    # Nobody brings credits from more than one college.
    institution, pattern = Random(number).choice(_COLLEGES)
    subject = course.split()[0]
    return Origin(institution, pattern.format(subject=subject, number=dice.randrange(101, 400)), title)


def exchange_in(dice: Random, term: str) -> Exchange:
    institution, country = dice.choice(_PARTNERS)
    return Exchange(institution, country, term)
