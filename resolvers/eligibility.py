"""Whether the viewer may apply for a service: the office's rules over what the token and the campus's systems tell."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from strawberry import Parent

from campus.eligibility import Eligibility, EligibilityRule, EligibilityVerdict, Known, decide
from connectors import onestop, sis
from connectors.reads import AccountKey, settled
from connectors.wire import UpstreamError

from .context import Info
from .merged import missing

Facts = Callable[[Info, str], Awaitable[Iterable[str]]]
"""What one system tells of the viewer."""


async def eligible(service: Parent[onestop.Service], info: Info) -> Eligibility | None:
    """None for applications. Systems are asked only where nothing that is known without them stands against it."""
    viewer = info.context.viewer
    if not viewer.person:
        return None
    known = Known(affiliations=viewer.affiliations, campuses=viewer.campuses)
    found = decide(service.rules, known)
    if found.verdict is not EligibilityVerdict.UNDECIDED:
        return found
    open_ = {reason.code for reason in found.reasons}
    levels = await _told(info, "programmes", service.campus) if EligibilityRule.LEVEL in open_ else None
    cards = await _told(info, "card", service.campus) if EligibilityRule.CARD in open_ else None
    told = Known(affiliations=known.affiliations, campuses=known.campuses, levels=levels, cards=cards)
    return decide(service.rules, told)


async def _told(info: Info, endpoint: str, campus: str) -> frozenset[str] | None:
    """What the campus's systems with this endpoint say; None where that cannot be told, with an error if one failed."""
    scope, facts = ASKED[endpoint]
    systems = info.context.campus.answering(endpoint, campus)
    if scope not in info.context.viewer.scopes or not systems:
        return None
    answers = await settled(facts(info, system) for system in systems)
    failures = [answer for answer in answers if isinstance(answer, UpstreamError)]
    if failures:
        missing(info, failures)
        return None
    words: set[str] = set()
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        words.update(answer)
    return frozenset(words)


async def _levels(info: Info, system: str) -> Iterable[str]:
    """Of the programmes the viewer studies now."""
    who = await info.context.accounts.identity(system)
    if who is None or not who.student:
        return []
    studied = await info.context.sis.programmes_by_person.load(AccountKey(system, who.wire_id))
    return [each.level for each in studied if each.level and each.state is sis.EnrolmentState.ENROLLED]


async def _cards(info: Info, system: str) -> Iterable[str]:
    """How the viewer's card stands, and whether its loss is reported: active, not-reported."""
    account = await info.context.accounts.name(system)
    card = await info.context.campus_life.card_by_account.load(AccountKey(system, account)) if account else None
    states = (card.status, card.loss_state) if card else ()
    return [state.name.lower().replace("_", "-") for state in states]


ASKED: Mapping[str, tuple[str, Facts]] = {"programmes": ("record:read", _levels), "card": ("card:read", _cards)}
"""Endpoint of the systems that tell -> the scope without which a token tells nothing of it, and what is read."""
