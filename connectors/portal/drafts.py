"""Forms that people have begun to fill in: nobody's application yet, and so no matter of the workflow system."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import JSON, Column, Table, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .records import ApplicationDraft
from .store import upsert
from .tables import CODE, Moment, any_of, kept, metadata

application_draft = Table(
    "application_draft",
    metadata,
    Column("person", CODE, primary_key=True),
    Column("system", CODE, primary_key=True),
    Column("service", CODE, primary_key=True),
    Column("form", JSON, nullable=False),
    Column("updated_at", Moment, nullable=False),
    info=kept("application_drafts", since="updated_at"),
)

_OF = (
    select(application_draft)
    .where(application_draft.c.person.in_(any_of("persons")))
    .order_by(application_draft.c.updated_at.desc(), application_draft.c.service)
)


async def drafts_of(connection: AsyncConnection, persons: Collection[str]) -> Mapping[str, Sequence[ApplicationDraft]]:
    """By person, the latest first; nothing of who has begun none."""
    found: dict[str, list[ApplicationDraft]] = {}
    for row in await connection.execute(_OF, {"persons": list(persons)}):
        draft = ApplicationDraft(system=row.system, service=row.service, form=row.form, updated_at=row.updated_at)
        found.setdefault(row.person, []).append(draft)
    return found


async def save_draft(connection: AsyncConnection, person: str, draft: ApplicationDraft) -> None:
    """Over the one for the same service."""
    row = {
        "person": person,
        "system": draft.system,
        "service": draft.service,
        "form": draft.form,
        "updated_at": draft.updated_at,
    }
    await upsert(connection, application_draft, [row])


async def drop_draft(connection: AsyncConnection, person: str, system: str, service: str) -> None:
    """Throws it away; nothing where there is none."""
    table = application_draft
    of = and_(table.c.person == person, table.c.system == system, table.c.service == service)
    await connection.execute(table.delete().where(of))
