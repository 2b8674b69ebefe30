"""How a person's dashboard is arranged, for each phase of the academic year."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from strawberry import Parent

from campus.academic_year import AcademicPhase
from campus.labels import label
from campus.record import Record
from connectors.portal import DashboardLayout, PlacedWidget

from .calendar import phase_at
from .context import Info
from .people import Me

UNARRANGED: Mapping[AcademicPhase, Sequence[str]] = {
    AcademicPhase.BEFORE_TERM: ("notifications", "course-search", "calendar", "account", "announcements"),
    AcademicPhase.ADD_DROP: ("today", "enrolments", "course-search", "timetable", "notifications", "announcements"),
    AcademicPhase.TEACHING: ("today", "timetable", "notifications", "announcements", "loans", "my-applications",
                             "shuttle-board"),
    AcademicPhase.STUDY_BREAK: ("exams", "today", "notifications", "grades", "loans", "announcements"),
    AcademicPhase.EXAMINATIONS: ("exams", "today", "shuttle-board", "notifications", "announcements"),
    AcademicPhase.BETWEEN_TERMS: ("grades", "gpa-trend", "notifications", "announcements", "service-catalogue"),
}  # fmt: skip
"""Widgets for who arranged nothing, by what matters in a phase; the first ones are on top."""

COLUMNS, WIDTH, HEIGHT = 12, 6, 4


class Dashboard(Record, frozen=True):
    layouts: Sequence[DashboardLayout]


async def dashboard(me: Parent[Me], info: Info) -> Dashboard | None:
    return await dashboard_of(info, me.viewer.person)


async def dashboard_of(info: Info, person: str) -> Dashboard:
    """The person's own layouts, and ours for the phases that have none."""
    own = await info.context.portal.layouts_by_person.load(person)
    arranged = {layout.phase for layout in own}
    return Dashboard(
        layouts=[
            *(on_our_clock(layout, info) for layout in own),
            *(_unarranged(phase, info) for phase in AcademicPhase if phase not in arranged),
        ]
    )


async def active(
    dashboard: Parent[Dashboard], info: Info, at: datetime | None = None, campus: str | None = None
) -> DashboardLayout | None:
    """The person's own for the phase; else their own for no phase, the first by name; else ours.

    None for who belongs to no campus and names none, unless they have one for no phase. Raises UpstreamError where the
    campus's terms are not known yet.
    """
    where = campus or _own_campus(info)
    phase = await phase_at(info, where, at) if where else None
    fitting = [layout for layout in dashboard.layouts if layout.phase in (phase, None)]
    return min(fitting, key=lambda layout: (layout.is_default, layout.phase is None), default=None)


def on_our_clock(layout: DashboardLayout, info: Info) -> DashboardLayout:
    """The store keeps all moments in UTC."""
    here = info.context.campus.now().tzinfo
    return msgspec.structs.replace(layout, updated_at=layout.updated_at and layout.updated_at.astimezone(here))


def _own_campus(info: Info) -> str | None:
    """The first of the viewer's campuses, in the order of the settings."""
    return next((code for code in info.context.campus.names if code in info.context.viewer.campuses), None)


def _unarranged(phase: AcademicPhase, info: Info) -> DashboardLayout:
    across = COLUMNS // WIDTH
    return DashboardLayout(
        name=label(phase, info.context.viewer.locale).text,
        phase=phase,
        widgets=[
            PlacedWidget(
                widget=widget,
                column=number % across * WIDTH,
                row=number // across * HEIGHT,
                width=WIDTH,
                height=HEIGHT,
            )
            for number, widget in enumerate(UNARRANGED[phase])
        ],
        updated_at=None,
    )
