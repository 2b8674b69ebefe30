"""What was told of events that are for everybody, so that it is worked out once for all who follow."""

from typing import Any

import orjson
from cachetools import LRUCache

from campus.record import Record
from execution.events import Event

LATELY = 1_000
"""Answers that are remembered: as many sections as may change at once, in the forms in which they are followed."""


class ToldToAll:
    """Answers in JSON, by the event and by the plan that made them of it.

    Only what cannot depend on who follows is here: all of it is public by the cards of the schema, and the plan takes
    nothing but the event, which is a record and so never changes. What failed, or is told with its age, is not.
    """

    def __init__(self) -> None:
        self._told: LRUCache[tuple[int, int], tuple[object, object, orjson.Fragment]] = LRUCache(LATELY)

    def of(self, event: Event) -> orjson.Fragment | None:
        """What others were told of it."""
        if event.plan_for_all is None:
            return None
        known = self._told.get(_key(event))
        return known[2] if known else None

    def remembered(self, event: Event, answer: dict[str, Any]) -> dict[str, Any] | orjson.Fragment:
        """The answer; in JSON, and from now on that of others, if it is for everybody."""
        if event.plan_for_all is None or not isinstance(event.payload, Record) or answer.keys() != {"data"}:
            return answer
        told = orjson.Fragment(orjson.dumps(answer))
        # Whatever has these numbers is kept with them, so that nothing else can have them.
        self._told[_key(event)] = event.payload, event.plan_for_all, told
        return told


def _key(event: Event) -> tuple[int, int]:
    return id(event.payload), id(event.plan_for_all)
