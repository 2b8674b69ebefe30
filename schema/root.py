"""The whole campus graph: one line per domain."""

from functools import cache

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers import nodes
from resolvers.context import FieldInfo

from .announcements import AnnouncementQueries, AnnouncementSubscriptions
from .application_changes import ApplicationMutations
from .applications import ApplicationSubscriptions
from .calendar import CalendarQueries
from .catalogue import CatalogueQueries
from .classified import check_cards
from .contact_changes import ContactMutations
from .courses import CourseQueries, CourseSubscriptions
from .dashboard_changes import DashboardMutations
from .facilities import FacilityQueries
from .facility_changes import FacilityMutations
from .fields import resolved
from .library_changes import LibraryMutations, PickupQueries
from .node import Node
from .notification_changes import NotificationMutations
from .notifications import NotificationSubscriptions
from .onestop import ServiceQueries
from .people import PeopleQueries
from .record import GradeSubscriptions
from .shuttle import ShuttleQueries, ShuttleSubscriptions
from .streams import guard_streams
from .systems import SystemQueries
from .ticket_changes import TicketMutations, TicketQueries
from .tickets import TicketSubscriptions
from .uploads import SCALARS


@strawberry.type(description="All one can ask of the two campuses.")
class Query(
    PeopleQueries,
    CourseQueries,
    CalendarQueries,
    CatalogueQueries,
    PickupQueries,
    ServiceQueries,
    TicketQueries,
    ShuttleQueries,
    FacilityQueries,
    AnnouncementQueries,
    SystemQueries,
):
    node: Node | None = resolved(
        nodes.node, "Anything by its global id; null where it is gone.", arguments={"id": "An `id` this graph gave."}
    )


@strawberry.type(
    description="All one can change. Each answers what came of it, or why nothing was changed; an error with "
    "`unsettled` leaves open which."
)
class Mutation(
    TicketMutations,
    ApplicationMutations,
    DashboardMutations,
    NotificationMutations,
    FacilityMutations,
    LibraryMutations,
    ContactMutations,
):
    pass


@strawberry.type(description="What changes while one looks: each begins with what is so now, then tells what is new.")
class Subscription(
    AnnouncementSubscriptions,
    ApplicationSubscriptions,
    CourseSubscriptions,
    GradeSubscriptions,
    NotificationSubscriptions,
    ShuttleSubscriptions,
    TicketSubscriptions,
):
    pass


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS, info_class=FieldInfo),
)
check_cards(schema)
guard_streams(schema)


@cache
def sdl() -> str:
    """The schema in its own language."""
    return schema.as_str()
