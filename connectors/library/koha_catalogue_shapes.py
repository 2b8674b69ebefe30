"""What Koha answers of records and copies, under its own names: only what is read."""

from msgspec import Struct, field


class RecordOnWire(Struct):
    biblio_id: int
    title: str | None = None
    subtitle: str | None = None
    author: str | None = None
    isbn: str | None = None
    """Several with a bar between them."""
    publisher: str | None = None
    copyright_date: int | None = None
    url: str | None = None


class Meaning(Struct):
    """What a code stands for, in words."""

    str: str


class CopyOnWire(Struct):
    item_id: int
    biblio_id: int
    callnumber: str | None = None
    home_library_id: str | None = None
    location: str | None = None
    checked_out_date: str | None = None
    not_for_loan_status: int = 0
    effective_not_for_loan_status: int = 0
    lost_status: int = 0
    withdrawn: int = 0
    strings: dict[str, Meaning] = field(default_factory=dict, name="_strings")

    def meaning(self, name: str) -> str | None:
        told = self.strings.get(name)
        return told.str if told else None
