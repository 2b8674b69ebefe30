"""What Alma's REST APIs answer of a reader, under its names: only what is read; what may be missing has a default."""

from decimal import Decimal

from msgspec import Struct, field

from connectors.wire import Moment

THRESHOLDS = frozenset({"PER_SECOND_THRESHOLD", "DAILY_THRESHOLD"})
"""Codes of errors that say that too much is asked, whatever the status."""


class Valued(Struct):
    """A code and what Alma calls it; either may be null."""

    value: str | None = None
    desc: str | None = None


class LoanOnWire(Struct):
    loan_id: str
    title: str
    due_date: Moment
    loan_date: Moment
    author: str | None = None
    item_barcode: str | None = None
    call_number: str | None = None
    library: Valued | None = None
    renewable: bool | None = None


class LoansOnWire(Struct):
    total_record_count: int
    item_loan: list[LoanOnWire] = field(default_factory=list)


class RequestOnWire(Struct):
    request_id: str
    request_type: str
    request_status: str
    request_time: Moment
    title: str | None = None
    author: str | None = None
    mms_id: str | None = None
    place_in_queue: int | None = None
    pickup_location: str | None = None
    expiry_date: str | None = None


class RequestsOnWire(Struct):
    total_record_count: int
    user_request: list[RequestOnWire] = field(default_factory=list)


class FeeOnWire(Struct):
    id: str
    type: Valued
    balance: Decimal
    original_amount: Decimal
    creation_time: Moment
    title: str | None = None


class FeesOnWire(Struct):
    total_record_count: int
    currency: str | None = None
    fee: list[FeeOnWire] = field(default_factory=list)


class ErrorOnWire(Struct, rename="camel"):
    error_code: str
    error_message: str = ""


class ErrorList(Struct):
    error: list[ErrorOnWire]


class ErrorsOnWire(Struct, rename="camel"):
    error_list: ErrorList


class LibraryOnWire(Struct):
    code: str
    name: str | None = None


class LibrariesOnWire(Struct):
    library: list[LibraryOnWire]


class EmailOnWire(Struct):
    email_address: str
    preferred: bool = False
    email_type: list[Valued] = field(default_factory=list)


class PhoneOnWire(Struct):
    phone_number: str
    preferred: bool = False
    phone_type: list[Valued] = field(default_factory=list)


class AddressOnWire(Struct):
    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    line4: str | None = None
    line5: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: Valued | None = None
    preferred: bool = False
    address_type: list[Valued] = field(default_factory=list)


class ContactInfo(Struct):
    email: list[EmailOnWire] = field(default_factory=list)
    phone: list[PhoneOnWire] = field(default_factory=list)
    address: list[AddressOnWire] = field(default_factory=list)


class UserOnWire(Struct):
    primary_id: str
    contact_info: ContactInfo | None = None
