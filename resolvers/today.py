"""What the next day brings one person: classes, examinations, bookings, loans due, shuttles, steps that wait."""

from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta

from strawberry import Parent

from campus.record import Record
from campus.text import UNTOLD
from connectors import gz_campus, onestop, sis
from connectors.reads import AccountKey

from .context import Info
from .courses import course_by_key
from .exams import exams_of
from .facilities import facility_by_key
from .merged import Merged, Unavailable, merged
from .onestop import service_by_key
from .people import Me
from .shuttle import departures
from .timetable import class_meetings
from .today_items import TodayItem, of_booking, of_class, of_departure, of_exam, of_loan, of_step

AHEAD = timedelta(hours=24)

SCOPES = ("library:read", "services:read", "bookings:read")
"""What a token may lack without losing the whole day."""

SHUTTLES = 5
"""Departures shown: the next ones; a day has some hundred."""


class Today(Record, frozen=True):
    since: datetime
    until: datetime
    items: Merged[TodayItem]
    missing_scopes: Sequence[str]

    @property
    def nodes(self) -> Sequence[TodayItem]:
        return self.items.nodes

    @property
    def unavailable(self) -> Sequence[Unavailable]:
        return self.items.unavailable


async def today(me: Parent[Me], info: Info, stop: str | None = None) -> Today | None:
    """In order of time. All systems are asked side by side; what a token's scopes leave out is told."""
    now = info.context.campus.now()
    day = _Day(info, now, now + AHEAD, me)
    scopes = info.context.viewer.scopes
    asked: dict[str, Awaitable[Sequence[TodayItem] | None]] = {"shuttles": day.shuttles(stop)}
    for system in me.student_systems(info.context):
        asked |= {f"classes {system}": day.classes(system), f"exams {system}": day.exams(system)}
    if "library:read" in scopes:
        asked |= {f"loans {system}": day.loans(system) for system in info.context.campus.answering("loans")}
    if "services:read" in scopes:
        asked |= {f"steps {system}": day.steps(system) for system in info.context.campus.answering("applications")}
    if "bookings:read" in scopes:
        asked |= {f"bookings {system}": day.bookings(system) for system in info.context.campus.answering("bookings")}
    found = await merged(info, asked)
    if found is None:
        return None
    nodes = sorted(found.nodes, key=lambda each: (each.at, each.kind.value, each.link))
    unavailable = {each.system: each for each in (*found.unavailable, *day.unreported)}
    return Today(
        since=day.now,
        until=day.until,
        items=Merged(nodes=nodes, unavailable=list(unavailable.values())),
        missing_scopes=[scope for scope in SCOPES if scope not in scopes],
    )


class _Day:
    """One person's next day, part by part; None where the person has no account."""

    def __init__(self, info: Info, now: datetime, until: datetime, me: Me) -> None:
        self.info = info
        self.now = now
        self.until = until
        self.me = me
        self.unreported: list[Unavailable] = []
        """Shuttles that run by the timetable, since their operators could not be asked."""

    async def _student(self, system: str) -> sis.Identity | None:
        identity = await self.me.identity(self.info.context, system)
        return identity if identity and identity.student else None

    async def classes(self, system: str) -> list[TodayItem] | None:
        who = await self._student(system)
        if who is None:
            return None
        found = await class_meetings(self.info, who, self.now.date(), self.until.date())
        return [
            of_class(each, await course_by_key(self.info, each.section.course))
            for each in found
            if each.start < self.until and each.end > self.now
        ]

    async def exams(self, system: str) -> list[TodayItem] | None:
        who = await self._student(system)
        if who is None:
            return None
        terms = await self.info.context.collection(self.info.context.indexes.sis.terms, system)
        reached = [term.key for term in terms if term.starts_at <= self.until and term.ends_at >= self.now]
        found = [exam for term in reached for exam in await exams_of(self.info, who, term)]
        return [of_exam(each) for each in found if each.start < self.until and each.end > self.now]

    async def loans(self, system: str) -> list[TodayItem] | None:
        account = await self.info.context.accounts.name(system)
        if account is None:
            return None
        found = await self.info.context.library.loans_by_account.load(AccountKey(system, account))
        if found is None:
            return None
        return [of_loan(each) for each in found if self.now <= each.due_at <= self.until]

    async def bookings(self, system: str) -> list[TodayItem] | None:
        account = await self.info.context.accounts.name(system)
        if account is None:
            return None
        found = await self.info.context.facilities.bookings_by_account.load(AccountKey(system, account))
        if found is None:
            return None
        return [
            of_booking(each, await facility_by_key(self.info, each.facility))
            for each in found
            if each.starts < self.until
            and each.ends > self.now
            and each.state is not gz_campus.BookingState.CHECKED_OUT
        ]

    async def steps(self, system: str) -> list[TodayItem] | None:
        """Applications that were given back wait for their applicant, in a step of their own."""
        account = await self.info.context.accounts.name(system)
        if account is None:
            return None
        onestop_ = self.info.context.onestop
        returned = [
            each
            for each in await onestop_.applications_by_account.load(AccountKey(system, account))
            if each.state is onestop.ApplicationState.RETURNED_FOR_AMENDMENT
        ]
        waiting = []
        for application in returned:
            key = onestop.ApplicationKey(system, account, application.id)
            service = await service_by_key(self.info, application.service)
            waiting += [
                of_step(application, step, service.name if service else {UNTOLD: application.service.key})
                for step in await onestop_.steps_by_application.load(key)
                if step.state is onestop.StepState.WAITING
            ]
        return waiting

    async def shuttles(self, stop: str | None) -> list[TodayItem] | None:
        found = await departures(self.info, stop, None, SHUTTLES)
        if found is None:
            return None
        self.unreported += found.unavailable
        running = [each for each in found.nodes if not each.cancelled and each.scheduled_at < self.until]
        return [of_departure(each) for each in running]
