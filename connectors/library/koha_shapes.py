"""What Koha's REST API answers, under its own names: only what is read; what may be missing has a default."""

from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from connectors.wire import Moment


class PatronOnWire(Struct):
    patron_id: int
    cardnumber: str | None = None
    userid: str | None = None


class ReachedOnWire(Struct):
    """A patron: how to reach one, and what an update must name whatever it is about."""

    patron_id: int
    surname: str | None
    library_id: str
    category_id: str
    email: str | None = None
    phone: str | None = None
    street_number: str | None = None
    street_type: str | None = None
    address: str | None = None
    address2: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: str | None = None


class CheckoutOnWire(Struct):
    checkout_id: int
    patron_id: int
    due_date: Moment
    checkout_date: Moment
    item_id: int | None = None
    checkin_date: str | None = None


class AllowsRenewal(Struct):
    allows_renewal: bool
    error: str | None = None
    """A word of its own for why not: too_many, on_reserve."""


class HoldOnWire(Struct):
    hold_id: int
    patron_id: int
    biblio_id: int
    hold_date: date | None = None
    status: str | None = None
    """A letter once a copy was found; null in the queue."""
    priority: int | None = None
    """1 is next; 0 once a copy was found."""
    pickup_library_id: str | None = None
    expiration_date: date | None = None
    suspended: bool = False
    cancellation_requested: bool = False


class LineOnWire(Struct):
    account_line_id: int
    patron_id: int
    date: Moment
    amount: Decimal
    amount_outstanding: Decimal
    debit_type: str | None = None
    description: str | None = None
    item_id: int | None = None


class DebitsOnWire(Struct):
    lines: list[LineOnWire] = field(default_factory=list)


class AccountOnWire(Struct):
    balance: Decimal
    outstanding_debits: DebitsOnWire


class BiblioOnWire(Struct):
    title: str | None = None
    subtitle: str | None = None
    author: str | None = None


class Meaning(Struct):
    """What a code stands for, in words."""

    str: str


class ItemOnWire(Struct):
    item_id: int
    biblio_id: int
    external_id: str | None = None
    """Its barcode."""
    callnumber: str | None = None
    home_library_id: str | None = None
    biblio: BiblioOnWire | None = None
    strings: dict[str, Meaning] = field(default_factory=dict, name="_strings")


class RefusalOnWire(Struct):
    error: str
    error_code: str | None = None


class LibraryOnWire(Struct):
    library_id: str
    name: str
