"""The service catalogue deployed, and who has applied for what at the simulated One Stop, in every state there is."""

import random
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .flowable_deployments import deploy, packed
from .flowable_engine import TABLES, Engine, stamp
from .flowable_officers import SEEDED
from .flowable_services import SERVICES
from .university import Person, University

_STATES = ("running", "finished", "returned", "withdrawn", "rejected", "phased", "new")
_COMMENTS = {"returned": "Please attach a proof, {}.", "rejected": "Not possible this term, {}."}


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Deploys the services and tells the applications of everybody who has a `onestop_id`."""
    db.executescript(TABLES)
    chance, ids, papers = (random.Random(f"{university.seed}:{of}:{campus}") for of in ("flowable", "ids", "papers"))
    engine = Engine(db, lambda: str(uuid.UUID(int=ids.getrandbits(128), version=4)))
    for number, service in enumerate(SERVICES):
        deployed = university.now - timedelta(days=400 - number)
        if service["key"] == "accommodation-certificate":
            # Its first version asked for no number of copies; only `latest=true` tells the two apart.
            _deploy(engine, _without(service, "copies"), deployed - timedelta(days=200))
        _deploy(engine, service, deployed)
    past = _Past(engine, chance, papers, university.now)
    for person in university.people:
        if "onestop_id" in person.accounts:
            for number in range(_amount(chance, person)):
                past.apply(person, number)
    db.commit()


def _deploy(engine: Engine, service: dict[str, Any], at: datetime) -> None:
    deploy(engine, service["name"]["en"], packed(service), at)


def _without(service: dict[str, Any], field: str) -> dict[str, Any]:
    form = service["form"]
    return service | {"form": form | {"properties": {n: s for n, s in form["properties"].items() if n != field}}}


def _amount(chance: random.Random, person: Person) -> int:
    fixed = {"quinn": 40, "bo": 2}
    if person.persona:
        return fixed.get(person.persona) or chance.randint(2, 6)
    return chance.choice((0, 0, 1, 2, 3)) if chance.random() < 0.6 else 0


@dataclass(frozen=True, slots=True)
class _Past:
    engine: Engine
    chance: random.Random
    papers: random.Random
    """Dice of their own for files, so that who applied for what does not change by them."""
    now: datetime

    def apply(self, person: Person, number: int) -> None:
        state = _STATES[number % len(_STATES)]
        phased = state == "phased"
        service = self.chance.choice([one for one in SERVICES if not phased or one["phases"]])
        fewest = {"new": 0, "running": 1}.get(state, 4)
        at = self.now - timedelta(
            days=self.chance.randint(fewest + 10, fewest + 200), seconds=self.chance.randrange(30_000)
        )
        (definition,) = self.engine.db.execute(
            "select id from definition where key = ? order by version desc", (service["key"],)
        ).fetchone()
        instance = self.engine.start(definition, f"{person.accounts['onestop_id']}-{number + 1:04d}", SEEDED, at)
        self.engine.put(instance, "applicant", person.accounts["onestop_id"])
        self.engine.put(instance, "title", f"{service['name']['en']} – {person.given_name} {person.surname}")
        self.engine.put(instance, "form", self._filled(service, person))
        self._attach(instance, service, person, at)
        self.engine.begin(instance, at)
        self._handle(instance, state, at, person)

    def _handle(self, instance: str, state: str, at: datetime, person: Person) -> None:
        steps, day = len(self.engine.service_of(instance)["steps"]), timedelta(days=1)
        if state == "running" and steps > 1:
            self._decide(instance, "approved", "Documents complete.", at + day)
        elif state == "finished":
            for number in range(steps):
                self._decide(instance, "approved", f"Agreed, {person.given_name}.", at + day * (number + 1))
        elif state == "withdrawn":
            self.engine.delete(instance, "withdrawn", at + timedelta(hours=5))
        elif state == "phased":
            while not self.engine.get(instance, "milestones"):
                at += day
                self._decide(instance, "approved", "Conditions are met.", at)
        elif state in _COMMENTS:
            self._decide(instance, state, _COMMENTS[state].format(person.given_name), at + day)

    def _decide(self, instance: str, decision: str, comment: str, at: datetime) -> None:
        task = self.engine.waiting(instance)
        self.engine.put(instance, "decision", decision, task=task)
        self.engine.put(instance, "comment", comment, task=task)
        self.engine.complete(task, at)

    def _attach(self, instance: str, service: dict[str, Any], person: Person, at: datetime) -> None:
        """Files are binary variables, and what the applicant calls them stands in the variable `files`."""
        told = []
        for wanted in service["files"]:
            if not wanted["required"] and self.papers.random() < 0.5:
                continue
            content = f"{wanted['name']['en']} of {person.given_name} {person.surname}, {person.key}".encode()
            content += bytes(self.papers.randrange(200, 4000))
            variable, ending = f"file_{wanted['id']}", wanted["types"][0].rpartition("/")[2]
            self.engine.put(instance, variable, content)
            told.append(
                {
                    "variable": variable,
                    "name": f"{wanted['id']}-{person.surname.lower()}.{ending}",
                    "type": wanted["types"][0],
                    "size": len(content),
                    "uploadedAt": stamp(at),
                }
            )
        if told:
            self.engine.put(instance, "files", told)

    def _filled(self, service: dict[str, Any], person: Person) -> dict[str, Any]:
        return {name: self._value(name, schema, person) for name, schema in service["form"]["properties"].items()}

    def _value(self, name: str, schema: dict[str, Any], person: Person) -> Any:
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        match schema["type"], schema.get("format"):
            case "integer", _:
                return self.chance.randint(max(1, schema["minimum"]), schema["maximum"])
            case "boolean", _:
                return True
            case "string", "date":
                return str(self.now.date() + timedelta(days=self.chance.randint(5, 30)))
            case "string", "date-time":
                days = self.chance.randint(5, 30)
                return stamp((self.now + timedelta(days=days)).replace(hour=9 if name == "from" else 12, minute=0))
        return f"{name}: as told by {person.given_name} {person.surname}, {person.key}"
