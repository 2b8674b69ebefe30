"""Forms that people have begun to fill in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry import Parent
from strawberry.scalars import JSON

from campus.form_check import oddity
from campus.labels import Message
from campus.problem import InvalidInput, Problem
from campus.record import Record
from connectors import onestop, portal
from connectors.onestop import ServiceKey
from connectors.portal import ApplicationDraft

from .access import signed_in_person
from .application_forms import FORM, service_key, service_of
from .changes import invalid
from .context import Info
from .onestop import service_by_key
from .people import Me


@dataclass
class ApplicationDraftInput:
    """A form as far as it is filled in."""

    service: strawberry.ID
    form: JSON | None


class ApplicationDraftSaved(Record, frozen=True):
    draft: ApplicationDraft | None


async def save_application_draft(
    info: Info, input: ApplicationDraftInput
) -> ApplicationDraftSaved | InvalidInput | None:
    """Over the one for the same service; a form that is null throws it away. Raises UpstreamError."""
    person = signed_in_person(info.context.viewer).person
    key = service_key(info, input.service, "input", "service")
    service = key if isinstance(key, InvalidInput) else await service_of(info, key)
    if isinstance(service, InvalidInput):
        return service
    form: Any = input.form
    if form is not None and not isinstance(form, dict):
        return invalid(*FORM, message=Message("This does not fit the form."))
    if wrong := oddity(form, FORM):
        return InvalidInput(problems=[wrong])
    draft = None
    async with info.context.campus.store.changing() as connection:
        if form is None:
            await portal.drop_draft(connection, person, *service.key)
        else:
            draft = ApplicationDraft(
                system=service.key.system, service=service.key.key, form=form, updated_at=info.context.campus.now()
            )
            await portal.save_draft(connection, person, draft)
    info.context.changed(portal.SYSTEM)
    return ApplicationDraftSaved(draft=draft)


async def drafts(me: Parent[Me], info: Info) -> Sequence[ApplicationDraft] | None:
    """The latest first."""
    found: Sequence[ApplicationDraft] = await info.context.portal.drafts_by_person.load(me.viewer.person)
    return found


async def service_of_draft(draft: Parent[ApplicationDraft], info: Info) -> onestop.Service | None:
    """None where it is not offered any longer."""
    if draft.system not in info.context.campus.answering("services"):
        return None
    return await service_by_key(info, ServiceKey(draft.system, draft.service))


def form_of_draft(draft: Parent[ApplicationDraft]) -> Mapping[str, Any]:
    return draft.form


async def problems_of_draft(draft: Parent[ApplicationDraft], info: Info) -> Sequence[Problem] | None:
    service = await service_of_draft(draft, info)
    return onestop.check_form(service, draft.form, ["form"]) if service else None
