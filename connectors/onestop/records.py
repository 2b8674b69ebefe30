"""Services, applications and tickets in campus words."""

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from campus.eligibility import Rule
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
    CANCELLED = "CANCELLED"
    OTHER = "OTHER"


class TicketStatus(enum.Enum):
    NEW = "NEW"
    OPEN = "OPEN"
    STALLED = "STALLED"
    RESOLVED = "RESOLVED"
    REJECTED = "REJECTED"
    OTHER = "OTHER"


class TicketPriority(enum.Enum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class TicketEventKind(enum.Enum):
    CREATED = "CREATED"
    REPLY = "REPLY"
    STATUS = "STATUS"
    PRIORITY = "PRIORITY"
    SUBJECT = "SUBJECT"
    DUE = "DUE"
    ASSIGNED = "ASSIGNED"
    MOVED = "MOVED"


class TicketActor(enum.Enum):
    """In which role somebody acts on a ticket; who it was is not told."""

    REQUESTOR = "REQUESTOR"
    DESK = "DESK"
    SYSTEM = "SYSTEM"


class ServiceStep(Record, frozen=True):
    id: str
    name: Text
    department: Text


class ServiceFile(Record, frozen=True):
    """A file that an application comes with."""

    id: str
    name: Text
    types: Sequence[str]
    """Media types that are taken."""
    maximum_size: int | None
    """Bytes."""
    required: bool


class ServiceSlot(NamedTuple):
    """Of a service by which one gets something for oneself for a time."""

    starts: str
    """The entry of the form that says from when."""
    ends: str
    facility: str | None
    """What the campus's booking system calls it, where it can be looked up there too."""


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
    """JSON Schema of the application form, its labels in languages."""
    files: Sequence[ServiceFile]
    rules: Sequence[Rule]
    """Who may apply: all must hold."""
    steps: Sequence[ServiceStep]
    amendment: ServiceStep | None
    """The step in which the applicant mends what was given back; no department does it."""
    slot: ServiceSlot | None = None

    def step(self, id_: str) -> ServiceStep | None:
        """None for a step that the service has no longer, or never told of."""
        named = (*self.steps, *([self.amendment] if self.amendment else ()))
        return next((step for step in named if step.id == id_), None)


class Milestone(Record, frozen=True):
    """The outcome of one phase."""

    phase: str
    outcome: str
    at: datetime


class Attachment(Record, frozen=True):
    """A file that was handed in, without its content."""

    id: str
    name: str
    type: str | None
    """Media type."""
    size: int | None
    """Bytes."""
    uploaded_at: datetime | None


class Collection(Record, frozen=True):
    """Something that is ready to be fetched."""

    place: Text
    until: datetime | None


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
    attachments: Sequence[Attachment]
    amend_until: datetime | None
    """Until when the applicant may amend it, while it is given back."""
    collection: Collection | None
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
    service: ServiceKey
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
    priority_level: TicketPriority
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    """As the desk set it; without that, when the promise to what is urgent ends."""
    resolved_at: datetime | None


class TicketQueue(Record, frozen=True):
    """A team of a ticket desk that takes requests."""

    system: str
    campus: str
    name: str
    description: str


class NewTicket(Record, frozen=True):
    """What somebody asks a desk for."""

    queue: str
    """Name of the team."""
    subject: str
    text: str
    priority: TicketPriority


class TicketEvent(Record, frozen=True):
    """Something that happened to a ticket, as far as its requestor may know."""

    system: str
    ticket: str
    id: str
    kind: TicketEventKind
    by: TicketActor
    at: datetime
    before: str | None
    after: str | None
