"""Services one can apply for, a person's applications, and tickets."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from connectors import onestop
from connectors.onestop import ApplicationState, ApplicationTab, StepState, TicketStatus
from resolvers import onestop as resolvers

from .cards import Data
from .enums import described
from .fields import campus_type, field, global_id_of, resolved, translated
from .node import Listing, Node

APPLICANT = "To show applicants how far their applications have come."
REQUESTOR = "To show people how far their requests for help have come."

described(
    ApplicationState,
    "How far an application has come.",
    {
        "IN_PROCESS": "Departments work on it.",
        "RETURNED_FOR_AMENDMENT": "It is the applicant's turn: something must be mended.",
        "COMPLETED": "Done.",
        "REJECTED": "Refused.",
        "WITHDRAWN": "Taken back by the applicant.",
    },
)
described(
    ApplicationTab,
    "The tabs of One Stop.",
    {
        "IN_PROCESS": "在办: still running.",
        "COMPLETED": "办结: over, whatever the outcome.",
        "PHASED": "阶段性: an outcome is out while later phases run.",
    },
)
described(
    StepState,
    "How far a step has come.",
    {
        "WAITING": "Not decided yet.",
        "DONE": "Decided.",
        "RETURNED_FOR_AMENDMENT": "Given back to the applicant.",
        "REJECTED": "Refused.",
    },
)
described(
    TicketStatus,
    "How far a ticket has come.",
    {
        "NEW": "Nobody has looked at it yet.",
        "OPEN": "Being worked on.",
        "STALLED": "Waiting for somebody.",
        "RESOLVED": "Done.",
        "REJECTED": "Refused.",
        "OTHER": "Something else: see `statusLabel`.",
    },
)


@campus_type(record=onestop.ServiceStep, data=Data.PUBLIC, system="onestop")
class ServiceStep:
    """A step each application of a service goes through."""

    name: str = translated("name", "What is done.")
    department: str = translated("department", "Who does it.")


@campus_type(record=onestop.Service, data=Data.PUBLIC, system="onestop", node=True)
class Service(Node):
    """Something one can apply for. Services are data: a new one needs no change of the schema."""

    id: strawberry.ID = global_id_of("Service")
    key: str = resolved(resolvers.key_of_service, "Short name, stable over versions.")
    campus: str = field("Code of the campus whose workflow system runs it.")
    type: str = field("Group it belongs to, for `services(type:)`.")
    name: str = translated("name", "Name.")
    description: str = translated("description", "What it is for.")
    procedure: str = translated("procedure", "How it is handled.")
    department: str = translated("department", "Who is responsible.")
    form: JSON = field("JSON Schema of the application form.")
    steps: list[ServiceStep] = field("What happens to an application, in order.")


@campus_type(record=onestop.Step, data=Data.PERSONAL, system="onestop", purpose=APPLICANT, requires="services:read")
class ApplicationStep:
    """One handling step of an application."""

    name: str = field("What is done.")
    state: StepState = field("How far it has come.")
    decision: str | None = field("What was decided, in the workflow's word.")
    comment: str | None = field("What the department says on it.")
    started_at: datetime = field("When it began to wait for its department.")
    ended_at: datetime | None = field("When it was decided.")


@campus_type(
    record=onestop.Milestone, data=Data.PERSONAL, system="onestop", purpose=APPLICANT, requires="services:read"
)
class Milestone:
    """The outcome of one phase of an application."""

    phase: str = field("Which phase.")
    outcome: str = field("approved, rejected, or the workflow's own word.")
    at: datetime = field("When it came out.")


@campus_type(
    record=onestop.Application,
    data=Data.PERSONAL,
    system="onestop",
    purpose=APPLICANT,
    requires="services:read",
    node=True,
)
class Application(Node):
    """A person's application for a service."""

    id: strawberry.ID = global_id_of("Application")
    reference: str | None = field("The number both sides quote.")
    campus: str = field("Code of the campus that handles it.")
    service: Service | None = resolved(resolvers.service_of_application, "What is applied for.")
    state: ApplicationState = field("How far it has come.")
    tab: ApplicationTab = field("Where One Stop lists it.")
    phase: str | None = field("The phase it is in, where the service has several.")
    milestones: list[Milestone] = field("Phases whose outcome is out.")
    submitted_at: datetime = field("When it was handed in.")
    ended_at: datetime | None = field("When it was over.")
    steps: list[ApplicationStep] | None = resolved(resolvers.steps, "Its handling so far, in order of time.")


@campus_type(
    record=onestop.Ticket, data=Data.PERSONAL, system="onestop", purpose=REQUESTOR, requires="tickets:read", node=True
)
class Ticket(Node):
    """A request for help at a ticket desk."""

    id: strawberry.ID = global_id_of("Ticket")
    number: str = resolved(resolvers.number_of_ticket, "The desk's own number.")
    subject: str = field("What it is about.")
    campus: str = field("Code of the campus whose desk it is.")
    status: TicketStatus = field("How far it has come.")
    status_label: str = field("The same in the desk's own word.")
    queue: str | None = field("Which team has it.")
    priority: int = field("The higher, the more urgent.")
    created_at: datetime = field("When it was opened.")
    updated_at: datetime = field("When anything last happened to it.")
    due_at: datetime | None = field("When it should be done.")
    resolved_at: datetime | None = field("When it was done.")


@strawberry.type
class ServiceQueries:
    services: Listing[Service] | None = resolved(
        resolvers.services, "What one can apply for.", arguments={"type": "Group of services; all, if left out."}
    )
    service: Service | None = resolved(
        resolvers.service, "One service; null where there is none.", arguments={"key": "Its short name."}
    )
