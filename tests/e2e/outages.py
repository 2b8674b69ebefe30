"""What is missing from a dashboard when a system does not answer: derived from the healthy answer, path by path."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from pipeline.settings import Settings
from tests.simulated_campus import Answer, University

SYSTEMS = (
    "sis-cwb",
    "sis-gz",
    "library-cwb",
    "library-gz",
    "onestop-gz",
    "tickets-cwb",
    "shuttle-gz",
    "rates-hkma",
    "life-cwb",
    "life-gz",
    "facilities-gz",
    "notices-cwb",
    "notices-gz",
)
PEOPLE = ("alex", "mei", "jordan")

SHORT = 0.5
"""Seconds that a system is given which hangs, where a test need not wait for the usual two."""

STUDY = ("profile", "contacts", "academicRecord", "account", "enrolments", "timetable")
RECORD_LISTS = ("programmes", "terms", "standing", "enrolmentHolds")
RECORD_SUMS = ("cumulativeGpa", "majorGpa", "creditsEarned")
"""Fields of the record: each asks for itself, once it is known whose record it is; sums are of all campuses or none."""
SHELF = ("loans", "holds", "fines")

LOST: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("sis-cwb", "alex"): STUDY,
    ("sis-gz", "mei"): STUDY,
    ("library-cwb", "alex"): SHELF,
    ("library-gz", "mei"): SHELF,
    **{("onestop-gz", who): ("applications",) for who in PEOPLE},
    ("life-cwb", "alex"): ("housing",),
    ("life-gz", "mei"): ("housing", "campusCards"),
    **{("tickets-cwb", who): ("tickets",) for who in PEOPLE},
    ("facilities-gz", "mei"): ("bookings",),
    ("facilities-gz", "jordan"): ("bookings",),
}
"""Fields of `me` that are null when the system stops. Where a pair is missing, the person has no account there."""

CAMPUS_OF = {"sis-cwb": "CWB", "sis-gz": "GZ"}
LIBRARIES = {"library-cwb": "CWB", "library-gz": "GZ"}

HOMES = {"life-cwb": "CWB", "life-gz": "GZ"}
"""Who gives rooms at which campus."""

WHO_KNOWS = {("sis-cwb", "alex"): ("housing", "campusCards"), ("sis-gz", "mei"): ("housing",)}
"""Whether a person has a room or a card at the other campus: only their student system can say, and does so once."""

IN_PART = (
    "me.profile", "me.contacts", "me.account", "me.account.balance", "me.enrolments", "me.timetable",
    *(f"me.academicRecord.{name}" for name in (*RECORD_LISTS, *RECORD_SUMS)),
)  # fmt: skip
"""Where it is told that one of two campuses is missing; beside these, in the average of each term that is left."""


LOOKED_UP: Mapping[tuple[str, str], tuple[str, ...]] = {("sis-cwb", "alex"): ("bookings",)}
"""Fields of which nobody can say whose they are: only Clear Water Bay knows that Alex books no rooms in Guangzhou."""

ONE_LIBRARY = {("sis-gz", "mei"), ("sis-cwb", "alex")}
"""Who has nothing in the other campus's library, and whose own campus alone can say so."""


class Outage(NamedTuple):
    """One system that fails, and what is told of it."""

    system: str
    code: str
    retry_after: int | None = None
    known: bool = True
    """Whether the gateway had found everybody's accounts before."""

    @property
    def missing(self) -> list[dict[str, Any]]:
        """What `unavailable` holds of it."""
        return [{"system": self.system, "code": self.code, "retryAfter": self.retry_after}]

    def faults(self, who: str, healthy: Any) -> set[tuple[str, str, str | None]]:
        if self.system == "shuttle-gz":
            alerts = (f"shuttles.nodes.{place}.alerts" for place, _ in enumerate(healthy["shuttles"]["nodes"]))
            paths: tuple[str, ...] = ("shuttles", *alerts)
        elif who == "jordan" and self.system in HOMES:
            paths = ("me.housing", "me.campusCards") if self.system == "life-gz" else ("me.housing",)
        elif who == "jordan" and self.system in CAMPUS_OF:
            left = self._of_one_campus({name: healthy["me"][name] for name in STUDY})["academicRecord"]["terms"]
            averages = (f"me.academicRecord.terms.nodes.{place}.gpa" for place, _ in enumerate(left["nodes"]))
            paths = (*IN_PART, *averages)
        else:
            lost = LOST.get((self.system, who), ()) + (() if self.known else LOOKED_UP.get((self.system, who), ()))
            lost += SHELF if self._part_of_the_shelf(who) else ()
            asking = () if self.known else WHO_KNOWS.get((self.system, who), ())
            paths = tuple(f"me.{name}" for name in (*lost, *asking))
            if self.system == "facilities-gz":
                # What there is, is public and in memory; when it is free has to be asked.
                places = range(len(healthy["facilities"]["nodes"]))
                paths += tuple(f"facilities.nodes.{place}.availability" for place in places)
            if self.known and "academicRecord" in lost:
                parts = (f"me.academicRecord.{name}" for name in (*RECORD_LISTS, *RECORD_SUMS))
                paths = (*(path for path in paths if path != "me.academicRecord"), *parts)
        return {(path, self.code, self.system) for path in paths}

    def seen_in(self, healthy: Any, who: str) -> Any:
        """The answer to `who` that the healthy one becomes."""
        data = deepcopy(healthy)
        if self.system == "shuttle-gz":
            data["shuttles"] = {
                "nodes": [
                    {**each, "expectedAt": None, "delay": None, "alerts": None} for each in data["shuttles"]["nodes"]
                ],
                "unavailable": self.missing,
            }
        elif who == "jordan" and self.system in HOMES:
            left = without_campus(data["me"]["housing"], HOMES[self.system])
            data["me"]["housing"] = {**left, "unavailable": self.missing}
            data["me"]["campusCards"] = data["me"]["campusCards"] if self.system == "life-cwb" else None
        elif who == "jordan" and self.system in CAMPUS_OF:
            data["me"] |= self._of_one_campus({name: data["me"][name] for name in STUDY})
        else:
            lost = LOST.get((self.system, who), ())
            data["me"] |= dict.fromkeys(lost)
            if not self.known and (self.system, who) in WHO_KNOWS:
                data["me"]["housing"] = {**data["me"]["housing"], "unavailable": self.missing}
            if self.system == "facilities-gz":
                data["facilities"]["nodes"] = [{**each, "availability": None} for each in data["facilities"]["nodes"]]
            if self.known and "academicRecord" in lost:
                # Whose record it is, is known; what stands in it is not.
                data["me"]["academicRecord"] = dict.fromkeys((*RECORD_LISTS, *RECORD_SUMS))
        if self._part_of_the_shelf(who):
            data["me"] |= self._of_one_library({name: data["me"][name] for name in SHELF})
        return data

    def _of_one_library(self, shelf: Any) -> Any:
        lost = LIBRARIES.get(self.system, "")
        return {
            name: {"nodes": without_campus(held["nodes"], lost), "unavailable": self.missing}
            for name, held in shelf.items()
        }

    def _part_of_the_shelf(self, who: str) -> bool:
        """Whether one of two libraries is missing, or cannot be asked since nobody says who the reader is there."""
        if self.system in LIBRARIES:
            return who == "jordan"
        return not self.known and (self.system, who) in ONE_LIBRARY

    def _of_one_campus(self, study: Any) -> Any:
        """Lists that came in part: what the other campus gave, and who is missing; nothing is said of conflicts."""
        lost = CAMPUS_OF[self.system]
        kept = without_campus(study, lost)
        terms = kept["academicRecord"]["terms"]
        terms["nodes"] = [{**term, "gpa": None} for term in terms["nodes"] if term["results"]]
        record = kept["academicRecord"]
        for part in (kept["profile"], kept["contacts"], *(record[name] for name in RECORD_LISTS),
                     kept["enrolments"], kept["timetable"]["meetings"]):  # fmt: skip
            part["unavailable"] = self.missing
        record |= dict.fromkeys(RECORD_SUMS)
        kept["account"]["balance"] = kept["timetable"]["conflicts"] = None
        return kept


def with_short(university: University, system: str) -> Settings:
    """Little time for one system, and two seconds for each other."""
    settings = university.settings()
    systems = [each.model_copy(update={"timeout": SHORT}) if each.id == system else each for each in settings.systems]
    return settings.model_copy(update={"systems": tuple(systems)})


def gone(value: Any) -> bool:
    """Null, or nothing in it that is not."""
    return value is None or (isinstance(value, dict) and all(map(gone, value.values())))


def without_campus(value: Any, campus: str) -> Any:
    """The same without any row of that campus."""
    if isinstance(value, list):
        rows = (row for row in value if not (isinstance(row, dict) and row.get("campus") == campus))
        return [without_campus(row, campus) for row in rows]
    if isinstance(value, dict):
        return {name: without_campus(each, campus) for name, each in value.items()}
    return value


def compared(answer: Answer) -> Any:
    """An answer without what changes by itself: the end of the session, and how systems did before they were asked."""
    data = deepcopy(answer.data)
    del data["viewer"]["sessionExpiresAt"], data["systems"]
    return data
