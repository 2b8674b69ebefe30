"""How people arranged their dashboards."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import JSON, Column, Table, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncConnection

from campus.academic_year import AcademicPhase

from .records import DashboardLayout, LayoutConflict, LayoutConflictReason, PlacedWidget
from .store import one_at_a_time, upsert
from .tables import CODE, Moment, any_of, kept, metadata

MOST = 20
"""Layouts of one person."""

dashboard_layout = Table(
    "dashboard_layout",
    metadata,
    Column("person", CODE, primary_key=True),
    Column("name", CODE, primary_key=True),
    Column("phase", CODE),
    Column("widgets", JSON, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("person", "phase"),
    info=kept("dashboard_layouts", since="updated_at"),
)

_OF = (
    select(dashboard_layout)
    .where(dashboard_layout.c.person.in_(any_of("persons")))
    .order_by(dashboard_layout.c.person, dashboard_layout.c.name)
)


async def layouts_of(connection: AsyncConnection, persons: Collection[str]) -> Mapping[str, Sequence[DashboardLayout]]:
    """By person, in the order of their names; nothing of who arranged none."""
    rows = await connection.execute(_OF, {"persons": list(persons)})
    found: dict[str, list[DashboardLayout]] = {}
    for row in rows:
        layout = DashboardLayout(
            name=row.name,
            phase=AcademicPhase(row.phase) if row.phase else None,
            widgets=msgspec.convert(row.widgets, list[PlacedWidget]),
            updated_at=row.updated_at,
        )
        found.setdefault(row.person, []).append(layout)
    return found


async def save_layout(
    connection: AsyncConnection, person: str, layout: DashboardLayout, now: datetime, *, seen: str | None = None
) -> LayoutConflict | None:
    """Over the one of the same name, if that is of the version that was `seen`; None where none was.

    A phase has one layout of a person's: one for a phase that another is for is refused. Nothing is written then.
    """
    own = await _alone_with(connection, person)
    if conflict := _changed_since(seen, own.get(layout.name)) or _in_the_way(layout, own):
        return conflict
    row = {
        "person": person,
        "name": layout.name,
        "phase": layout.phase and layout.phase.value,
        "widgets": msgspec.to_builtins(layout.widgets),
        "updated_at": now,
    }
    await upsert(connection, dashboard_layout, [row])
    return None


async def delete_layout(connection: AsyncConnection, person: str, name: str, *, seen: str) -> LayoutConflict | None:
    """The one of this name, if it is still of the version that was `seen`; one that is gone already is deleted."""
    own = await _alone_with(connection, person)
    if name not in own:
        return None
    if conflict := _changed_since(seen, own[name]):
        return conflict
    table = dashboard_layout.c
    await connection.execute(dashboard_layout.delete().where(table.person == person, table.name == name))
    return None


async def _alone_with(connection: AsyncConnection, person: str) -> Mapping[str, DashboardLayout]:
    """The person's layouts by name, which nobody else changes until the visit ends."""
    await one_at_a_time(connection, f"layouts of {person}")
    found = await layouts_of(connection, [person])
    return {each.name: each for each in found.get(person, ())}


def _changed_since(seen: str | None, stored: DashboardLayout | None) -> LayoutConflict | None:
    if seen == (stored and stored.version):
        return None
    reason = LayoutConflictReason.CHANGED if stored else LayoutConflictReason.REMOVED
    return LayoutConflict(reason=reason, stored=stored)


def _in_the_way(layout: DashboardLayout, own: Mapping[str, DashboardLayout]) -> LayoutConflict | None:
    others = [each for each in own.values() if each.name != layout.name]
    same_phase = next((each for each in others if each.phase and each.phase is layout.phase), None)
    if same_phase:
        return LayoutConflict(reason=LayoutConflictReason.PHASE_TAKEN, stored=same_phase)
    if len(others) >= MOST:
        return LayoutConflict(reason=LayoutConflictReason.TOO_MANY, stored=None)
    return None
