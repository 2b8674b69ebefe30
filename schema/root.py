"""The whole campus graph: one line per domain."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers import nodes

from .calendar import CalendarQueries
from .classified import check_cards
from .courses import CourseQueries
from .fields import resolved
from .node import Node
from .onestop import ServiceQueries
from .people import PeopleQueries
from .shuttle import ShuttleQueries
from .systems import SystemQueries


@strawberry.type(description="All one can ask of the two campuses.")
class Query(PeopleQueries, CourseQueries, CalendarQueries, ServiceQueries, ShuttleQueries, SystemQueries):
    node: Node | None = resolved(
        nodes.node, "Anything by its global id; null where it is gone.", arguments={"id": "An `id` this graph gave."}
    )


schema = strawberry.Schema(query=Query, config=StrawberryConfig(disable_field_suggestions=True))
check_cards(schema)
