"""The members of what Koha's REST API answers: biblios with their items, patrons, checkouts, holds, account lines."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from .koha_titles import Work
from .university import Person

LIBRARIES = {"GZM": "Guangzhou Main Library", "GZE": "E1 Learning Commons"}
"""Branches by code."""

_BIBLIO = (
    "abstract", "age_restriction", "author", "biblio_id", "cn_class", "cn_item", "cn_sort", "cn_source", "cn_suffix",
    "collection_issn", "collection_title", "collection_volume", "copyright_date", "creation_date", "ean",
    "edition_statement", "framework_id", "illustrations", "isbn", "issn", "item_type", "lc_control_number",
    "material_size", "medium", "notes", "number", "pages", "part_name", "part_number", "publication_place",
    "publication_year", "publisher", "serial", "serial_total_issues", "series_title", "subtitle", "timestamp", "title",
    "uniform_title", "url", "volume", "volume_date", "volume_description",
)  # fmt: skip
_ITEM = (
    "acquisition_date", "acquisition_source", "biblio_id", "bookable", "call_number_sort", "call_number_source",
    "callnumber", "checked_out_date", "checkouts_count", "coded_location_qualifier", "collection_code", "copy_number",
    "damaged_date", "damaged_status", "effective_item_type_id", "effective_not_for_loan_status",
    "exclude_from_local_holds_priority", "extended_subfields", "external_id", "holding_library_id", "holds_count",
    "home_library_id", "internal_notes", "inventory_number", "item_id", "item_type_id", "last_checkout_date",
    "last_seen_date", "location", "lost_date", "lost_status", "materials_notes", "new_status", "not_for_loan_status",
    "permanent_location", "public_notes", "purchase_price", "renewals_count", "replacement_price",
    "replacement_price_date", "restricted_status", "serial_issue_number", "timestamp", "uri", "withdrawn",
    "withdrawn_date",
)  # fmt: skip
_PATRON = (
    "address", "address2", "anonymized", "autorenew_checkouts", "cardnumber", "category_id", "check_previous_checkout",
    "city", "country", "date_enrolled", "date_of_birth", "date_renewed", "email", "expiry_date", "fax", "firstname",
    "gender", "incorrect_address", "initials", "lang", "last_seen", "library_id", "login_attempts", "middle_name",
    "mobile", "opac_notes", "other_name", "patron_card_lost", "patron_id", "phone", "postal_code", "privacy",
    "pronouns", "protected", "relationship_type", "restricted", "secondary_email", "secondary_phone", "sms_number",
    "sms_provider_id", "staff_notes", "state", "statistics_1", "statistics_2", "street_number", "street_type",
    "surname", "title", "updated_on", "userid",
)  # fmt: skip
_CHECKOUT = (
    "auto_renew", "auto_renew_error", "checkin_date", "checkout_date", "checkout_id", "due_date", "issuer_id",
    "item_id", "last_renewed_date", "library_id", "note", "note_date", "note_seen", "onsite_checkout", "patron_id",
    "renewals_count", "timestamp", "unseen_renewals",
)  # fmt: skip
_HOLD = (
    "biblio_id", "cancellation_date", "cancellation_reason", "desk_id", "expiration_date", "hold_date", "hold_id",
    "item_group_id", "item_id", "item_level", "item_type", "lowest_priority", "non_priority", "notes", "patron_id",
    "pickup_library_id", "priority", "status", "suspended", "suspended_until", "timestamp", "waiting_date",
)  # fmt: skip
_LINE = (
    "account_line_id", "account_type", "amount", "amount_outstanding", "cash_register_id", "checkout_id", "credit_type",
    "date", "debit_type", "description", "interface", "internal_note", "item_id", "last_increment", "library_id",
    "patron_id", "payment_type", "status", "timestamp", "user_id",
)  # fmt: skip
_LIBRARY = (
    "address1", "address2", "address3", "city", "country", "email", "fax", "geolocation", "illemail", "ip",
    "library_id", "marc_org_code", "name", "notes", "phone", "pickup_location", "postal_code", "public",
    "reply_to_email", "return_path_email", "state", "url",
)  # fmt: skip

FIELDS: Mapping[str, tuple[str, ...]] = {
    "biblio": _BIBLIO,
    "item": _ITEM,
    "patron": _PATRON,
    "checkout": _CHECKOUT,
    "hold": _HOLD,
    "line": _LINE,
    "library": _LIBRARY,
}
"""What each may be asked by: every member it has. What a row does not tell is there, and null."""


def stamp(moment: datetime) -> str:
    """RFC 3339 with the library's own offset, as Koha prints what it stores without one."""
    return moment.isoformat(timespec="seconds")


def library(code: str, name: str) -> dict[str, Any]:
    return dict.fromkeys(_LIBRARY) | {"library_id": code, "name": name, "pickup_location": True, "public": True}


def biblio(number: int, work: Work, moment: datetime) -> dict[str, Any]:
    return dict.fromkeys(_BIBLIO) | {
        "biblio_id": number,
        "author": work.author,
        "copyright_date": work.year,
        "creation_date": str(moment.date()),
        "framework_id": "",
        "isbn": work.isbn,
        "item_type": "BK",
        "publication_place": work.place,
        "publication_year": str(work.year),
        "publisher": work.publisher,
        "serial": False,
        "subtitle": work.subtitle,
        "timestamp": stamp(moment),
        "title": work.title,
        "url": work.url,
    }


def item(number: int, of: dict[str, Any], work: Work, barcode: str, home: str) -> dict[str, Any]:
    return dict.fromkeys(_ITEM) | {
        "item_id": number,
        "biblio_id": of["biblio_id"],
        "acquisition_date": of["creation_date"],
        "bookable": False,
        "callnumber": work.call_number,
        "checkouts_count": 0,
        "damaged_status": 0,
        "effective_item_type_id": "BK",
        "effective_not_for_loan_status": 0,
        "exclude_from_local_holds_priority": False,
        "external_id": barcode,
        "holding_library_id": home,
        "home_library_id": home,
        "item_type_id": "BK",
        "lost_status": 0,
        "not_for_loan_status": 0,
        "renewals_count": 0,
        "timestamp": of["timestamp"],
        "withdrawn": 0,
    }


def strings(item: dict[str, Any]) -> dict[str, Any]:
    """What the codes of an item mean, as `+strings` adds it."""
    libraries = {name: item[name] for name in ("home_library_id", "holding_library_id") if item[name]}
    told: dict[str, Any] = {name: {"str": LIBRARIES[code], "type": "library"} for name, code in libraries.items()}
    return told | {"item_type_id": {"str": "Book", "type": "item_type"}}


def patron(number: int, person: Person, enrolled: datetime) -> dict[str, Any]:
    card = person.accounts["gz_library_id"]
    street, house, city, country = person.address
    return dict.fromkeys(_PATRON) | {
        "patron_id": number,
        "address": street,
        "anonymized": False,
        "autorenew_checkouts": True,
        "cardnumber": card,
        "category_id": {"student": "ST", "alumni": "AL"}.get(person.affiliations[0], "S"),
        "check_previous_checkout": "inherit",
        "city": city,
        "country": country,
        "date_enrolled": str(enrolled.date()),
        "email": person.private_email,
        "expiry_date": "2099-12-31",
        "firstname": person.given_name,
        "incorrect_address": False,
        "lang": "default",
        "library_id": "GZM",
        "login_attempts": 0,
        "patron_card_lost": False,
        "phone": person.telephone,
        "privacy": 1,
        "protected": False,
        "restricted": False,
        "street_number": house,
        "surname": person.surname,
        "updated_on": stamp(enrolled),
        "userid": card.lower(),
    }


def checkout(number: int, patron_id: int, item_id: int, lent: datetime, due: datetime) -> dict[str, Any]:
    return dict.fromkeys(_CHECKOUT) | {
        "checkout_id": number,
        "patron_id": patron_id,
        "item_id": item_id,
        "auto_renew": False,
        "checkout_date": stamp(lent),
        "due_date": stamp(due),
        "library_id": "GZM",
        "onsite_checkout": False,
        "renewals_count": 0,
        "timestamp": stamp(lent),
        "unseen_renewals": 0,
    }


def hold(number: int, patron_id: int, biblio_id: int, placed: date, priority: int) -> dict[str, Any]:
    """One that waits in the queue, as it is when just placed."""
    return dict.fromkeys(_HOLD) | {
        "hold_id": number,
        "patron_id": patron_id,
        "biblio_id": biblio_id,
        "hold_date": str(placed),
        "item_level": False,
        "lowest_priority": False,
        "non_priority": False,
        "pickup_library_id": "GZM",
        "priority": priority,
        "suspended": False,
        "timestamp": f"{placed}T09:00:00+08:00",
    }


def debit(number: int, patron_id: int, made: datetime, amount: float, outstanding: float) -> dict[str, Any]:
    return dict.fromkeys(_LINE) | {
        "account_line_id": number,
        "patron_id": patron_id,
        "amount": amount,
        "amount_outstanding": outstanding,
        "date": stamp(made),
        "interface": "intranet",
        "last_increment": amount,
        "library_id": "GZM",
        "timestamp": stamp(made),
    }
