"""What is missing from a dashboard when a system does not answer: derived from the healthy answer, path by path."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from tests.simulated_campus import Answer

SYSTEMS = ("sis-cwb", "sis-gz", "library-cwb", "onestop-gz", "tickets-cwb", "shuttle-gz")
PEOPLE = ("alex", "mei", "jordan")

STUDY = ("profile", "contacts", "academicRecord", "account", "enrolments", "timetable")
RECORD_LISTS = ("programmes", "terms", "standing", "enrolmentHolds")
RECORD_SUMS = ("cumulativeGpa", "majorGpa", "creditsEarned")
"""Fields of the record: each asks for itself, once it is known whose record it is; sums are of all campuses or none."""
SHELF = ("loans", "holds", "fines")

LOST: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("sis-cwb", "alex"): STUDY,
    ("sis-gz", "mei"): STUDY,
    ("library-cwb", "alex"): SHELF,
    ("library-cwb", "jordan"): SHELF,
    **{("onestop-gz", who): ("applications",) for who in PEOPLE},
    **{("tickets-cwb", who): ("tickets",) for who in PEOPLE},
}
"""Fields of `me` that are null when the system stops. Where a pair is missing, the person has no account there."""

CAMPUS_OF = {"sis-cwb": "CWB", "sis-gz": "GZ"}

IN_PART = (
    "me.profile", "me.contacts", "me.account", "me.account.balance", "me.enrolments", "me.timetable",
    *(f"me.academicRecord.{name}" for name in (*RECORD_LISTS, *RECORD_SUMS)),
)  # fmt: skip
"""Where it is told that one of two campuses is missing; beside these, in the average of each term that is left."""


LOOKED_UP: Mapping[tuple[str, str], tuple[str, ...]] = {("sis-gz", "mei"): SHELF}
"""Fields of which nobody can say whose they are: only Guangzhou knows that Mei has no library account."""


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
            paths: tuple[str, ...] = ("shuttles",)
        elif who == "jordan" and self.system in CAMPUS_OF:
            left = self._of_one_campus({name: healthy["me"][name] for name in STUDY})["academicRecord"]["terms"]
            averages = (f"me.academicRecord.terms.nodes.{place}.gpa" for place, _ in enumerate(left["nodes"]))
            paths = (*IN_PART, *averages)
        else:
            lost = LOST.get((self.system, who), ()) + (() if self.known else LOOKED_UP.get((self.system, who), ()))
            paths = tuple(f"me.{name}" for name in lost)
            if self.known and "academicRecord" in lost:
                parts = (f"me.academicRecord.{name}" for name in (*RECORD_LISTS, *RECORD_SUMS))
                paths = (*(path for path in paths if path != "me.academicRecord"), *parts)
        return {(path, self.code, self.system) for path in paths}

    def seen_in(self, healthy: Any, who: str) -> Any:
        """The answer to `who` that the healthy one becomes."""
        data = deepcopy(healthy)
        if self.system == "shuttle-gz":
            data["shuttles"] = {
                "nodes": [{**each, "expectedAt": None} for each in data["shuttles"]["nodes"]],
                "unavailable": self.missing,
            }
        elif who == "jordan" and self.system in CAMPUS_OF:
            data["me"] |= self._of_one_campus({name: data["me"][name] for name in STUDY})
        else:
            lost = LOST.get((self.system, who), ())
            data["me"] |= dict.fromkeys(lost)
            if self.known and "academicRecord" in lost:
                # Whose record it is, is known; what stands in it is not.
                data["me"]["academicRecord"] = dict.fromkeys((*RECORD_LISTS, *RECORD_SUMS))
        return data

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
