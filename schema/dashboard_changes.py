"""Arranging one's own dashboard."""

from typing import Annotated

import strawberry

from connectors import portal
from connectors.portal import LayoutConflictReason
from resolvers import dashboard_changes as resolvers

from .cards import Data
from .changes import InvalidInput
from .dashboard import ARRANGED, Dashboard, DashboardLayout
from .enums import LABEL, described
from .fields import campus_type, field, input_type, labelled, resolved

WRITE = "portal:write"

described(
    LayoutConflictReason,
    "Why a layout was not written.",
    {
        "CHANGED": "There is one of this name that the client has not seen: `stored`.",
        "REMOVED": "The one that the client saw was deleted.",
        "PHASE_TAKEN": "Another one is for the same phase: `stored`.",
        "TOO_MANY": "There are twenty already.",
    },
)
input_type(
    resolvers.PlacedWidgetInput,
    {
        "widget": "The name of its query, as GET /widgets lists them.",
        "column": "0 is the leftmost, 11 the rightmost.",
        "row": "0 is the topmost.",
        "width": "Columns.",
        "height": "Rows.",
    },
)
input_type(
    resolvers.DashboardLayoutInput,
    {
        "name": "What the person calls it, in at most 60 characters. There is one of a name.",
        "widgets": "All it shows; no two lie over one another.",
        "phase": "The phase of the academic year it is for, or none. There is one for a phase.",
        "version": "`version` of the layout of this name that the client saw; null where it saw none.",
    },
)


@campus_type(record=resolvers.LayoutSaved, data=Data.PERSONAL, purpose=ARRANGED, requires=WRITE, in_union=True)
class DashboardLayoutSaved:
    """The layout is kept."""

    layout: DashboardLayout = field("As it is now.")


@campus_type(record=resolvers.LayoutDeleted, data=Data.PERSONAL, purpose=ARRANGED, requires=WRITE, in_union=True)
class DashboardLayoutDeleted:
    """The layout is gone."""

    dashboard: Dashboard = field("Those that are left.")


@campus_type(record=portal.LayoutConflict, data=Data.PERSONAL, purpose=ARRANGED, requires=WRITE, in_union=True)
class DashboardLayoutConflict:
    """What is kept is not what the client saw, as where it was arranged in two windows. Nothing was written."""

    reason: LayoutConflictReason = field("What is in the way.")
    reason_label: str = labelled("reason", LABEL)
    stored: DashboardLayout | None = field("The layout that is kept, and is in the way; null where none is.")


SaveDashboardLayoutResult = Annotated[
    DashboardLayoutSaved | DashboardLayoutConflict | InvalidInput,
    strawberry.union(
        "SaveDashboardLayoutResult", description="The layout that is kept now, or why nothing was written."
    ),
]
DeleteDashboardLayoutResult = Annotated[
    DashboardLayoutDeleted | DashboardLayoutConflict,
    strawberry.union(
        "DeleteDashboardLayoutResult", description="The layouts that are left, or why nothing was deleted."
    ),
]


@strawberry.type
class DashboardMutations:
    save_dashboard_layout: SaveDashboardLayoutResult | None = resolved(
        resolvers.save_dashboard_layout,
        "Keeps a layout of the person's own, over the one of the same name that the client saw.",
        requires=WRITE,
        arguments={"input": "The layout, whole."},
    )
    delete_dashboard_layout: DeleteDashboardLayoutResult | None = resolved(
        resolvers.delete_dashboard_layout,
        "Deletes a layout of the person's own, if it is still what the client saw; for its phase, ours is back.",
        requires=WRITE,
        arguments={"name": "Its name.", "version": "Its `version`."},
    )
