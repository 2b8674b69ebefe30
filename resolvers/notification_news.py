"""Notifications as they come in: first those there are, or were missed; then each as it comes out or is told."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from campus.announcement import Announcement, AnnouncementPriority
from connectors import portal
from connectors.portal import Notice
from connectors.reads import AccountKey, Holding, either, settled, state_of
from connectors.wire import UpstreamError

from .access import signed_in_person
from .announcements import announcement_page, feeds, never_read, on_its_clock
from .context import Info
from .merged import missing
from .news import Found, News
from .notifications import (
    Notification,
    lately_told,
    not_old,
    notification_of,
    of_notice,
    place,
    shut_out,
    urgent,
)
from .paging import MOST
from .resume import resume_token, told_before

Told = Announcement | Notice
"""What may be a notification."""


async def notification_received(
    info: Info, resume: str | None = None
) -> AsyncGenerator[Found[Told] | UpstreamError, None]:
    """What the person lets into the portal is decided for each event; an announcement that is edited is news again."""
    person = signed_in_person(info.context.viewer).person
    told, systems = told_before(resume), feeds(info)
    ours = AccountKey(portal.SYSTEM, person)
    published, notices = info.context.indexes.notices.published, info.context.followed.portal.notices
    # Followed before it is read: what comes out in between is not missed.
    with published.following(systems, from_now=True) as news, notices.following([ours], from_now=True) as own:
        (begun,) = await settled([_there(info, person, systems)])
        if isinstance(begun, Exception):
            if not isinstance(begun, UpstreamError):
                raise begun
            yield begun
        else:
            yield _found(told, *begun)
        async for each in either(news, own):
            if isinstance(each, UpstreamError):
                yield each
            elif nodes := _of_news(info, each):
                found = _found(told, nodes)
                if found.nodes:
                    yield found


async def notifications_told(found: Found[Told], info: Info, resume: str | None = None) -> News[Notification]:
    person = signed_in_person(info.context.viewer).person
    senders, shut = (await urgent(info, person)).senders or (), await shut_out(info, person)
    announced = [each for each in found.nodes if isinstance(each, Announcement) and each.sender.kind in senders]
    own = [each for each in found.nodes if isinstance(each, Notice) and each.category not in shut]
    told = [*await asyncio.gather(*(notification_of(info, each) for each in announced))]
    return News(
        nodes=sorted([*told, *(of_notice(info, each) for each in own)], key=place),
        resume=found.resume,
        unavailable=missing(info, found.failures),
    )


async def _there(info: Info, person: str, systems: Sequence[str]) -> tuple[Sequence[Told], Sequence[UpstreamError]]:
    """Those of now, the latest first, and whose part is missing."""
    failures = await never_read(info, systems)
    page = await announcement_page(info, await urgent(info, person), MOST, None)
    return [*page.nodes, *await lately_told(info, person)], failures


def _found(told: dict[str, list[str]], there: Sequence[Told], failures: Sequence[UpstreamError] = ()) -> Found[Told]:
    """What of it was not told yet; from now on it was."""
    states = {_state(each): each for each in there}
    known = {state for of_system in told.values() for state in of_system}
    new = {state: each for state, each in states.items() if state not in known}
    for state, each in reversed(new.items()):
        told.setdefault(portal.SYSTEM if isinstance(each, Notice) else each.key.system, []).insert(0, state)
    return Found(owners=(), nodes=list(new.values()), resume=resume_token(told), failures=failures)


def _state(each: Told) -> str:
    """Read or not, a notice is told once."""
    return state_of(each.id) if isinstance(each, Notice) else state_of(each.key, each.updated_at)


def _of_news(info: Info, each: Announcement | Holding[Notice]) -> Sequence[Told]:
    if isinstance(each, Holding):
        return not_old(info, each.by_state.values())
    return [on_its_clock(info, each)] if each.priority is AnnouncementPriority.HIGH and _is_for(info, each) else []


def _is_for(info: Info, each: Announcement) -> bool:
    viewer = info.context.viewer
    return each.audience.includes(viewer.campuses, viewer.programmes)
