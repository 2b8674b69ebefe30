"""What a person may say of how to be reached and whom to call, and what is wrong with it."""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from campus.contacts import ContactDetails, PersonToCall, PostalAddress
from campus.countries import THREE_LETTERS
from campus.labels import Message
from campus.problem import Problem

from .changes import blank_or_long

LONGEST_TELEPHONE, LONGEST_STREET, LONGEST_CITY, LONGEST_POST_CODE = 30, 200, 100, 16
"""Characters: what every system has room for; the least is a Request Tracker's, which cuts off what is longer."""

LONGEST_MAIL = 254
"""RFC 5321, 4.5.3.1.3, less the brackets."""

LONGEST_NAME = 100
MOST_TO_CALL = 5

MAIL = re.compile(r"[!-?A-~]+@[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)+")
TELEPHONE = re.compile(r"\+[1-9][0-9 ().-]{5,}")
POST_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]*")


class EmergencyRelation(enum.Enum):
    """Who somebody is to the person; the values are the Open Education API's."""

    PARTNER = "partner"
    PARENT = "parent"
    OTHER = "other"


@dataclass
class PostalAddressInput:
    """Where post reaches the person from now on."""

    street: str
    city: str
    country: str
    post_code: str | None = None


@dataclass
class ContactDetailsInput:
    """What is to be otherwise; what is left out stays as it is."""

    private_email: str | None = None
    telephone: str | None = None
    address: PostalAddressInput | None = None


@dataclass
class EmergencyContactInput:
    """Somebody to call when something happened."""

    name: str
    relation: EmergencyRelation
    telephone: str


@dataclass
class EmergencyContactsInput:
    """All of them: whoever is not named is not called any longer."""

    contacts: list[EmergencyContactInput]


def details_wanted(input: ContactDetailsInput) -> ContactDetails:
    address = _address_wanted(input.address) if input.address else None
    return ContactDetails(private_email=input.private_email, telephone=input.telephone, address=address)


def _address_wanted(at: PostalAddressInput) -> PostalAddress:
    return PostalAddress(street=at.street.strip(), city=at.city.strip(), post_code=at.post_code, country=at.country)


def contacts_wanted(input: EmergencyContactsInput) -> ContactDetails:
    to_call = [
        PersonToCall(name=each.name.strip(), relation=each.relation.value, telephone=each.telephone)
        for each in input.contacts
    ]
    return ContactDetails(emergency_contacts=to_call)


def problems_of_details(input: ContactDetailsInput) -> Iterator[Problem]:
    if input.private_email is None and input.telephone is None and input.address is None:
        yield Problem(path=["input"], message=Message("Something must be said here."))
    mail = input.private_email
    if mail is not None and not (MAIL.fullmatch(mail) and len(mail) <= LONGEST_MAIL):
        yield Problem(path=["input", "privateEmail"], message=Message("This is no address of mail."))
    if input.telephone is not None:
        yield from _of_telephone(input.telephone, "input", "telephone")
    if input.address is not None:
        yield from _of_address(input.address)


def _of_address(at: PostalAddressInput) -> Iterator[Problem]:
    for name, text, most in (("street", at.street, LONGEST_STREET), ("city", at.city, LONGEST_CITY)):
        if said := blank_or_long(text, most):
            yield Problem(path=["input", "address", name], message=said)
    code = at.post_code
    if code is not None and not (POST_CODE.fullmatch(code) and len(code) <= LONGEST_POST_CODE):
        yield Problem(path=["input", "address", "postCode"], message=Message("This is no post code."))
    if at.country not in THREE_LETTERS:
        words = Message("This is no country: ISO 3166-1 has codes of two letters, such as HK.")
        yield Problem(path=["input", "address", "country"], message=words)


def problems_of_contacts(input: EmergencyContactsInput) -> Iterator[Problem]:
    if not 1 <= len(input.contacts) <= MOST_TO_CALL:
        yield Problem(path=["input", "contacts"], message=Message("1 to {most} people.", {"most": MOST_TO_CALL}))
    for place, each in enumerate(input.contacts[:MOST_TO_CALL]):
        if said := blank_or_long(each.name, LONGEST_NAME):
            yield Problem(path=["input", "contacts", str(place), "name"], message=said)
        yield from _of_telephone(each.telephone, "input", "contacts", str(place), "telephone")


def _of_telephone(number: str, *path: str) -> Iterator[Problem]:
    if not TELEPHONE.fullmatch(number) or len(number) > LONGEST_TELEPHONE:
        words = Message(
            "A number begins with + and the code of the country, and has at most {most} characters.",
            {"most": LONGEST_TELEPHONE},
        )
        yield Problem(path=list(path), message=words)
