"""What many types share: a global id, a connection, a list that may have come in part."""

from typing import Generic, TypeVar

import strawberry

from resolvers import merged, paging

from .cards import Data
from .fields import campus_type, field

Item = TypeVar("Item")


RESUME = "The `resume` of the last event one has seen: only what was missed since is told first. Without, all there is."


@strawberry.interface(description="Anything with an id of its own over the whole graph.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global id: opaque; `node(id:)` finds the thing again.")


@campus_type(record=merged.Unavailable, data=Data.PUBLIC)
class Unavailable:
    """A system that could not be asked, so that its part of a list is missing."""

    system: str = field("Id of the system, as `systems` lists it.")
    campus: str = field("Code of the campus that runs it.")
    code: str = field("Why, in the words of `extensions.code` of errors: UPSTREAM_TIMEOUT and the like.")
    retry_after: float | None = field("Seconds after which asking again may help; null where nobody knows.")


@strawberry.type(
    name="List",
    description="A list put together from several systems: what came, and who could not be asked. "
    "The field is null only when none of those that were asked answered, or none knows the person.",
)
class Listing(Generic[Item]):
    nodes: list[Item] = strawberry.field(description="What came.")
    unavailable: list[Unavailable] = strawberry.field(
        description="Whose part is missing; an error at the same path says the same."
    )


@strawberry.type(
    description="What changed of a person's own: at first all there is, or what was missed; then what is new. It is "
    "told as soon as its system tells by itself, or every `personal_refresh` seconds.",
)
class News(Generic[Item]):
    nodes: list[Item] = strawberry.field(description="What has changed, each in its newest state.")
    resume: str = strawberry.field(
        description="Give it back as `resume` after a reconnect, to be told only what was missed."
    )
    unavailable: list[Unavailable] = strawberry.field(
        description="Whose part is missing; an error at the same path says the same."
    )


@strawberry.type(description="One item of a connection, with its place in it.")
class Edge(Generic[Item]):
    node: Item = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="Its place, for `after`.")


@campus_type(record=paging.PageInfo, data=Data.PUBLIC)
class PageInfo:
    """Where a page lies in its connection."""

    has_next_page: bool = field("Whether more items follow.")
    has_previous_page: bool = field("Whether items come before.")
    start_cursor: str | None = field("Cursor of the first item here.")
    end_cursor: str | None = field("Cursor of the last item here: ask on with it as `after`.")


@strawberry.type(description="A list that grows, page by page; cursors are keys, so that new items move nothing.")
class Connection(Generic[Item]):
    nodes: list[Item] = strawberry.field(description="The items of this page.")
    edges: list[Edge[Item]] = strawberry.field(description="The items of this page, with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where this page lies.")
    total_count: int = strawberry.field(description="Items on all pages, of the systems that could be asked.")
    unavailable: list[Unavailable] = strawberry.field(
        description="Whose part is missing; an error at the same path says the same."
    )
