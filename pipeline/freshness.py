"""What was told although it is not fresh any longer: `extensions.freshness` of an answer."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from math import ceil
from typing import Any

from connectors.reads import Stale


def told(stale: Iterable[Stale], campus_of: Mapping[str, str]) -> list[dict[str, Any]]:
    """One for each place and system: the path of a field, which system told what it rests on, when, and how many
    seconds ago."""
    now = datetime.now(UTC)
    return [
        {
            "path": list(each.path),
            "system": each.system,
            "campus": campus_of.get(each.system),
            "asOf": each.as_of.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "age": ceil((now - each.as_of).total_seconds()),
        }
        for each in stale
    ]
