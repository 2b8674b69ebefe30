"""Sections whose seats change while one looks."""

from collections.abc import AsyncGenerator

import strawberry

from connectors import sis
from connectors.reads import settled
from connectors.wire import UpstreamError

from .context import Info
from .courses import section_by_key
from .nodes import section_key
from .refusals import BadUserInput

MOST = 50
"""Sections one subscription may follow."""


async def seats_changed(info: Info, sections: list[strawberry.ID]) -> AsyncGenerator[sis.Section | UpstreamError, None]:
    """Each section as it is now, in the order asked for; then each whose seats have changed, as it is by then."""
    keys = list(dict.fromkeys(section_key(info, each) for each in sections))
    if not 1 <= len(keys) <= MOST:
        raise BadUserInput("One may follow 1 to {most} sections; these are {given}.", most=MOST, given=len(keys))
    told: dict[sis.SectionKey, sis.Section] = {}
    # Followed before it is read: what changes in between is not missed.
    with info.context.indexes.sis.seats.following(keys) as changes:
        for key in keys:
            section = await _now(info, key)
            if isinstance(section, sis.Section):
                told[key] = section
            yield section
        del info  # thousands wait here, and need not keep what their first answer was made with
        async for change in changes:
            if isinstance(change, sis.Section):
                if change.key in told and told[change.key].seats == change.seats:
                    continue  # as it was read above already
                told[change.key] = change
            yield change


async def _now(info: Info, key: sis.SectionKey) -> sis.Section | UpstreamError:
    """The section, or why it cannot be told. Raises BadUserInput where there is none."""
    (found,) = await settled([section_by_key(info, key)])
    if isinstance(found, sis.Section | UpstreamError):
        return found
    if found is None:
        raise BadUserInput("There is no section {number} in that term.", number=key.class_number)
    raise found
