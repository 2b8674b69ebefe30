"""How a person is reached, and whom to call for them."""

from campus import contacts
from connectors import sis

from .cards import Data
from .fields import campus_type, field

WHO = "To show people what the university holds on them."


@campus_type(record=contacts.PostalAddress, data=Data.SENSITIVE, system="sis", purpose=WHO, requires="profile:read")
class PostalAddress:
    """Where post reaches a person."""

    street: str | None = field("Number and street.")
    city: str | None = field("City.")
    post_code: str | None = field("Post code.")
    country: str | None = field("ISO 3166-1 code of two letters.")


@campus_type(record=sis.EmergencyContact, data=Data.SENSITIVE, system="sis", purpose=WHO, requires="profile:read")
class EmergencyContact:
    """Whom to call when something happened."""

    campus: str = field("Code of the campus that holds this.")
    name: str = field("Name.")
    relation: str | None = field("partner, parent, other, or the system's own word.")
    telephone: str | None = field("Telephone number.")


@campus_type(record=sis.Contacts, data=Data.SENSITIVE, system="sis", purpose=WHO, requires="profile:read")
class Contacts:
    """How one campus reaches a person."""

    campus: str = field("Code of the campus that holds this.")
    email: str | None = field("University address; may have been somebody else's before.")
    private_email: str | None = field("Private address.")
    telephone: str | None = field("Telephone number.")
    address: PostalAddress | None = field("Postal address.")
