"""How a person says that they are reached otherwise, and how far each system is with it."""

from datetime import datetime
from typing import Annotated

import strawberry

from campus.contacts import ContactPart, ContactSyncState
from resolvers import contact_changes as resolvers
from resolvers import contact_input, contact_sync

from .cards import Data
from .changes import KEY, InvalidInput
from .contacts import WHO, Contacts, EmergencyContact
from .enums import LABEL, described
from .fields import campus_type, field, input_type, labelled, resolved
from .node import Listing

WRITE = "contacts:write"

described(
    ContactSyncState,
    "How far a system is with what a person has changed.",
    {
        "IN_AGREEMENT": "It has it.",
        "PENDING": "It could not be asked, or has not done it yet; it is asked again until it has.",
        "CONFLICT": "Somebody else has written something else there meanwhile, or it knows the person twice; it is "
        "asked again.",
        "REFUSED": "It does not take it; it is asked again every hour, and its operator sees why.",
    },
)
described(
    ContactPart,
    "What is changed as one; a newer change takes the place of an older one.",
    {
        "PRIVATE_EMAIL": "The private address of mail.",
        "TELEPHONE": "The telephone number.",
        "ADDRESS": "The postal address.",
        "EMERGENCY_CONTACTS": "Whom to call, all of them.",
    },
)
described(
    contact_input.EmergencyRelation,
    "Who somebody is to the person.",
    {
        "PARTNER": "Spouse or life partner.",
        "PARENT": "Mother, father, or who stands for them.",
        "OTHER": "Anybody else: a sibling, a friend, a neighbour.",
    },
)
input_type(
    contact_input.PostalAddressInput,
    {
        "street": "Number and street, in one line of at most 200 characters.",
        "city": "City, in at most 100 characters.",
        "country": "ISO 3166-1 code of two letters.",
        "post_code": "Post code, where the country has them; at most 16 letters and digits.",
    },
)
input_type(
    contact_input.ContactDetailsInput,
    {
        "private_email": "Private address of mail.",
        "telephone": "With + and the code of the country: +852 6123 4567.",
        "address": "Postal address, as a whole.",
    },
)
input_type(
    contact_input.EmergencyContactInput,
    {
        "name": "Name, in at most 100 characters.",
        "relation": "Who it is to the person.",
        "telephone": "With + and the code of the country.",
    },
)
input_type(contact_input.EmergencyContactsInput, {"contacts": "1 to 5 people, whom to call first first."})


@campus_type(record=contact_sync.ContactSync, data=Data.PERSONAL, purpose=WHO, requires="profile:read")
class ContactSync:
    """How far one system is with what a person has changed."""

    system: str = field("Id of the system, as `systems` lists it.")
    campus: str = field("Code of the campus that runs it.")
    state: ContactSyncState = field("How far it is.")
    state_label: str = labelled("state", LABEL)
    parts: list[ContactPart] = field("What of it that is about.")
    since: datetime = field("In agreement: when that was seen. Else: when the change was asked for.")


@campus_type(
    record=resolvers.ContactDetailsUpdated,
    data=Data.SENSITIVE,
    system="sis",
    purpose=WHO,
    requires=WRITE,
    in_union=True,
)
class ContactDetailsUpdated:
    """The change is kept, and every system that holds it was asked to agree, or will be until it does."""

    sync_status: list[ContactSync] = field("Each system that holds something of it for the person.")
    contacts: Listing[Contacts] | None = resolved(resolvers.contacts_now, "As each campus has them now.")


@campus_type(
    record=resolvers.EmergencyContactsUpdated,
    data=Data.SENSITIVE,
    system="sis",
    purpose=WHO,
    requires=WRITE,
    in_union=True,
)
class EmergencyContactsUpdated:
    """The change is kept, and every student system was asked to agree, or will be until it does."""

    sync_status: list[ContactSync] = field("Each system that holds something of it for the person.")
    emergency_contacts: Listing[EmergencyContact] | None = resolved(
        resolvers.emergency_contacts_now, "As each campus has them now."
    )


UpdateContactDetailsResult = Annotated[
    ContactDetailsUpdated | InvalidInput,
    strawberry.union("UpdateContactDetailsResult", description="What came of `updateContactDetails`."),
]
UpdateEmergencyContactsResult = Annotated[
    EmergencyContactsUpdated | InvalidInput,
    strawberry.union("UpdateEmergencyContactsResult", description="What came of `updateEmergencyContacts`."),
]


@strawberry.type
class ContactMutations:
    update_contact_details: UpdateContactDetailsResult | None = resolved(
        resolvers.update_contact_details,
        "Tells every system of the university how the person is reached from now on. What a system does not take at "
        "once it is told again until it agrees.",
        requires=WRITE,
        arguments={"input": "What is to be otherwise.", "idempotencyKey": KEY},
    )
    update_emergency_contacts: UpdateEmergencyContactsResult | None = resolved(
        resolvers.update_emergency_contacts,
        "Tells the student systems of every campus whom to call when something happened.",
        requires=WRITE,
        arguments={"input": "Whom to call.", "idempotencyKey": KEY},
    )
