"""A MARC 21 record in XML, and Alma's fields for what is available, as an entry of a catalogue.

Source: MARC 21 Format for Bibliographic Data (loc.gov/marc); AVA and AVE as Alma's Bibs API documents them, which SRU
sends alike where its profile says so.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from campus.isbn import isbn13
from connectors.wire import System

from .catalogue_records import Entry, Holding, HoldingState

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)

_STATES = {"available": HoldingState.AVAILABLE, "unavailable": HoldingState.UNAVAILABLE}
"""AVA $e; beside these there is check_holdings, for what nobody counted."""


class NotMarc(Exception):
    """A record without what every MARC 21 record has."""


class Field:
    """A data field: what its subfields say, in order."""

    def __init__(self, element: Element) -> None:
        self.second = element.get("ind2", " ")
        self._subfields = [
            (each.get("code", ""), (each.text or "").strip()) for each in element.iterfind("{*}subfield")
        ]

    def first(self, code: str) -> str | None:
        return next(self.each(code), None)

    def each(self, codes: str) -> Iterator[str]:
        return (text for code, text in self._subfields if code and code in codes and text)


def entry_of(record: Element, system: System) -> Entry:
    """Raises NotMarc for a record without number or title."""
    control = {each.get("tag"): each.text or "" for each in record.iterfind("{*}controlfield")}
    number = control.get("001", "").strip()
    title = " ".join(next(fields(record, "245"), Field(record)).each("abnp")).rstrip(" /:;,.")
    if not number or not title:
        raise NotMarc("a record without number or title")
    fixed = control.get("008", "")
    imprints = [*(each for each in fields(record, "264") if each.second == "1"), *fields(record, "260")]
    numbers = [isbn13(text) for field in fields(record, "020") for text in field.each("a")]
    return Entry(
        system=system.id,
        campus=system.campus,
        id=number,
        title=title,
        author=_author(record),
        year=_year(fixed[7:11], *(text for imprint in imprints for text in imprint.each("c"))),
        language=_language(fixed[35:38], *(text for field in fields(record, "041") for text in field.each("a"))),
        isbns=tuple(dict.fromkeys(filter(None, numbers))),
        publisher=next((text.rstrip(" ,:;") for imprint in imprints for text in imprint.each("b")), None),
        holdings=(
            *(_on_paper(field, system.campus) for field in fields(record, "AVA")),
            *(_online(field, system.campus) for field in fields(record, "AVE")),
        ),
    )


def fields(record: Element, tag: str) -> Iterator[Field]:
    return (Field(each) for each in record.iterfind("{*}datafield") if each.get("tag") == tag)


def _author(record: Element) -> str | None:
    """The main entry, or else the first added one: an editor."""
    for tag in ("100", "110", "111", "700", "710"):
        for field in fields(record, tag):
            if name := field.first("a"):
                return name.rstrip(" ,")
    return None


def _year(*told: str) -> int | None:
    found = next((match for text in told if (match := _YEAR.search(text))), None)
    return int(found[0]) if found else None


def _language(*told: str) -> str | None:
    return next((code for code in told if re.fullmatch(r"[a-z]{3}", code)), None)


def _on_paper(field: Field, campus: str) -> Holding:
    label = field.first("e") or ""
    copies, lent = _count(field.first("f")), _count(field.first("g"))
    return Holding(
        campus=campus,
        library=field.first("q") or field.first("b"),
        shelving_location=field.first("c"),
        call_number=field.first("d"),
        copies=copies,
        available=None if copies is None or lent is None else max(0, copies - lent),
        state=_STATES.get(label.lower(), HoldingState.OTHER),
        state_label=label,
        electronic_url=None,
    )


def _online(field: Field, campus: str) -> Holding:
    label = field.first("e") or ""
    return Holding(
        campus=campus,
        library=None,
        shelving_location=field.first("m"),
        call_number=None,
        copies=None,
        available=None,
        state=HoldingState.ONLINE if label.lower() == "available" else HoldingState.UNAVAILABLE,
        state_label=label,
        electronic_url=field.first("u"),
    )


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 10 else None
