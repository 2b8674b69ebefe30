"""Resume tokens: what a subscription has told already, so that after a reconnect what was missed is told, and no more.

A token holds nothing but words for states (connectors/reads/holding.py), by system. It is not signed: whoever makes one
up is told more or less of what is their own anyway, under the same rules.
"""

from collections.abc import Iterable, Mapping

from campus.ids import opaque, parts_of
from connectors.reads import STATE_LENGTH

from .refusals import BadUserInput

States = Mapping[str, Iterable[str]]
"""By system, the latest things first."""

STATES_TOLD = 500
"""Of each system at most, and so four kilobytes; of who has more, the last ones are told again after a reconnect."""


def resume_token(told: States) -> str:
    parts = []
    for system in sorted(told):
        parts += [system, "".join(list(told[system])[:STATES_TOLD])]
    return opaque(parts)


def told_before(token: str | None) -> dict[str, list[str]]:
    """Raises BadUserInput for what is no token."""
    if token is None:
        return {}
    parts = parts_of(token)
    if parts is None or len(parts) % 2 or not all(isinstance(part, str) for part in parts):
        raise BadUserInput("This is no resume token.")
    words = [str(part) for part in parts]
    return {
        system: [states[place : place + STATE_LENGTH] for place in range(0, len(states), STATE_LENGTH)]
        for system, states in zip(words[::2], words[1::2], strict=True)
    }
