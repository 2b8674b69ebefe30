"""Who there is: students, graduates, faculty and staff of both campuses, and the account each has in each system."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from .names import STREETS, invent
from .personas import PERSONAS, Persona
from .student_drafts import YEARS, Draft, Record, graduation, started
from .subjects import programmes_of
from .systems import CAMPUSES
from .university import Person, Term

_NATIONALITIES = ("HK", "HK", "HK", "CN", "CN", "IN", "KR", "MY", "GB", "ID")
_RELATIONS = ("parent", "parent", "parent", "partner", "other")
_LEVELS = {
    "CWB": ("bachelor",) * 8 + ("master", "doctoral"),
    "GZ": ("bachelor",) * 3 + ("master",) * 4 + ("doctoral",) * 3,
}


@dataclass(slots=True)
class Registry:
    """Hands out what must be different for everybody."""

    dice: Random
    cards: Random
    """Numbers the accounts that Guangzhou's services and Clear Water Bay's housing give out."""
    used: set[str] = field(default_factory=set)
    people: int = 0

    def key(self) -> str:
        self.people += 1
        return f"p-{self.people:06}"

    def number(self, pattern: str, digits: int) -> str:
        return self._drawn(self.dice, pattern, digits)

    def card(self, pattern: str, digits: int) -> str:
        return self._drawn(self.cards, pattern, digits)

    def _drawn(self, dice: Random, pattern: str, digits: int) -> str:
        while True:
            drawn = pattern.format(dice.randrange(10**digits))
            if drawn not in self.used:
                self.used.add(drawn)
                return drawn

    def alias(self, given: str, surname: str, domain: str) -> str:
        name = f"{given.split()[0]}.{surname}".lower()
        count = 1
        while f"{name}{count if count > 1 else ''}@{domain}" in self.used:
            count += 1
        address = f"{name}{count if count > 1 else ''}@{domain}"
        self.used.add(address)
        return address

    def accounts(self, campuses: Sequence[str], affiliation: str) -> dict[str, str]:
        """Each system numbers people for itself; no number follows from another.

        Who has applied for admission is in the student system, and nowhere else before they are admitted.

        Each campus's library serves its people for life; One Stop serves current students; the ticket desk students,
        faculty and staff. Guangzhou's card and its rooms are for whoever studies or works there, Clear Water Bay's
        halls for its students.
        """
        if affiliation == "applicant":
            return {f"{campus.lower()}_sis_id": self.number("10{:06}", 6) for campus in campuses}
        accounts = {}
        current = affiliation != "alumni"
        if "CWB" in campuses:
            accounts["cwb_sis_id"] = self.number("20{:06}", 6)
            accounts["library_id"] = self.number("ustl{:07}", 7)
            if affiliation == "student":
                accounts["cwb_resident_id"] = self.card("R{:07}", 7)
        if "GZ" in campuses:
            accounts["gz_sis_id"] = self.number("50{:06}", 6)
            accounts["gz_library_id"] = self.card("GZL{:08}", 8)
            if current:
                accounts["gz_booking_user"] = self.card("7{:05}", 5)
                accounts["gz_card_number"] = self.card("6222{:08}", 8)
        if affiliation == "student":
            accounts["onestop_id"] = self.number("OS{:08}", 8)
        if current:
            accounts["ticket_address"] = self.number("u{:08}@itsc.ust.example", 8)
        return accounts

    def contact(self, campus: str) -> tuple[str, str, str]:
        given, surname, _ = invent(self.dice, campus)
        return (f"{given} {surname}", self.dice.choice(_RELATIONS), self.telephone(campus))

    def telephone(self, campus: str) -> str:
        if campus == "CWB":
            return f"+852 {self.dice.choice('569')}{self.dice.randrange(1000):03} {self.dice.randrange(10000):04}"
        return f"+86 13{self.dice.randrange(10)} {self.dice.randrange(10000):04} {self.dice.randrange(10000):04}"


def _person(registry: Registry, persona: Persona, campuses: Sequence[str], born: date) -> Person:
    dice, home = registry.dice, persona.home
    street, city = dice.choice(STREETS[home])
    domain = "connect.ust.example" if home == "CWB" else "connect.hkust-gz.example"
    applies = persona.affiliation == "applicant"
    email = "" if applies else persona.email or registry.alias(persona.given_name, persona.surname, domain)
    key = registry.key()
    affiliations = (persona.affiliation,) if persona.affiliation != "faculty" else ("faculty", "staff")
    return Person(
        key,
        persona.given_name,
        persona.surname,
        persona.chinese_name,
        email,
        f"{persona.given_name.split()[0]}.{key[2:].lstrip('0')}@mail.example".lower(),
        registry.telephone(home),
        born,
        dice.choice("mmmfffx" if dice.random() < 0.05 else "mf"),
        dice.choice(_NATIONALITIES) if home == "CWB" else "CN",
        (street, str(dice.randrange(1, 300)), city, "HK" if home == "CWB" else "CN"),
        tuple(registry.contact(home) for _ in range(1 + (dice.random() < 0.5 or bool(persona.id)))),
        home,
        affiliations,
        registry.accounts(campuses, persona.affiliation),
        {},
        persona.entitlements,
        persona.id,
    )


def _born(dice: Random, current: Term, age: int) -> date:
    return date(current.starts.year - age, 1, 1) + timedelta(days=dice.randrange(365))


def staff_of(registry: Registry, students: int, current: Term) -> list[Person]:
    """Personas first, then faculty and staff in proportion: one teacher for about twenty students."""
    dice = registry.dice
    people = [
        _person(registry, persona, (persona.home,), _born(dice, current, 45))
        for persona in PERSONAS
        if persona.affiliation in ("faculty", "staff")
    ]
    for campus, share in (("CWB", 0.75), ("GZ", 0.25)):
        for affiliation, ratio in (("faculty", 20), ("staff", 60)):
            for _ in range(max(6, int(students * share / ratio))):
                somebody = Persona("", *invent(dice, campus), campus, affiliation)
                people.append(_person(registry, somebody, (campus,), _born(dice, current, dice.randrange(30, 62))))
    return people


def applicants_of(registry: Registry, current: Term) -> list[Person]:
    """Who wants to study from next autumn on: the personas only."""
    return [
        _person(registry, persona, (persona.home,), _born(registry.dice, current, 18))
        for persona in PERSONAS
        if persona.affiliation == "applicant"
    ]


def students_of(registry: Registry, students: int, current: Term) -> list[Draft]:
    """`students` current students (75 % at Clear Water Bay, 2 % with records at both campuses) and graduates."""
    dice = registry.dice
    named = [persona for persona in PERSONAS if persona.programmes]
    crowd = students - sum(persona.affiliation == "student" for persona in named)
    drafts = [_draft(registry, persona, current) for persona in named]
    drafts += [_draft(registry, somebody, current) for somebody in _crowd(dice, crowd, students)]
    return drafts


def _crowd(dice: Random, students: int, population: int) -> Iterator[Persona]:
    graduates = population // 12
    programmes = {
        (campus, level): [p.code for p in programmes_of(campus) if p.level == level]
        for campus in CAMPUSES
        for level in YEARS
    }
    for place in range(max(0, students) + graduates):
        home = "CWB" if dice.random() < 0.75 else "GZ"
        graduate = place >= students
        level = "bachelor" if graduate else dice.choice(_LEVELS[home])
        studies = {home: dice.choice(programmes[home, level])}
        if not graduate and place % 50 == 7:
            other = "GZ" if home == "CWB" else "CWB"
            studies[other] = dice.choice(programmes[other, level])
        year = YEARS[level] if graduate else dice.randint(1, YEARS[level])
        yield Persona("", *invent(dice, home), home, "alumni" if graduate else "student", studies, year)


def _draft(registry: Registry, persona: Persona, current: Term) -> Draft:
    home_level = _level(persona.programmes[persona.home])
    born = _born(registry.dice, current, {"bachelor": 18, "master": 23, "doctoral": 25}[home_level] + persona.year)
    if persona.id.startswith("taiman"):
        born = date(current.starts.year - 20, 3, 14)
    person = _person(registry, persona, tuple(persona.programmes), born)
    records = {}
    for campus, programme in persona.programmes.items():
        level = _level(programme)
        # Bo came this term; graduates left last summer; the second campus is visited since this academic year;
        # everybody else began in the autumn of their first year.
        graduate = persona.affiliation == "alumni"
        year = persona.year + graduate if campus == persona.home else 1
        admitted = current.starts if persona.id == "bo" else started(current, year)
        number = person.accounts["cwb_sis_id" if campus == "CWB" else "gz_sis_id"]
        records[campus] = Record(
            campus, number, programme, level, persona.year, admitted, graduation(admitted, level), graduate
        )
    return Draft(person, records)


def _level(programme: str) -> str:
    return {"BSC": "bachelor", "MPHIL": "master", "PHD": "doctoral"}[programme.split("-")[0]]
