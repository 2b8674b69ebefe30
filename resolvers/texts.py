"""The best language for this viewer of texts that exist in several."""

from collections.abc import Callable
from typing import Any

import strawberry

from campus.text import best

from .context import Info


def in_best_language(attribute: str) -> Callable[..., str]:
    """A resolver for the record's Text of this name."""

    def served(record: strawberry.Parent[Any], info: Info) -> str:
        return best(getattr(record, attribute), info.context.languages)

    return served
