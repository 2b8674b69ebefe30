"""Alma's electronic collections and licences, as shapes and as what a reader has access to.

Source: Alma REST APIs, Electronic and Acquisitions (developers.exlibrisgroup.com): rest_electronic_collections.xsd,
rest_license.xsd.
"""

from datetime import date

from msgspec import Struct, field

from connectors.wire import System

from .e_resource_records import EResource, EResourceKind, LicenceTerms


class Coded(Struct):
    """A code and what Alma calls it; either may be missing."""

    value: str | None = None
    desc: str | None = None


class GroupSetting(Struct):
    group: Coded


class CollectionOnWire(Struct):
    id: str
    public_name: str
    type: Coded | None = None
    category: str | None = None
    url: str | None = None
    url_override: str | None = None
    free: Coded | None = None
    library: Coded | None = None
    license: Coded | None = None
    group_settings: list[GroupSetting] = field(default_factory=list)


class CollectionsOnWire(Struct):
    total_record_count: int
    electronic_collection: list[CollectionOnWire] = field(default_factory=list)


class Term(Struct):
    code: Coded
    value: Coded | None = None


class LicenceOnWire(Struct):
    code: str
    status: Coded | None = None
    start_date: str | None = None
    end_date: str | None = None
    term: list[Term] = field(default_factory=list)


FREE = "1"
ACTIVE = "ACTIVE"
AUTHORISED = "AUTH_"
"""Terms that a library adds to its licences for this: AUTH_STUDENT, AUTH_FACULTY …, each yes or no."""

KINDS = {
    "database": EResourceKind.DATABASE,
    "journals": EResourceKind.JOURNAL,
    "e-books": EResourceKind.EBOOK_COLLECTION,
    "software": EResourceKind.SOFTWARE,
}


def licence_of(row: CollectionOnWire) -> str | None:
    """Code of the licence that has to be read; None where it is free, or nobody entered one."""
    return None if _free(row) or row.license is None else row.license.value or None


def resource_of(row: CollectionOnWire, licence: LicenceOnWire | None, system: System) -> EResource:
    """Raises ValueError for a date that is none."""
    label = row.category or (row.type and (row.type.desc or row.type.value)) or ""
    return EResource(
        system=system.id,
        campus=system.campus,
        id=row.id,
        name=row.public_name,
        kind=KINDS.get(label.lower(), EResourceKind.OTHER),
        kind_label=label,
        access_url=row.url_override or row.url or None,
        licences=None if _free(row) else (_terms(row, licence),),
    )


def _terms(row: CollectionOnWire, licence: LicenceOnWire | None) -> LicenceTerms:
    campuses = frozenset(each.group.value for each in row.group_settings if each.group.value)
    if licence is None:
        return LicenceTerms(active=True, begins=None, ends=None, campuses=campuses or None, affiliations=None)
    told = {term.code.value or "": (term.value.value or "") if term.value else "" for term in licence.term}
    of_whom = {code.removeprefix(AUTHORISED).lower(): yes for code, yes in told.items() if code.startswith(AUTHORISED)}
    return LicenceTerms(
        active=licence.status.value == ACTIVE if licence.status and licence.status.value else None,
        begins=_date(licence.start_date),
        ends=_date(licence.end_date),
        campuses=campuses or None,
        affiliations=frozenset(who for who, yes in of_whom.items() if yes.upper() == "YES") if of_whom else None,
    )


def _free(row: CollectionOnWire) -> bool:
    return row.free is not None and row.free.value == FREE


def _date(text: str | None) -> date | None:
    """Alma marks even plain dates with the zone: 2026-08-31Z."""
    return date.fromisoformat(text[:10]) if text else None
