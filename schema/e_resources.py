"""Databases, journals, e-books and software, and whether the person may use them."""

from connectors.library import EResourceKind
from resolvers import e_resources as resolvers
from resolvers.entitlement import NotEntitled

from .cards import Data
from .enums import LABEL, STATE_LABEL, described
from .fields import campus_type, field, labelled

ENTITLED = "To show readers what they may use online, and why not what they may not."

described(
    EResourceKind,
    "What an e-resource is.",
    {
        "DATABASE": "A database, of facts or of references.",
        "JOURNAL": "A journal, or a collection of them.",
        "EBOOK_COLLECTION": "A collection of e-books.",
        "SOFTWARE": "Software that the university has a licence of.",
        "OTHER": "Something else: see `kindLabel`.",
    },
)
described(
    NotEntitled,
    "Why no licence lets somebody in, or nobody can tell.",
    {
        "INACTIVE": "The licence has not begun, or is over.",
        "CAMPUS": "It is another campus's.",
        "AFFILIATION": "It is for others: for members of staff, say, or not for alumni.",
        "UNKNOWN": "What the library has on record does not tell: ask the library.",
    },
)


@campus_type(record=resolvers.Access, data=Data.PERSONAL, system="library", purpose=ENTITLED, requires="library:read")
class EResource:
    """Something to use online, and whether the person may."""

    name: str = field("Name.")
    kind: EResourceKind = field("What it is.")
    kind_label: str = labelled("kind", STATE_LABEL, own="kind_label")
    campus: str = field("Code of the campus whose library has the licence.")
    access_url: str | None = field("Where it is used; who may, is asked there again.")
    entitled: bool | None = field(
        "Whether a licence lets the person in, by campus and affiliation; null where nobody can tell."
    )
    reason: NotEntitled | None = field("Why not, or that nobody can tell; null for who may.")
    reason_label: str | None = labelled("reason", LABEL, nullable=True)
