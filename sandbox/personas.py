"""The people whom documentation and tests call by name, and what is always true of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Persona:
    id: str
    given_name: str
    surname: str
    chinese_name: str
    home: str
    affiliation: str
    """applicant, student, alumni, faculty or staff."""
    programmes: Mapping[str, str] = field(default_factory=dict)
    """Programme by campus, for those who have a record there."""
    year: int = 0
    email: str = ""
    """Empty: made of the name like everybody's."""
    advised_by_lee: bool = False
    history: tuple[str, ...] = ()
    """What a record surely holds: transfer, withdrawn, failed (and repeated), queued, dropped."""
    entitlements: tuple[str, ...] = ()
    affairs: tuple[str, ...] = ()
    """What the registry and the finance office have on file: exchange; transcript, library or documents (holds);
    owing, in-part or ahead (fees of this term; paid where none of them is named); resident (has a room)."""


RECYCLED_ALIAS = "s.w.ho@connect.ust.example"
"""Wing's until she graduated, Sam's now. Both names shorten to it, and both records show it."""

PERSONAS = (
    Persona("alex", "Alex", "Chan", "陳樂文", "CWB", "student", {"CWB": "BSC-COMP"}, 3, advised_by_lee=True,
            history=("transfer", "withdrawn", "failed", "queued", "dropped"),
            affairs=("exchange", "in-part", "resident")),
    Persona("mei", "Mei", "Lin", "林梅", "GZ", "student", {"GZ": "MPHIL-AIAA"}, 2, history=("queued", "withdrawn"),
            affairs=("transcript", "resident")),
    Persona("jordan", "Jordan", "Wong", "黃子朗", "CWB", "student", {"CWB": "BSC-ELEC", "GZ": "BSC-ROAS"}, 3,
            advised_by_lee=True, history=("transfer", "dropped"), affairs=("exchange", "resident")),
    Persona("wing", "Wing", "Ho", "何詩詠", "CWB", "alumni", {"CWB": "BSC-FINA"}, 4, RECYCLED_ALIAS,
            history=("transfer", "failed"), affairs=("exchange",)),
    Persona("sam", "Sam", "Ho", "何世偉", "CWB", "student", {"CWB": "BSC-ECON"}, 2, RECYCLED_ALIAS,
            history=("withdrawn",), affairs=("library", "resident")),
    Persona("taiman-a", "Tai Man", "Chan", "陳大文", "CWB", "student", {"CWB": "BSC-MATH"}, 2, advised_by_lee=True,
            history=("dropped",), affairs=("owing",)),
    Persona("taiman-b", "Tai Man", "Chan", "陳大文", "CWB", "student", {"CWB": "BSC-ACCT"}, 3, history=("transfer",),
            affairs=("exchange", "transcript")),
    Persona("bo", "Bo", "Tam", "譚波", "CWB", "student", {"CWB": "BSC-SOSC"}, 1, affairs=("documents",)),
    Persona("quinn", "Quinn", "Yeung", "楊晴", "CWB", "student", {"CWB": "BSC-COMP"}, 4,
            history=("transfer", "withdrawn", "failed", "queued", "dropped"),
            affairs=("ahead", "documents", "resident")),
    Persona("lee", "Siu Lung", "Lee", "李小龍", "CWB", "faculty"),
    Persona("rita", "Rita", "Mak", "麥麗達", "CWB", "staff", entitlements=("registrar:CWB",)),
    Persona("pat", "Pat", "Kwok", "郭柏", "CWB", "staff"),
    Persona("ivy", "Ivy", "Tsang", "曾穎", "CWB", "applicant"),
)  # fmt: skip
BO_ENROLMENTS = 2
"""Bo's enrolments: all in the current term."""
QUINN_ENROLMENTS = 40
"""Quinn's enrolments over all terms, each of them a row of the record."""
