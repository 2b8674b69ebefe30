"""Who may apply is decided by the office's rules; what is not known never lets anybody through."""

import pytest

from campus.eligibility import EligibilityRule, EligibilityVerdict, Known, Rule, decide

REASON = {"en": "because"}
STUDENTS = Rule(kind=EligibilityRule.AFFILIATION, of=frozenset({"student"}), reason=REASON)
AT_GZ = Rule(kind=EligibilityRule.CAMPUS, of=frozenset({"GZ"}), reason=REASON)
GRADUATES = Rule(kind=EligibilityRule.LEVEL, of=frozenset({"master", "doctoral"}), reason=REASON)
LOST = Rule(kind=EligibilityRule.CARD, of=frozenset({"lost"}), reason=REASON)
VACCINATED = Rule(kind=EligibilityRule.OTHER, of=frozenset({"vaccinated"}), reason=REASON)
MEI = Known(affiliations=frozenset({"student"}), campuses=frozenset({"GZ"}), levels=frozenset({"master"}))
ALUMNA = Known(affiliations=frozenset({"alumni"}), campuses=frozenset({"GZ"}), levels=frozenset())


@pytest.mark.parametrize(
    ("rules", "known", "verdict", "reasons"),
    [
        ([], Known(), "ELIGIBLE", []),
        ([STUDENTS, AT_GZ, GRADUATES], MEI, "ELIGIBLE", []),
        ([STUDENTS, AT_GZ, GRADUATES], ALUMNA, "NOT_ELIGIBLE", [("AFFILIATION", True), ("LEVEL", True)]),
        ([STUDENTS, LOST], MEI, "UNDECIDED", [("CARD", False)]),
        ([STUDENTS, LOST], ALUMNA, "NOT_ELIGIBLE", [("AFFILIATION", True)]),
        ([VACCINATED], MEI, "UNDECIDED", [("OTHER", False)]),
        ([STUDENTS, AT_GZ, GRADUATES, LOST, VACCINATED], Known(), "UNDECIDED",
         [("AFFILIATION", False), ("CAMPUS", False), ("LEVEL", False), ("CARD", False), ("OTHER", False)]),
        ([LOST], Known(cards=frozenset({"active", "lost"})), "ELIGIBLE", []),
        ([LOST], Known(cards=frozenset()), "NOT_ELIGIBLE", [("CARD", True)]),
    ],
)  # fmt: skip
def test_a_verdict_follows_from_the_rules_and_what_is_known(rules, known, verdict, reasons):
    found = decide(rules, known)
    assert found.verdict is EligibilityVerdict[verdict]
    assert found.eligible is (verdict == "ELIGIBLE")
    assert [(each.code.name, each.decided) for each in found.reasons] == reasons
    assert all(each.text == REASON for each in found.reasons)
