"""Persons as one campus knows them, in campus words: who they are, how to reach them, what they owe."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from campus.contacts import PostalAddress
from campus.money import Money
from campus.record import Record
from campus.text import Text


class EmergencyContact(Record, frozen=True):
    campus: str
    name: str
    relation: str | None
    telephone: str | None


class Contacts(Record, frozen=True):
    system: str
    campus: str
    email: str | None
    private_email: str | None
    telephone: str | None
    address: PostalAddress | None


class Identity(Record, frozen=True):
    """Who a person is to the student systems: enough to ask on, nothing to show."""

    system: str
    wire_id: str
    number: str
    """Student or employee number; primaryCode."""
    student: bool
    """Is or was a student here, as the kind of the number says."""
    codes: Mapping[str, Sequence[str]]
    """What other systems call this person, by the name of the code; more than one is a conflict to be told."""
    advisees_group: str | None


class Advisor(Record, frozen=True):
    campus: str
    name: str
    email: str | None


class Hold(Record, frozen=True):
    """What stands in a student's way at a campus until somebody lifts it."""

    campus: str
    reason: Text
    blocks_enrolment: bool
    since: date
    contact: str | None
    """Who can lift it."""


class Charge(Record, frozen=True):
    campus: str
    item: Text
    amount: Money
    term_code: str | None
    posted: date
    due: date


class Payment(Record, frozen=True):
    campus: str
    amount: Money
    paid_at: datetime
    method: str
    reference: str | None


class PaymentMethod(Record, frozen=True):
    """A way to pay what is owed at a campus."""

    campus: str
    method: str
    """The campus's code for it: fps, alipay."""
    name: Text
    currency: str
    url: str


class Account(Record, frozen=True):
    """What a student owes and paid at one campus, all in its one currency."""

    campus: str
    balance: Money
    """As the campus works it out: still to be paid, due or not; below zero where more was paid than charged."""
    charges: Sequence[Charge]
    payments: Sequence[Payment]
    methods: Sequence[PaymentMethod]


class Person(Record, frozen=True):
    identity: Identity
    campus: str
    display_name: str
    given_name: str | None
    surname: str | None
    chinese_name: str | None
    date_of_birth: date | None
    nationality: str | None
    contacts: Contacts
    emergency_contacts: Sequence[EmergencyContact]
    """Whom to call first comes first."""
    advisor: Advisor | None
    holds: Sequence[Hold]
    account: Account | None
    """None for who never was a student here."""

    @property
    def number(self) -> str:
        return self.identity.number


class Advisee(Record, frozen=True):
    """A student as the advisor's list shows one; more is asked for one student at a time."""

    system: str
    campus: str
    number: str
    name: str
    programme_code: str | None
    programme_name: Text
    year_of_study: int | None
    email: str | None
