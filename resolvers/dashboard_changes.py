"""Arranging one's own dashboard: several layouts by name, one of them for each phase of the academic year."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from campus.academic_year import AcademicPhase
from campus.labels import Message
from campus.problem import InvalidInput, Problem
from campus.record import Record
from connectors import portal
from connectors.portal import DashboardLayout, LayoutConflict, PlacedWidget

from .access import signed_in_person
from .changes import blank_or_long
from .context import Info
from .dashboard import COLUMNS, Dashboard, dashboard_of, on_our_clock

LONGEST_NAME = 60
"""Characters."""

MOST_WIDGETS = 50
ROWS = 1000
TALLEST = 100


@dataclass
class PlacedWidgetInput:
    """A widget in its place on a grid of twelve columns."""

    widget: str
    column: int
    row: int
    width: int
    height: int


@dataclass
class DashboardLayoutInput:
    """An arrangement of widgets, whole."""

    name: str
    widgets: list[PlacedWidgetInput]
    phase: AcademicPhase | None = None
    version: str | None = None


class LayoutSaved(Record, frozen=True):
    layout: DashboardLayout


class LayoutDeleted(Record, frozen=True):
    dashboard: Dashboard


async def save_dashboard_layout(
    info: Info, input: DashboardLayoutInput
) -> LayoutSaved | LayoutConflict | InvalidInput | None:
    """Over the version that the client saw, or beside all others. Raises UpstreamError."""
    person = signed_in_person(info.context.viewer).person
    problems = [*_of_name(input.name), *_of_widgets(input.widgets, info.context.campus.widgets)]
    if problems:
        return InvalidInput(problems=problems)
    now = info.context.campus.now()
    placed = [PlacedWidget(**vars(each)) for each in input.widgets]
    layout = DashboardLayout(name=input.name.strip(), phase=input.phase, widgets=placed, updated_at=now)
    async with info.context.campus.store.changing() as connection:
        conflict = await portal.save_layout(connection, person, layout, now, seen=input.version)
    info.context.changed(portal.SYSTEM)
    return _on_our_clock(conflict, info) if conflict else LayoutSaved(layout=layout)


async def delete_dashboard_layout(info: Info, name: str, version: str) -> LayoutDeleted | LayoutConflict | None:
    """The version that the client saw; one that is gone is deleted. Raises UpstreamError."""
    person = signed_in_person(info.context.viewer).person
    async with info.context.campus.store.changing() as connection:
        conflict = await portal.delete_layout(connection, person, name, seen=version)
    info.context.changed(portal.SYSTEM)
    return _on_our_clock(conflict, info) if conflict else LayoutDeleted(dashboard=await dashboard_of(info, person))


def _on_our_clock(conflict: LayoutConflict, info: Info) -> LayoutConflict:
    stored = conflict.stored and on_our_clock(conflict.stored, info)
    return LayoutConflict(reason=conflict.reason, stored=stored)


def _of_name(name: str) -> Iterator[Problem]:
    if said := blank_or_long(name.strip(), LONGEST_NAME):
        yield Problem(path=["input", "name"], message=said)


def _of_widgets(widgets: Sequence[PlacedWidgetInput], known: frozenset[str]) -> Iterator[Problem]:
    if len(widgets) > MOST_WIDGETS:
        words = Message("At most {most} widgets.", {"most": MOST_WIDGETS})
        yield Problem(path=["input", "widgets"], message=words)
        return
    for place, each in enumerate(widgets):
        for name, words in _of_widget(each, known):
            yield Problem(path=["input", "widgets", str(place), name], message=words)
    for (_, one), (place, other) in combinations(enumerate(widgets), 2):
        if _overlap(one, other):
            words = Message("It lies over {widget}.", {"widget": one.widget})
            yield Problem(path=["input", "widgets", str(place)], message=words)


def _of_widget(each: PlacedWidgetInput, known: frozenset[str]) -> Iterator[tuple[str, Message]]:
    if each.widget not in known:
        yield "widget", Message("There is no such widget.")
    spans = {
        "column": (each.column, 0, COLUMNS - 1),
        "row": (each.row, 0, ROWS - 1),
        "width": (each.width, 1, COLUMNS - max(0, min(each.column, COLUMNS - 1))),
        "height": (each.height, 1, TALLEST),
    }
    for name, (value, least, most) in spans.items():
        if not least <= value <= most:
            yield name, Message("From {least} to {most}.", {"least": least, "most": most})


def _overlap(one: PlacedWidgetInput, other: PlacedWidgetInput) -> bool:
    across = one.column < other.column + other.width and other.column < one.column + one.width
    return across and one.row < other.row + other.height and other.row < one.row + one.height
