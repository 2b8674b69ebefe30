"""What people are told whose contact details have not arrived everywhere for a day: in every language we serve."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from campus.labels import LANGUAGES, Message
from campus.text import ENGLISH, Text, best
from connectors.portal import Notice, NotificationCategory, PendingWrite

from .context import Campus

TITLE = Message("Your contact details have not arrived everywhere")

OFFICES: Mapping[str, Message] = {
    "sis": Message("student records"),
    "library": Message("library"),
    "onestop": Message("service desk"),
}
"""What people call the systems that hold how they are reached, by kind."""


def notices_for(campus: Campus, late: Iterable[PendingWrite], now: datetime) -> list[Notice]:
    """One for each person, which names the systems and nothing of what was changed."""
    by_person = groupby(sorted(late, key=lambda each: each.person), key=lambda each: each.person)
    return [_notice(campus, person, sorted({each.system for each in those}), now) for person, those in by_person]


def _notice(campus: Campus, person: str, systems: Sequence[str], now: datetime) -> Notice:
    return Notice(
        person=person,
        id=uuid.uuid4().hex,
        category=NotificationCategory.ADMINISTRATION,
        title={language: TITLE.told(language).text for language in (ENGLISH, *LANGUAGES)},
        text={language: _text(campus, systems, language) for language in (ENGLISH, *LANGUAGES)},
        published_at=now,
    )


def _text(campus: Campus, systems: Sequence[str], language: str) -> str:
    places = [_place(campus, system, language) for system in systems]
    sentence = Message(
        "What you changed more than 24 hours ago has not reached: {places}. We keep trying; should it be urgent, tell "
        "them yourself.",
        {"places": "; ".join(places)},
    )
    return sentence.told(language).text


def _place(campus: Campus, system: str, language: str) -> str:
    of = campus.upstreams[system].system
    name: Text = campus.names[of.campus]
    kind = OFFICES[of.kind].told(language).text
    return f"{best(name, [language])}: {kind}"
