"""How a person's dashboard is arranged."""

from datetime import datetime

from campus.academic_year import AcademicPhase
from connectors import portal
from resolvers import dashboard

from .cards import Data
from .enums import LABEL
from .fields import campus_type, field, labelled, resolved

ARRANGED = "To show people their portal the way they arranged it."
SCOPE = "dashboard:read"


@campus_type(record=portal.PlacedWidget, data=Data.PERSONAL, purpose=ARRANGED, requires=SCOPE)
class PlacedWidget:
    """A widget in its place on a grid of twelve columns."""

    widget: str = field("The name of its query, as GET /widgets lists them.")
    column: int = field("0 is the leftmost.")
    row: int = field("0 is the topmost.")
    width: int = field("Columns.")
    height: int = field("Rows.")


@campus_type(record=portal.DashboardLayout, data=Data.PERSONAL, purpose=ARRANGED, requires=SCOPE)
class DashboardLayout:
    """One arrangement of widgets."""

    name: str = field("What the person calls it; ours is called like its phase.")
    phase: AcademicPhase | None = field("The phase of the academic year it is for; null if for none.")
    phase_label: str | None = labelled("phase", LABEL, nullable=True)
    widgets: list[PlacedWidget] = field("What it shows, and where.")
    is_default: bool = field("Whether nobody arranged it: it may change with the gateway.")
    updated_at: datetime | None = field("When the person last arranged it.")
    version: str | None = field("What it shows, as a word, for `saveDashboardLayout`; null of one that is ours.")


@campus_type(record=dashboard.Dashboard, data=Data.PERSONAL, purpose=ARRANGED, requires=SCOPE)
class Dashboard:
    """A person's layouts."""

    layouts: list[DashboardLayout] = field("The person's own in order of their names, then ours for all other phases.")
    active: DashboardLayout | None = resolved(
        dashboard.active,
        "The person's own for the phase, else their own for no phase, else ours; null for who belongs to no campus.",
        requires=SCOPE,
        arguments={
            "at": "When; now, if left out. Without a zone it is meant in the campus's.",
            "campus": "Whose calendar says the phase; that of the first of the viewer's campuses, if left out.",
        },
    )
