"""Services, applications and tickets in campus words."""

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from campus.record import Record
from campus.text import Text


class ServiceKey(NamedTuple):
    system: str
    key: str


class ApplicationState(enum.Enum):
    IN_PROCESS = "IN_PROCESS"
    RETURNED_FOR_AMENDMENT = "RETURNED_FOR_AMENDMENT"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class ApplicationTab(enum.Enum):
    """The three tabs of One Stop: 在办, 办结, 阶段性."""

    IN_PROCESS = "IN_PROCESS"
    COMPLETED = "COMPLETED"
    PHASED = "PHASED"


class StepState(enum.Enum):
    WAITING = "WAITING"
    DONE = "DONE"
    RETURNED_FOR_AMENDMENT = "RETURNED_FOR_AMENDMENT"
    REJECTED = "REJECTED"


class TicketStatus(enum.Enum):
    NEW = "NEW"
    OPEN = "OPEN"
    STALLED = "STALLED"
    RESOLVED = "RESOLVED"
    REJECTED = "REJECTED"
    OTHER = "OTHER"


class ServiceStep(Record, frozen=True):
    id: str
    name: Text
    department: Text


class Service(Record, frozen=True):
    """What one can apply for; data of the workflow system, so that a new service needs no change here."""

    key: ServiceKey
    campus: str
    type: str
    name: Text
    description: Text
    procedure: Text
    department: Text
    form: Mapping[str, Any]
    """JSON Schema of the application form."""
    steps: Sequence[ServiceStep]


class Milestone(Record, frozen=True):
    """The outcome of one phase."""

    phase: str
    outcome: str
    at: datetime


class Application(Record, frozen=True):
    system: str
    campus: str
    owner: str
    """The applicant's account in the workflow system."""
    id: str
    reference: str | None
    """The number both sides quote; Flowable's business key."""
    service: ServiceKey
    state: ApplicationState
    phase: str | None
    """Which phase it is in, where the service has several."""
    milestones: Sequence[Milestone]
    """Phases whose outcome is out."""
    submitted_at: datetime
    ended_at: datetime | None

    @property
    def tab(self) -> ApplicationTab:
        if self.ended_at is not None:
            return ApplicationTab.COMPLETED
        return ApplicationTab.PHASED if self.milestones else ApplicationTab.IN_PROCESS


class Step(Record, frozen=True):
    """One handling step of an application."""

    application: str
    id: str
    key: str
    """Id of the step in the service's own list."""
    name: str
    state: StepState
    decision: str | None
    comment: str | None
    started_at: datetime
    ended_at: datetime | None


class Ticket(Record, frozen=True):
    system: str
    campus: str
    owner: str
    """Requestor's address."""
    id: str
    subject: str
    status: TicketStatus
    status_label: str
    queue: str | None
    priority: int
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
