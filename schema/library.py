"""What a reader has borrowed, asked for and owes."""

from datetime import date, datetime

import strawberry

from connectors import library
from connectors.library import HoldState, Renewable, RenewalRefusal

from .cards import Data
from .enums import LABEL, STATE_LABEL, described
from .fields import campus_type, field, global_id_of, labelled
from .money import Money
from .node import Node

READER = "To show readers what they have at the library."

described(
    Renewable,
    "Whether a loan may be renewed.",
    {
        "YES": "It may.",
        "NO": "It may not.",
        "UNKNOWN": "The library does not tell it for a list: ask for the one loan by `node(id:)`.",
    },
)
described(
    RenewalRefusal,
    "Why a loan may not be renewed.",
    {
        "RENEWED_TOO_OFTEN": "It was renewed as often as it may be.",
        "WANTED_BY_OTHERS": "Somebody else waits for it.",
        "TOO_SOON": "Not yet.",
        "OVERDUE": "It, or another loan, is overdue.",
        "READER_BLOCKED": "The reader's account is restricted, has run out, or owes too much.",
        "NOT_ALLOWED": "It is of a kind that is not renewed.",
        "NOT_ON_LOAN": "It is not lent to the reader any longer.",
        "OTHER": "Something else: see `renewalRefusalLabel`.",
    },
)
described(
    HoldState,
    "How far a hold has come.",
    {
        "REQUESTED": "Asked for; nothing has happened yet.",
        "IN_PROCESS": "The library is fetching it.",
        "READY_FOR_PICKUP": "It lies on the hold shelf.",
        "OTHER": "Something else: see `stateLabel`.",
    },
)


@campus_type(
    record=library.Loan, data=Data.PERSONAL, system="library", purpose=READER, requires="library:read", node=True
)
class Loan(Node):
    """An item a reader has borrowed."""

    id: strawberry.ID = global_id_of("Loan")
    title: str = field("Title of the work.")
    author: str | None = field("Author, as catalogued.")
    barcode: str | None = field("Barcode of the item.")
    call_number: str | None = field("Where it stands on the shelf.")
    library: str | None = field("Branch it belongs to.")
    campus: str = field("Code of the campus whose library lent it.")
    lent_at: datetime = field("When it was borrowed.")
    due_at: datetime = field("When it must be back.")
    renewable: Renewable = field("Whether it may be renewed.")
    renewable_label: str = labelled("renewable", LABEL)
    renewal_refusal: RenewalRefusal | None = field("Why it may not be renewed; null where the library does not say.")
    renewal_refusal_label: str | None = labelled(
        "renewal_refusal", STATE_LABEL, own="renewal_refusal_label", nullable=True
    )


@campus_type(
    record=library.Hold, data=Data.PERSONAL, system="library", purpose=READER, requires="library:read", node=True
)
class Hold(Node):
    """An item a reader waits for."""

    id: strawberry.ID = global_id_of("Hold")
    title: str | None = field("Title of the work.")
    author: str | None = field("Author, as catalogued.")
    campus: str = field("Code of the campus whose library was asked.")
    state: HoldState = field("How far it has come.")
    state_label: str = labelled("state", STATE_LABEL, own="state_label")
    place_in_queue: int | None = field("1 is next; null where the library does not tell.")
    pickup_location: str | None = field("Where it can be fetched.")
    requested_at: datetime | None = field(
        "When it was asked for: midnight where the library tells the day only, null where not even that."
    )
    expires: date | None = field("After this day it is not kept any longer.")
    cancellation_requested: bool = field(
        "Whether the reader does not want it any longer, and the library has yet to decide."
    )


@campus_type(
    record=library.Fine, data=Data.SENSITIVE, system="library", purpose=READER, requires="library:read", node=True
)
class Fine(Node):
    """A fee a reader still has to pay."""

    id: strawberry.ID = global_id_of("Fine")
    reason: str = field("What it is for, in the library's words.")
    title: str | None = field("The work it is about, if any.")
    campus: str = field("Code of the campus whose library charges it.")
    original: Money = field("What was charged.")
    balance: Money = field("What is still to be paid.")
    charged_at: datetime = field("When it was charged.")
