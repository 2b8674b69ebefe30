"""Flowable: times that one asks to have for oneself, and who else has asked for them.

Whoever asks for a time starts an instance that lists it; an engine that compares within its database finds those that
overlap. Nothing is read of other people's applications but that they are there.
"""

from abc import ABC
from collections.abc import Mapping
from typing import Any

from connectors.wire import Line

from .application_records import SlotWish
from .flowable_shapes import InstancesOnWire
from .records import Service

SEARCH = "/query/historic-process-instances"

RIVALS = 100
"""Applications for overlapping times that are looked at; there are hardly ever two."""


class FlowableSlots(ABC):
    _line: Line

    async def _taken(self, service: Service, slot: SlotWish, *, but: str = "") -> bool:
        """Whether somebody has asked for the time and waits, `but` this instance, or has been given it.

        What was refused or withdrawn took nothing; what was given and is `booked` elsewhere is looked for there.
        """
        running = await self._overlapping(service, slot, {"finished": False}, RIVALS)
        if any(row.id != but for row in running.data):
            return True
        agreed = {"finished": True, "variables": [equals("outcome", "approved")]}
        return not slot.booked and (await self._overlapping(service, slot, agreed, 1)).total > 0

    async def _earlier(self, instance: str, service: Service, slot: SlotWish) -> bool:
        """Whether of those who asked at the same time somebody else was first: one of them is, to all of them."""
        found = (await self._overlapping(service, slot, {"finished": False}, RIVALS)).data
        ours = next((row for row in found if row.id == instance), None)
        return ours is None or any((row.start_time, row.id) < (ours.start_time, ours.id) for row in found)

    async def _overlapping(
        self, service: Service, slot: SlotWish, also: Mapping[str, Any], size: int
    ) -> InstancesOnWire:
        starts, ends = slot_variables(slot)
        body = {
            "processDefinitionKey": service.key.key,
            **also,
            "variables": [
                *also.get("variables", ()),
                {"name": "slotFrom", "operation": "lessThan", "type": "long", "value": ends["value"]},
                {"name": "slotUntil", "operation": "greaterThan", "type": "long", "value": starts["value"]},
            ],
            "size": size,
        }
        return self._line.read(await self._line.query(SEARCH, body), InstancesOnWire)


def slot_variables(slot: SlotWish) -> tuple[dict[str, Any], dict[str, Any]]:
    """In seconds since 1970: Flowable compares numbers within the database."""
    return (
        variable("slotFrom", int(slot.starts.timestamp()), "long"),
        variable("slotUntil", int(slot.ends.timestamp()), "long"),
    )


def variable(name: str, value: Any, type_: str = "", scope: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        **({"type": type_} if type_ else {}),
        **({"scope": scope} if scope else {}),
    }


def equals(name: str, value: str) -> dict[str, str]:
    return {"name": name, "operation": "equals", "value": value}
