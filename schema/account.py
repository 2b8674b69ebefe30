"""What a student owes and has paid, and how one pays at each campus."""

from datetime import date, datetime

from connectors import sis
from resolvers import account

from .cards import Data
from .fields import campus_type, field, resolved, translated
from .money import Money
from .node import Listing

PAYER = "To show students what they owe and how to pay it."


@campus_type(record=sis.Charge, data=Data.SENSITIVE, system="sis", purpose=PAYER, requires="account:read")
class Charge:
    """Something a campus charged."""

    item: str = translated("item", "What for.")
    amount: Money = field("How much, in the campus's currency.")
    campus: str = field("Code of the campus.")
    term_code: str | None = field("Code of the term it is for.")
    posted: date = field("When it was charged.")
    due: date = field("Last day to pay it.")


@campus_type(record=sis.Payment, data=Data.SENSITIVE, system="sis", purpose=PAYER, requires="account:read")
class Payment:
    """Something a student paid."""

    amount: Money = field("How much, in the campus's currency.")
    campus: str = field("Code of the campus it was paid to.")
    paid_at: datetime = field("When it arrived.")
    method: str = field("How, as in `payableBy`.")
    reference: str | None = field("The campus's number of the payment.")


@campus_type(record=sis.PaymentMethod, data=Data.PERSONAL, system="sis", purpose=PAYER, requires="account:read")
class PaymentMethod:
    """A way to pay what is owed at a campus."""

    method: str = field("Code of it, such as fps or alipay.")
    name: str = translated("name", "What it is called.")
    campus: str = field("Code of the campus where one pays like this.")
    currency: str = field("ISO 4217 code of the currency one pays in.")
    url: str = field("Page on which one pays.")


@campus_type(record=account.Account, data=Data.SENSITIVE, system="sis", purpose=PAYER, requires="account:read")
class Account:
    """A student's accounts at all campuses as one."""

    balance: list[Money] | None = resolved(
        account.balance,
        "What is still to be paid, due or not, one amount for each currency; below zero where more was paid than "
        "charged. Null, with an error, unless every campus could be asked.",
    )
    charges: Listing[Charge] = field("What was charged, the latest due first.")
    payments: Listing[Payment] = field("What was paid, the latest first.")
    payable_by: Listing[PaymentMethod] = field("How one can pay at each campus that keeps an account of the student.")
