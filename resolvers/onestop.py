"""Services for everybody, and a person's own applications."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from strawberry import Parent

from campus import forms
from connectors import onestop
from connectors.wire import UpstreamError
from execution.derived import derived

from .ahead import STEPS, wanted_below
from .context import Info
from .merged import Merged, merged, of_accounts
from .news import Found, followed
from .paging import Page, paged
from .people import Me


async def services(info: Info, type: str | None = None) -> Merged[onestop.Service] | None:
    async def of(system: str) -> Sequence[onestop.Service]:
        everything = await info.context.collection(info.context.indexes.onestop.services, system)
        return [service for service in everything if type in (None, service.type)]

    return await merged(info, {system: of(system) for system in info.context.campus.answering("services")})


async def service(info: Info, key: str) -> onestop.Service | None:
    found = await services(info)
    return next((each for each in found.nodes if each.key.key == key), None) if found else None


async def service_by_key(info: Info, key: onestop.ServiceKey) -> onestop.Service | None:
    everything = await info.context.collection(info.context.indexes.onestop.services, key.system)
    return next((service for service in everything if service.key == key), None)


async def service_of_application(application: Parent[onestop.Application], info: Info) -> onestop.Service | None:
    return await service_by_key(info, application.service)


async def applications(
    me: Parent[Me],
    info: Info,
    tab: onestop.ApplicationTab | None = None,
    first: int = 20,
    after: str | None = None,
) -> Page[onestop.Application] | None:
    """The latest first."""
    loader = info.context.onestop.applications_by_account
    found = await of_accounts(info, "applications", loader, key=_latest_first, below=wanted_below(info, STEPS))
    if found is None:
        return None
    shown = [application for application in found.nodes if tab in (None, application.tab)]
    return paged(Merged(nodes=shown, unavailable=found.unavailable), first=first, after=after, cursor=_latest_first)


def _latest_first(application: onestop.Application) -> tuple[int, str, str]:
    return (-int(application.submitted_at.timestamp()), application.system, application.id)


@derived
def key_of_service(service: onestop.Service) -> str:
    return service.key.key


def form(service: Parent[onestop.Service], info: Info) -> Mapping[str, Any]:
    return forms.in_language(service.form, info.context.languages)


def form_in_languages(service: Parent[onestop.Service]) -> Mapping[str, Any]:
    return service.form


def application_changed(
    info: Info, resume: str | None = None
) -> AsyncGenerator[Found[onestop.Application] | UpstreamError | None, None]:
    source = info.context.followed.onestop.applications
    return followed(info, "applications", info.context.accounts.name, source, resume)
