"""Values by which a leak shows: what only one person may see, out of everything the gateway answers to that person."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from pipeline.documents import widget_documents
from tests.e2e import plain_reads as plain
from tests.simulated_campus import Answer, SimulatedCampus, every_path

EVERYBODY = (
    "alex", "mei", "jordan", "wing", "sam", "taiman-a", "taiman-b", "bo", "quinn", "lee", "rita", "pat", "ivy",
)  # fmt: skip

DISTINCTIVE = re.compile(
    r"(.*\.id"
    r"|viewer\.person"
    r"|me\.profile\.(displayName|chineseName|dateOfBirth|numbers\.\d+\.number)"
    r"|me\.contacts\.nodes\.\d+\.(email|privateEmail|telephone|address\.street)"
    r"|me\.account\.payments\.nodes\.\d+\.reference"
    r"|me\.emergencyContacts\.nodes\.\d+\.(name|telephone)"
    r"|me\.(loans|holds|fines)\.nodes\.\d+\.(title|barcode)"
    r"|me\.applications\.nodes\.\d+\.reference"
    r"|me\.bookings\.nodes\.\d+\.(reference|title)"
    r"|me\.tickets\.nodes\.\d+\.subject"
    r"|me\.housing\.nodes\.\d+\.contractNumber"
    r"|me\.campusCards\.nodes\.\d+\.transactions\.nodes\.\d+\.postedAt)"
)
"""Leaves that name a person or one thing of theirs; all others are words, dates and figures that many share."""

BEYOND_WIDGETS = "{ viewer { person } me { loans { nodes { barcode } } } }"
"""Distinctive leaves that no widget shows."""

NUMBERED = ("student-record", "anything", "ticket")
"""Widgets that are told whom or what to show: asked for each persona apart."""


class World:
    """All that one persona was answered."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers

    @cached_property
    def text(self) -> str:
        return "\n".join(f"{answer.headers} {text_of(answer.body)}" for answer in self.answers.values())

    @cached_property
    def ids(self) -> list[str]:
        """Global ids of what is theirs."""
        return sorted({value for path, value in self._own() if path.endswith(".id")})

    def canaries(self, public: str) -> set[str]:
        """Distinctive values of their own, but for what everybody may see."""
        found = {value for path, value in self._own() if value and DISTINCTIVE.fullmatch(path)}
        return {value for value in found if not appears(value, public)}

    def _own(self) -> Iterator[tuple[str, Any]]:
        for answer in self.answers.values():
            for part in {"viewer", "me"} & answer.data.keys():
                yield from every_path(answer.data[part], (part,))


def text_of(value: Any) -> str:
    return "\n".join(str(leaf) for _, leaf in every_path(value))


def appears(value: str, text: str) -> bool:
    """As a word of its own: `Bo Tam` is not in `Bo Tamworth`, 2011 not in 20110."""
    return value in text and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


async def whole_world(campus: SimulatedCampus, who: str | None) -> World:
    """Every widget that needs nobody named, and what none of them shows, answered to one persona, or to nobody."""
    asked = [name for name in widget_documents() if name not in NUMBERED]
    answers = {name: await campus.widget(name, await variables(campus, name), as_=who) for name in asked}
    # A widget that needs to be told more than this module tells it would prove nothing.
    assert [name for name, answer in answers.items() if answer.data is None] == []
    return World({**answers, "beyond widgets": await campus.ask(BEYOND_WIDGETS, as_=who)})


async def variables(campus: SimulatedCampus, widget: str) -> dict[str, Any]:
    """As much as a page shows, so that nothing stays hidden on the next."""
    if widget == "seat-watch":
        found = await campus.ask('{ courses(campus: "CWB", first: 1) { nodes { sections { classNumber } } } }')
        return {"campus": "CWB", "classNumber": found.at("courses.nodes.0.sections.0.classNumber")}
    if widget == "catalogue-search":
        return {"search": "robotics", "first": 50}
    if widget == "my-bookings":
        return {"past": True}
    if widget == "service":
        return {"key": "graduate-room-change"}
    return {"first": 100} if widget in ("my-applications", "tickets", "course-catalogue", "housing-and-card") else {}


async def record_of(campus: SimulatedCampus, who: str) -> list[dict[str, str]]:
    """Variables of `student-record`: once for each campus that knows the persona."""
    at = {"sis-cwb": "CWB", "sis-gz": "GZ"}
    return [{"campus": at[system], "number": number} for system, number in (await plain.numbers(campus, who)).items()]
