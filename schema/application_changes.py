"""Handing in at One Stop."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from connectors import portal
from resolvers import application_changes as resolvers
from resolvers import application_drafts as drafts
from resolvers import application_forms as forms

from .applications import APPLICANT, Application
from .cards import Data
from .changes import KEY, InvalidInput, Problem
from .facility_changes import SlotTaken
from .fields import campus_type, field, input_type, resolved
from .onestop import CANDIDATE, Eligibility, Service

READ, WRITE = "services:read", "services:write"

FILES = "Files it comes with, each in the place of a null by the GraphQL multipart request specification."

input_type(
    resolvers.ApplicationInput,
    {
        "service": "Global id of the service.",
        "form": "What was filled in, as the service's `form` asks for it.",
    },
)
input_type(
    resolvers.AmendmentInput,
    {
        "application": "Global id of an application of one's own.",
        "form": "The whole form, as it is to be now.",
    },
)
input_type(
    forms.ApplicationFileInput,
    {"id": "Which of the service's `files` it is, by its id.", "content": "The file."},
)
input_type(
    drafts.ApplicationDraftInput,
    {
        "service": "Global id of the service.",
        "form": "What is filled in so far, whether it fits or not; null throws the draft away.",
    },
)


@campus_type(record=portal.ApplicationDraft, data=Data.PERSONAL, purpose=APPLICANT, requires=READ)
class ApplicationDraft:
    """A form that somebody has begun to fill in. No department sees it."""

    service: Service | None = resolved(drafts.service_of_draft, "What it is for; null where that is offered no longer.")
    form: JSON = resolved(drafts.form_of_draft, "What is filled in so far.")
    problems: list[Problem] | None = resolved(
        drafts.problems_of_draft,
        "What still keeps it from being handed in, files apart; null where the service is offered no longer.",
    )
    updated_at: datetime = field("When it was saved last.")


@campus_type(
    record=resolvers.ServiceApplied,
    data=Data.PERSONAL,
    system="onestop",
    purpose=APPLICANT,
    requires=WRITE,
    in_union=True,
)
class ServiceApplied:
    """It is handed in, with all its files."""

    application: Application = field("The new application.")


@campus_type(
    record=resolvers.ApplicationResubmitted,
    data=Data.PERSONAL,
    system="onestop",
    purpose=APPLICANT,
    requires=WRITE,
    in_union=True,
)
class ApplicationResubmitted:
    """It is handed in anew; its departments begin again."""

    application: Application = field("The application, as it is since.")


@campus_type(
    record=resolvers.ApplicationWithdrawn,
    data=Data.PERSONAL,
    system="onestop",
    purpose=APPLICANT,
    requires=WRITE,
    in_union=True,
)
class ApplicationWithdrawn:
    """It is over, as its applicant wanted."""

    application: Application = field("The application, as it is since.")


@campus_type(
    record=forms.NotEligible,
    data=Data.PERSONAL,
    system="onestop",
    purpose=CANDIDATE,
    requires=WRITE,
    in_union=True,
)
class NotEligible:
    """The viewer may not apply, or nobody could tell now; nothing was handed in."""

    eligibility: Eligibility = field("Why not. An UNDECIDED verdict may be another one later.")


@campus_type(
    record=resolvers.NotReturned,
    data=Data.PERSONAL,
    system="onestop",
    purpose=APPLICANT,
    requires=WRITE,
    in_union=True,
)
class NotReturned:
    """Nothing was changed, since the application does not wait for its applicant."""

    application: Application = field("The application, as it is.")


@campus_type(
    record=resolvers.AlreadyOver,
    data=Data.PERSONAL,
    system="onestop",
    purpose=APPLICANT,
    requires=WRITE,
    in_union=True,
)
class AlreadyOver:
    """Nothing was changed, since the application had ended before."""

    application: Application = field("The application, as it ended.")


@campus_type(record=drafts.ApplicationDraftSaved, data=Data.PERSONAL, purpose=APPLICANT, requires=WRITE, in_union=True)
class ApplicationDraftSaved:
    """It is kept, or thrown away."""

    draft: ApplicationDraft | None = field("The draft; null where it was thrown away.")


ApplyForServiceResult = Annotated[
    ServiceApplied | NotEligible | SlotTaken | InvalidInput,
    strawberry.union("ApplyForServiceResult", description="What came of `applyForService`."),
]
ResubmitApplicationResult = Annotated[
    ApplicationResubmitted | NotReturned | InvalidInput,
    strawberry.union("ResubmitApplicationResult", description="What came of `resubmitApplication`."),
]
WithdrawApplicationResult = Annotated[
    ApplicationWithdrawn | AlreadyOver | InvalidInput,
    strawberry.union("WithdrawApplicationResult", description="What came of `withdrawApplication`."),
]
SaveApplicationDraftResult = Annotated[
    ApplicationDraftSaved | InvalidInput,
    strawberry.union("SaveApplicationDraftResult", description="What came of `saveApplicationDraft`."),
]


@strawberry.type
class ApplicationMutations:
    save_application_draft: SaveApplicationDraftResult | None = resolved(
        drafts.save_application_draft,
        "Keeps a form as far as it is filled in, one for each service.",
        requires=WRITE,
        arguments={"input": "The form."},
    )
    apply_for_service: ApplyForServiceResult | None = resolved(
        resolvers.apply_for_service,
        "Hands an application in, with its files or not at all; a draft for the same service is thrown away.",
        requires=WRITE,
        arguments={"input": "What is applied for.", "files": FILES, "idempotencyKey": KEY},
    )
    resubmit_application: ResubmitApplicationResult | None = resolved(
        resolvers.resubmit_application,
        "Hands in anew what was given back for amendment. Files that it had need not come again.",
        requires=WRITE,
        arguments={"input": "The whole form.", "files": FILES, "idempotencyKey": KEY},
    )
    withdraw_application: WithdrawApplicationResult | None = resolved(
        resolvers.withdraw_application,
        "Takes an application of one's own back while it is in process; sent again, the answer is the same.",
        requires=WRITE,
        arguments={"application": "Its global id."},
    )
