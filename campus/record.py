"""The ground every canonical record stands on: immutable, compact, compared by value."""

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A thing in campus words, as a connector hands it up and the schema shows it."""
