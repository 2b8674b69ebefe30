"""Who advises whom: every current student has an advisor at each campus with a record."""

from collections.abc import Sequence
from random import Random

from .personas import PERSONAS
from .student_drafts import Draft
from .university import Person

_LEES = {persona.id for persona in PERSONAS if persona.advised_by_lee}
_LEES_CROWD = 9
"""How many students without a name of their own Lee advises too."""


def assign(dice: Random, drafts: Sequence[Draft], staff: Sequence[Person]) -> None:
    """Sets the advisors. Of the personas exactly those of `advised_by_lee` have Lee."""
    lee = next(person for person in staff if person.persona == "lee")
    faculty = [person for person in staff if "faculty" in person.affiliations and person is not lee]
    lees_crowd = 0
    for draft in drafts:
        for campus, record in draft.records.items():
            if record.finished:
                continue
            mine = campus == "CWB" and (draft.persona in _LEES or (not draft.persona and lees_crowd < _LEES_CROWD))
            if mine:
                lees_crowd += not draft.persona
            advisor = lee if mine else dice.choice([person for person in faculty if person.home_campus == campus])
            record.advisor = advisor.key
