"""How a system is brought to hold what shall be of a person: read, written where it is otherwise, and read again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from campus.contacts import IN_AGREEMENT, ContactDetails, ContactsWritten, written

from .errors import UpstreamBadResponse

Whole = TypeVar("Whole")


async def brought_to(
    wanted: ContactDetails,
    system: str,
    read: Callable[[], Awaitable[Whole | None]],
    contacts_of: Callable[[Whole], ContactDetails],
    write: Callable[[Whole], Awaitable[ContactsWritten | None]],
) -> ContactsWritten | None:
    """None where the system knows no such person. No system has a version of a person to hold a change against, so
    that what somebody else wrote in between shows in the second reading.

    `write` answers with what is so if nothing has changed by then: refused, or not yet done. None says that it must
    have; if it has not, nobody knows what came of it. Raises UpstreamError.
    """
    found = await read()
    if found is None:
        return None
    before = contacts_of(found)
    if before.holds(wanted):
        return IN_AGREEMENT
    if_unchanged = await write(found)
    found = await read()
    if found is None:
        return None
    outcome = written(before, contacts_of(found), wanted) or if_unchanged
    if outcome is None:
        failure = UpstreamBadResponse(system, "what was written is as before")
        failure.unsettled = True
        raise failure
    return outcome
