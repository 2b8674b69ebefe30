"""A person's applications for services, and how they are handled."""

from datetime import datetime

import strawberry

from connectors import onestop
from connectors.onestop import ApplicationState, ApplicationTab, StepState
from resolvers import handling
from resolvers import onestop as resolvers
from resolvers.handling import ExpectedKind
from resolvers.news import news_told

from .cards import Data
from .enums import LABEL, STATE_LABEL, described
from .fields import campus_type, field, global_id_of, labelled, resolved
from .node import RESUME, News, Node
from .onestop import Service
from .streams import streamed

APPLICANT = "To show applicants how far their applications have come."

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
        "CANCELLED": "The application ended before it was decided.",
        "OTHER": "Something else: see `decision`.",
    },
)
described(
    ExpectedKind,
    "What an applicant has to do next.",
    {
        "AMEND": "Mend the application: it was given back.",
        "COLLECT": "Fetch what is ready.",
        "NOTHING": "Nothing: it is the departments' turn, or all is over.",
    },
)


@campus_type(record=onestop.Step, data=Data.PERSONAL, system="onestop", purpose=APPLICANT, requires="services:read")
class ApplicationStep:
    """One handling step of an application."""

    name: str = resolved(handling.name_of_step, "What is done.", language=handling.language_of_step)
    department: str | None = resolved(
        handling.department_of_step,
        "Who does it; null where it is the applicant's turn.",
        language=handling.language_of_department,
    )
    state: StepState = field("How far it has come.")
    state_label: str = labelled("state", STATE_LABEL, own="decision")
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
    record=onestop.Attachment, data=Data.PERSONAL, system="onestop", purpose=APPLICANT, requires="services:read"
)
class Attachment:
    """A file that was handed in with an application."""

    id: str = field("Its name in the workflow, unique within the application.")
    name: str = field("What the applicant called it; its name in the workflow where nobody says.")
    type: str | None = field("Media type.")
    size: int | None = field("Bytes.")
    uploaded_at: datetime | None = field("When it was handed in.")


@campus_type(
    record=handling.Expected, data=Data.PERSONAL, system="onestop", purpose=APPLICANT, requires="services:read"
)
class Expected:
    """What an applicant has to do next."""

    kind: ExpectedKind = field("What to do.")
    kind_label: str = labelled("kind", LABEL)
    until: datetime | None = field("The last moment for it.")
    place: str | None = resolved(handling.place, "Where.", language=handling.language_of_place)


@campus_type(
    record=handling.Progress, data=Data.PERSONAL, system="onestop", purpose=APPLICANT, requires="services:read"
)
class Progress:
    """How many of the service's steps are done."""

    done: int = field("Steps done.")
    total: int = field("Steps the service has.")


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
    state_label: str = labelled("state", LABEL)
    tab: ApplicationTab = field("Where One Stop lists it.")
    tab_label: str = labelled("tab", LABEL)
    phase: str | None = field("The phase it is in, where the service has several.")
    milestones: list[Milestone] = field("Phases whose outcome is out.")
    attachments: list[Attachment] = field("Files that were handed in.")
    expected: Expected = resolved(handling.expected, "What the applicant has to do next.")
    progress: Progress | None = resolved(
        handling.progress,
        "How many steps are done since it was handed in, or last given back; null for a service that is gone.",
    )
    submitted_at: datetime = field("When it was handed in.")
    ended_at: datetime | None = field("When it was over.")
    steps: list[ApplicationStep] | None = resolved(handling.steps, "Its handling so far, in order of time.")


@strawberry.type
class ApplicationSubscriptions:
    application_changed: News[Application] | None = streamed(
        resolvers.application_changed,
        "The person's applications; then each that has changed, or of which a step has.",
        each=news_told,
        requires="services:read",
        arguments={"resume": RESUME},
    )
