"""What libraries hold, as everybody sees it."""

import strawberry

from connectors import library
from connectors.library import HoldingState
from resolvers import catalogue as libraries
from resolvers import location as place
from resolvers.editions import Edition as EditionRecord

from .cards import Data
from .enums import STATE_LABEL, described
from .fields import campus_type, field, global_id_of, labelled, resolved
from .location import Location
from .node import Edge, Node, PageInfo, Unavailable

described(
    HoldingState,
    "Whether one can have it now.",
    {
        "AVAILABLE": "A copy is on the shelf.",
        "UNAVAILABLE": "All copies are lent, or the licence does not run.",
        "ONLINE": "It can be read online.",
        "OTHER": "Something else: see `stateLabel`.",
    },
)


@campus_type(record=library.Holding, data=Data.PUBLIC, system="library")
class Holding:
    """Copies in one place of a library, or a licence to read online."""

    campus: str = field("Code of the campus whose library holds it.")
    library: str | None = field("Branch.")
    location: Location | None = resolved(
        place.location_of_holding, "Where the branch stands; null where the settings do not say."
    )
    shelving_location: str | None = field("Where in the branch; of what is read online, the collection it belongs to.")
    call_number: str | None = field("Where it stands on the shelf.")
    copies: int | None = field("Copies of paper; null for what is read online, and where nobody counts.")
    available: int | None = field("How many of these are on the shelf.")
    state: HoldingState = field("Whether one can have it now.")
    state_label: str = labelled("state", STATE_LABEL, own="state_label")
    electronic_url: str | None = field("Where it is read; the library asks there who may.")


@campus_type(record=EditionRecord, data=Data.PUBLIC, system="library", node=True)
class Edition(Node):
    """A book, once, whatever libraries hold it: records with an ISBN in common are of the same edition."""

    id: strawberry.ID = global_id_of("Edition")
    title: str = field("Title and subtitle.")
    author: str | None = field("Author as catalogued; of a collection, its first editor.")
    year: int | None = field("Year of publication.")
    language: str | None = field("ISO 639-2 code in its bibliographic form: eng, chi.")
    isbns: list[str] = field("Its ISBNs, each of thirteen digits.")
    publisher: str | None = field("Publisher.")
    holdings: list[Holding] = field("What each library holds of it.")
    unavailable: list[Unavailable] = field("Libraries that could not say what they hold of it.")


@campus_type(record=libraries.Searched, data=Data.PUBLIC, system="library")
class Searched:
    """How one library's catalogue took part in a search."""

    system: str = field("Id of the system, as `systems` lists it.")
    campus: str = field("Code of the campus.")
    found: int = field("Records it found in all.")
    listed: int = field("Records of these that are in the list: its best. If there are more, say more precisely what.")


@campus_type(record=libraries.Catalogue, data=Data.PUBLIC, system="library")
class Catalogue:
    """What libraries found, the best of each first, page by page; cursors are keys."""

    nodes: list[Edition] = field("The editions of this page.")
    edges: list[Edge[Edition]] = field("The editions of this page, with their cursors.")
    page_info: PageInfo = field("Where this page lies.")
    total_count: int = field("Editions on all pages, made of the records that are `listed`.")
    searched: list[Searched] = field("How many records each library found, and how many of them are in the list.")
    unavailable: list[Unavailable] = field("Whose part is missing; an error at the same path says the same.")


@strawberry.type
class CatalogueQueries:
    catalogue: Catalogue | None = resolved(
        libraries.catalogue,
        "Books of all libraries, with what each campus holds of them.",
        arguments={
            "search": "Words that a record must all have: of title, author, ISBN, subject.",
            "campus": "Code of a campus, such as CWB or GZ: its library alone; all, if left out.",
            "first": "Editions on a page, 1 to 50.",
            "after": "Cursor of the edition before.",
        },
    )
