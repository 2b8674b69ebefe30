"""Every change goes to its system once, and every fault on the way ends in its code and in whether anybody knows.

One suite over the table in `protocols`, beside the one for what is only read.
"""

import pytest

from connectors.wire import UpstreamError

from .protocols import BY_PROTOCOL
from .protocols.met import met

CHANGES = {
    f"{protocol}.{name}": (case, name, change)
    for protocol, case in BY_PROTOCOL.items()
    for name, change in case.changes.items()
}
FAULTS = {
    "down": ("UPSTREAM_UNAVAILABLE", True),
    "hang": ("UPSTREAM_TIMEOUT", True),
    "garbage": ("UPSTREAM_BAD_RESPONSE", True),
    "wrong-schema": ("UPSTREAM_BAD_RESPONSE", True),
    "500": ("UPSTREAM_UNAVAILABLE", True),
    "closed": ("UPSTREAM_MAINTENANCE", False),
    "401": ("UPSTREAM_UNAVAILABLE", False),
    "404": ("UPSTREAM_BAD_RESPONSE", False),
    "429": ("UPSTREAM_RATE_LIMITED", False),
    "cut": ("UPSTREAM_BAD_RESPONSE", True),
}
"""What the socket does -> the code, and whether for all we know the system did it. Only before `cut` it does."""


async def made(system, reach, name):
    """What came of it. Where many were asked for at once: of the only one."""
    outcome = await system.ask(reach, name)
    if isinstance(outcome, list):
        (outcome,) = outcome
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def sent(system, change, at):
    calls = await system.calls()
    return len([call for call in calls if call["method"] == change.method and call["path"].startswith(at)])


@pytest.mark.parametrize("place", CHANGES)
async def test_a_change_is_sent_once_and_what_keeps_its_answer_away_is_told(place):
    case, name, change = CHANGES[place]
    async with met(case) as system:
        at = change.at(*await system.asked(name))
        # An answer to DELETE has no body that could be cut off.
        faults = {mode: told for mode, told in FAULTS.items() if (mode, change.method) != ("cut", "DELETE")}
        for mode, (code, unsettled) in faults.items():
            await system.well()
            async with system.reach(timeout=1 if mode == "hang" else 10) as reach:
                await system.fault(mode, at, change.method)
                if mode == "404" and change.refused:
                    assert isinstance(await made(system, reach, name), change.refused)
                else:
                    with pytest.raises(UpstreamError) as failed:
                        await made(system, reach, name)
                    assert (mode, failed.value.code, failed.value.unsettled) == (mode, code, unsettled)
            await system.fault("down", at, change.method)  # what still hangs there is not to be done later
            # What one is not let in for has not been done, and is asked once more by whoever is let in anew.
            again = mode == "401" and hasattr(case.module, "sign_in")
            assert (mode, await sent(system, change, at)) == (mode, 1 + again)
