"""Bibliographic records as Alma sends them: JSON around a MARC 21 record in XML, availability in AVA and AVE fields."""

from typing import Any
from xml.sax.saxutils import escape

from .library_titles import LIBRARIES, Title


def bib_on_wire(origin: str, title: Title, on_loan: int, expand: set[str], full: bool) -> dict[str, Any]:
    """`on_loan` counts the copies that are lent; `expand` may hold p_avail and e_avail."""
    bib: dict[str, Any] = {
        "mms_id": title.mms_id,
        "record_format": "marc21",
        "linked_record_id": {"value": None, "type": None},
        "title": title.title,
        "author": title.author,
        "issn": None,
        "isbn": title.isbn or None,
        "network_number": [f"(OCoLC){title.mms_id[4:12]}"],
        "place_of_publication": title.place,
        "publisher_const": title.publisher,
        "holdings": {"value": None, "link": f"{origin}/almaws/v1/bibs/{title.mms_id}/holdings"},
        "created_by": "import",
        "created_date": f"{title.year}-06-20Z",
        "last_modified_by": "import",
        "last_modified_date": "2025-03-05Z",
        "suppress_from_publishing": "false",
        "originating_system": "ILS",
        "originating_system_id": f"b{title.mms_id[6:14]}-hkust_inst",
        "cataloging_level": {"value": "00", "desc": "Default Level"},
        "link": None,
    }
    if full:
        bib["anies"] = ['<?xml version="1.0" encoding="UTF-16"?>\n' + marc_of(title, on_loan, expand)]
    return bib


def marc_of(title: Title, on_loan: int, expand: set[str], namespace: str = "") -> str:
    """The record in XML. Books older than the ISBN of thirteen digits keep the one they were catalogued with."""
    name, _, responsibility = title.title.partition(" / ")
    isbn = title.isbn if title.year >= 2007 else f"{title.old_isbn} (pbk.)"
    fields = [
        *([_field("020", ("a", isbn))] if title.isbn else []),
        _field("041", ("a", title.language)),
        _field("090", ("a", title.call_number)),
        _field("100", ("a", title.author)),
        _field("245", ("a", f"{name} /"), ("c", responsibility)),
        _field("260", ("a", title.place), ("b", title.publisher), ("c", f"{title.year}.")),
    ]
    if "p_avail" in expand and title.copies:
        fields.append(_on_paper(title, on_loan))
    if "e_avail" in expand and title.electronic:
        fields.append(_online(title))
    return (
        f"<record{namespace}><leader>01142cam a2200301 a 4500</leader>"
        f'<controlfield tag="001">{title.mms_id}</controlfield>{"".join(fields)}</record>'
    )


def _on_paper(title: Title, on_loan: int) -> str:
    return _field(
        "AVA",
        ("0", title.mms_id),
        ("8", f"22{title.mms_id[2:]}"),
        ("a", "852HKUST_INST"),
        ("b", title.library),
        ("c", "Stacks"),
        ("d", title.call_number),
        ("e", "available" if on_loan < title.copies else "unavailable"),
        ("f", str(title.copies)),
        ("g", str(min(on_loan, title.copies))),
        ("j", "stacks"),
        ("p", "1"),
        ("q", LIBRARIES[title.library]),
    )


def _online(title: Title) -> str:
    return _field(
        "AVE",
        ("0", title.mms_id),
        ("8", f"53{title.mms_id[2:]}"),
        ("e", "Available"),
        ("l", "MAIN"),
        ("m", "E-books of the university"),
        ("u", f"https://library.example/view/uresolver/852HKUST_INST/openurl?rft.mms_id={title.mms_id}"),
    )


def _field(tag: str, *subfields: tuple[str, str]) -> str:
    inner = "".join(f'<subfield code="{code}">{escape(value)}</subfield>' for code, value in subfields)
    return f'<datafield ind1=" " ind2=" " tag="{tag}">{inner}</datafield>'
