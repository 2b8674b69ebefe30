"""Whether a person may apply for a service: rules that the responsible office states, decided over what is known."""

import enum
from collections.abc import Sequence

from .record import Record
from .text import Text


class EligibilityRule(enum.Enum):
    """What a rule looks at."""

    AFFILIATION = "AFFILIATION"
    CAMPUS = "CAMPUS"
    LEVEL = "LEVEL"
    CARD = "CARD"
    OTHER = "OTHER"


class EligibilityVerdict(enum.Enum):
    ELIGIBLE = "ELIGIBLE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    UNDECIDED = "UNDECIDED"


class Rule(Record, frozen=True):
    """A condition: the person has one of these values."""

    kind: EligibilityRule
    of: frozenset[str]
    reason: Text
    """What the office says to whom the condition shuts out."""


class Known(Record, frozen=True):
    """What is known of a person, by kind of rule; None is not known, empty is that there is nothing."""

    affiliations: frozenset[str] | None = None
    campuses: frozenset[str] | None = None
    levels: frozenset[str] | None = None
    """Of the programmes studied now: bachelor, master, doctoral."""
    cards: frozenset[str] | None = None
    """States of the person's campus cards."""

    def values(self, kind: EligibilityRule) -> frozenset[str] | None:
        return {
            EligibilityRule.AFFILIATION: self.affiliations,
            EligibilityRule.CAMPUS: self.campuses,
            EligibilityRule.LEVEL: self.levels,
            EligibilityRule.CARD: self.cards,
        }.get(kind)


class EligibilityReason(Record, frozen=True):
    """A rule that shuts the person out, or that cannot be decided now."""

    code: EligibilityRule
    decided: bool
    text: Text


class Eligibility(Record, frozen=True):
    verdict: EligibilityVerdict
    reasons: Sequence[EligibilityReason]

    @property
    def eligible(self) -> bool:
        return self.verdict is EligibilityVerdict.ELIGIBLE


def decide(rules: Sequence[Rule], known: Known) -> Eligibility:
    """All rules must hold. One that fails decides; one that cannot be decided leaves the whole undecided."""
    failed, unknown = [], []
    for rule in rules:
        values = known.values(rule.kind)
        if values is None:
            unknown.append(EligibilityReason(code=rule.kind, decided=False, text=rule.reason))
        elif not values & rule.of:
            failed.append(EligibilityReason(code=rule.kind, decided=True, text=rule.reason))
    if failed:
        return Eligibility(verdict=EligibilityVerdict.NOT_ELIGIBLE, reasons=failed)
    if unknown:
        return Eligibility(verdict=EligibilityVerdict.UNDECIDED, reasons=unknown)
    return Eligibility(verdict=EligibilityVerdict.ELIGIBLE, reasons=[])
