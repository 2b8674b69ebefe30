"""Where a person lives, and what their campus card tells."""

from datetime import date, datetime

import strawberry

from connectors import gz_campus
from connectors.gz_campus import CardStatus, HousingState, LossState, RentPeriod, TransactionKind
from resolvers import campus_life

from .cards import Data
from .enums import LABEL, STATE_LABEL, described
from .fields import campus_type, field, global_id_of, labelled, resolved, translated
from .location import Location
from .money import Money
from .node import Connection, Node

RESIDENT = "To show people where they live and what for."
HOLDER = "To show people what is on their campus card."

described(
    HousingState,
    "How a contract for a room stands.",
    {
        "UPCOMING": "It begins later.",
        "ACTIVE": "It is in force.",
        "ENDED": "It is over.",
        "CANCELLED": "It was called off.",
        "OTHER": "Something else: see `stateLabel`.",
    },
)
described(
    RentPeriod,
    "The time a rent is for.",
    {"MONTH": "A month.", "TERM": "A term.", "YEAR": "A year.", "OTHER": "Some other time."},
)
described(
    CardStatus,
    "What a campus card is good for.",
    {
        "ACTIVE": "Doors and tills take it.",
        "FROZEN": "Nobody takes it for now.",
        "EXPIRED": "Its time is over.",
        "CLOSED": "It was given back.",
        "OTHER": "Something else: see `statusLabel`.",
    },
)
described(
    LossState,
    "Whether a campus card was lost.",
    {
        "NOT_REPORTED": "Nobody said so.",
        "REPORTED": "It was reported lost.",
        "REPLACED": "It was lost, and there is a new one.",
        "OTHER": "Something else: see `lossLabel`.",
    },
)
described(
    TransactionKind,
    "What happened to the money on a campus card.",
    {
        "PURCHASE": "Something was paid.",
        "TOP_UP": "The card was filled.",
        "FEE": "The office took a fee.",
        "REFUND": "Something was paid back.",
        "OTHER": "Something else: see `kindLabel`.",
    },
)


@campus_type(
    record=gz_campus.RoomChange, data=Data.PERSONAL, system="gz_campus", purpose=RESIDENT, requires="housing:read"
)
class RoomChangeWindow:
    """Days on which a change of room may be asked for, at One Stop."""

    opens: date = field("The first.")
    closes: date = field("The last.")
    open: bool = resolved(campus_life.open_now, "Whether today is one of them.")


@campus_type(
    record=gz_campus.Housing,
    data=Data.SENSITIVE,
    system="gz_campus",
    purpose=RESIDENT,
    requires="housing:read",
    node=True,
)
class Housing(Node):
    """A contract for a room. Who else lives there is not told to anybody, only how many."""

    id: strawberry.ID = global_id_of("Housing")
    contract_number: str = resolved(campus_life.number_of_contract, "The housing office's number of the contract.")
    campus: str = field("Code of the campus that gives the room.")
    state: HousingState = field("How the contract stands.")
    state_label: str = labelled("state", STATE_LABEL, own="state_label")
    starts: date = field("First day.")
    ends: date = field("Last day.")
    residence: str = translated("residence", "Name of the residence.")
    residence_code: str = field("The office's code of it.")
    room: str = field("Number of the room.")
    location: Location = field("Where the residence stands.")
    beds: int = field("How many may live in the room.")
    roommates: int = field("How many others have a contract for the same room and time.")
    rent: Money = field("What the room costs, in the campus's currency.")
    rent_period: RentPeriod = field("The time that the rent is for.")
    rent_period_label: str = labelled("rent_period", LABEL)
    room_change: RoomChangeWindow | None = field(
        "When another room may be asked for; null where that is not announced."
    )


@campus_type(
    record=gz_campus.CardTransaction, data=Data.SENSITIVE, system="gz_campus", purpose=HOLDER, requires="card:read"
)
class CardTransaction:
    """Something that was paid with a campus card, or into it."""

    number: int = field("Counts up with time, per card.")
    posted_at: datetime = field("When it was booked.")
    kind: TransactionKind = field("What happened.")
    kind_label: str = labelled("kind", STATE_LABEL, own="kind_label")
    place: str = translated("place", "Where.")
    amount: Money = field("How much; below zero where it was spent.")
    balance: Money = field("What was on the card afterwards.")


@campus_type(record=gz_campus.CampusCard, data=Data.SENSITIVE, system="gz_campus", purpose=HOLDER, requires="card:read")
class CampusCard:
    """The card that opens doors and pays on a campus. A loss is reported at One Stop."""

    campus: str = field("Code of the campus that gave it.")
    status: CardStatus = field("What it is good for.")
    status_label: str = labelled("status", STATE_LABEL, own="status_label")
    valid_until: date = field("The last day on which it is good.")
    balance: Money = field("What is on it now.")
    loss_state: LossState = field("Whether it was lost.")
    loss_label: str = labelled("loss_state", STATE_LABEL, own="loss_label")
    loss_reported_at: datetime | None = field("When it was reported lost; null unless it was.")
    transactions: Connection[CardTransaction] | None = resolved(
        campus_life.transactions,
        "What was paid with it, the latest first.",
        arguments={
            "first": "Items on a page, 1 to 100; up to 20 come without a further call.",
            "after": "Cursor of the item before.",
        },
    )
