"""Field cards: what a field's data is, and what it takes to read it; printed into schema.graphql."""

import enum

import strawberry
from strawberry.schema_directive import Location

from connectors.reads import Kept
from execution.guard import Guard
from resolvers.access import check_scope
from resolvers.context import Info

from .enums import described

described(
    Kept,
    "Who shares what was read, and for how long.",
    {
        "OPERATION": "Nobody: it is asked for, or worked out, anew for each operation.",
        "ACCOUNT": "Whoever may see what is that account's: it lies in memory under the account, for some seconds. "
        "While its system does not answer it is told for longer, with its age in `extensions.freshness`.",
        "VIEWER": "The viewer alone, until the token that told it ends.",
        "EVERYBODY": "All, in memory. Lists are renewed in the background every `index_refresh` seconds of a system, "
        "and stand while that does not answer; what is asked for one by one is kept for seconds.",
    },
)


@strawberry.enum(description="How much protection data needs; from what everybody may read to what hurts if it leaks.")
class Data(enum.Enum):
    PUBLIC = strawberry.enum_value("PUBLIC", description="For everybody, also unsigned.")
    CAMPUS = strawberry.enum_value("CAMPUS", description="For members of the university.")
    PERSONAL = strawberry.enum_value("PERSONAL", description="About a person, or only of use to one.")
    SENSITIVE = strawberry.enum_value(
        "SENSITIVE", description="About a person and harmful if it leaks; in no log, trace or shared cache."
    )

    @property
    def personal(self) -> bool:
        return self in (Data.PERSONAL, Data.SENSITIVE)


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION],
    description="The card of a type, which its fields share unless they carry one of their own.",
)
class Card:
    data: Data
    system: str | None = strawberry.UNSET
    purpose: str | None = strawberry.UNSET
    kept: Kept | None = strawberry.UNSET


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION],
    name="requiresScopes",
    description="Scopes a token needs: all of one of the inner lists.",
)
class RequiresScopes:
    scopes: list[list[str]]


class ScopeCheck(Guard):
    """Before the resolver, so that a refused system is not asked. Plain fields below need no check of their own."""

    def __init__(self, scope: str, *, on_public: bool = False) -> None:
        self.scope = scope
        self.on_public = on_public

    def lets_in(self, info: Info) -> bool:
        if self.on_public and not info.context.viewer.person:
            return False
        check_scope(info.context.viewer, self.scope)
        return True
