"""Persons of Open Education API v6 as they come over the wire: the members we read, under their own names.

Source: Open Education API 6.0, openonderwijsapi.nl; `ext.campus` is our profile, docs/ext-campus.md.
"""

from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from connectors.wire import Moment

from .oeapi_shapes import Code, Ext, Translated


class Country(Struct):
    alpha2: str | None = field(default=None, name="iso3166-1-alpha2")


class AddressOnWire(Struct, rename="camel"):
    street: str | None = None
    street_number: str | None = None
    post_code: str | None = None
    city: str | None = None
    country_code: Country | None = None


class ContactOnWire(Struct):
    name: str
    relation: str | None = None
    telephone: str | None = None


class AdvisorOnWire(Struct, rename="camel"):
    display_name: str
    email: str | None = None


class HoldOnWire(Struct, rename="camel"):
    reason: list[Translated]
    blocks_enrolment: bool
    since: date
    contact: str | None = None


class ChargeOnWire(Struct, rename="camel"):
    item: list[Translated]
    amount: Decimal
    posted: date
    due: date
    term_code: str | None = None


class PaymentOnWire(Struct, rename="camel"):
    amount: Decimal
    paid_at: Moment
    method: str
    reference: str | None = None


class PaymentMethodOnWire(Struct):
    method: str
    name: list[Translated]
    url: str


class AccountOnWire(Struct, rename="camel"):
    currency: str
    balance: Decimal
    charges: list[ChargeOnWire]
    payments: list[PaymentOnWire]
    payment_methods: list[PaymentMethodOnWire] = field(default_factory=list)


class PersonProfile(Struct, rename="camel"):
    emergency_contacts: list[ContactOnWire] = field(default_factory=list)
    advisees_group_id: str | None = None
    advisor: AdvisorOnWire | None = None
    holds: list[HoldOnWire] = field(default_factory=list)
    account: AccountOnWire | None = None


class PersonOnWire(Struct, rename="camel"):
    person_id: str
    primary_code: Code
    given_name: str | None = None
    alternate_name: str | None = None
    surname: str | None = None
    display_name: str | None = None
    date_of_birth: date | None = None
    nationality: Country | None = None
    email: str | None = None
    secondary_email: str | None = None
    telephone_number: str | None = None
    mobile_number: str | None = None
    address: AddressOnWire | None = None
    ice_name: str | None = field(default=None, name="ICEName")
    ice_phone_number: str | None = field(default=None, name="ICEPhoneNumber")
    ice_relation: str | None = field(default=None, name="ICERelation")
    other_codes: list[Code] | None = None
    ext: Ext[PersonProfile] | None = None


class AdviseeOnWire(Struct, rename="camel"):
    student_number: str
    display_name: str
    programme_code: str | None = None
    programme_name: list[Translated] = field(default_factory=list)
    year_of_study: int | None = None
    email: str | None = None


class AdviseeProfile(Struct):
    person: AdviseeOnWire


class MembershipOnWire(Struct, rename="camel"):
    person_id: str
    role: str
    ext: Ext[AdviseeProfile] | None = None
