"""Services one can apply for, and who may."""

import strawberry
from strawberry.scalars import JSON

from campus import eligibility as rules
from campus.eligibility import EligibilityRule, EligibilityVerdict
from connectors import onestop
from resolvers import eligibility
from resolvers import onestop as resolvers

from .cards import Data
from .enums import LABEL, described
from .fields import campus_type, field, global_id_of, labelled, resolved, translated
from .node import Listing, Node

CANDIDATE = "To show people what they may apply for."

described(
    EligibilityRule,
    "What a condition for an application looks at.",
    {
        "AFFILIATION": "What the person is to the university: student, faculty, staff.",
        "CAMPUS": "To which campus the person belongs.",
        "LEVEL": "The level of the programme the person studies at the service's campus.",
        "CARD": "How the person's campus card stands.",
        "OTHER": "Something that the gateway knows nothing of.",
    },
)
described(
    EligibilityVerdict,
    "Whether somebody may apply.",
    {
        "ELIGIBLE": "Every condition is met.",
        "NOT_ELIGIBLE": "At least one condition is not met.",
        "UNDECIDED": "No condition is known to be unmet, and at least one cannot be decided now.",
    },
)


@campus_type(record=onestop.ServiceStep, data=Data.PUBLIC, system="onestop")
class ServiceStep:
    """A step each application of a service goes through."""

    name: str = translated("name", "What is done.")
    department: str = translated("department", "Who does it.")


@campus_type(record=onestop.ServiceFile, data=Data.PUBLIC, system="onestop")
class ServiceFile:
    """A file that an application comes with."""

    id: str = field("Its name in the workflow, unique within the service.")
    name: str = translated("name", "What it is.")
    types: list[str] = field("Media types that are taken.")
    maximum_size: int | None = field("Bytes it may have.")
    required: bool = field("Whether an application without it is incomplete.")


@campus_type(
    record=rules.EligibilityReason,
    data=Data.PERSONAL,
    system="onestop",
    purpose=CANDIDATE,
    requires="services:read",
)
class EligibilityReason:
    """A condition that shuts the viewer out, or that cannot be decided now."""

    code: EligibilityRule = field("What the condition looks at.")
    code_label: str = labelled("code", LABEL)
    decided: bool = field("Whether it is known that the viewer does not meet it; otherwise nobody could tell.")
    text: str = translated("text", "What the office says to whom it shuts out.")


@campus_type(
    record=rules.Eligibility, data=Data.PERSONAL, system="onestop", purpose=CANDIDATE, requires="services:read"
)
class Eligibility:
    """Whether the viewer may apply, as far as it can be told; the office has the last word."""

    eligible: bool = field("True only if every condition is known to be met.")
    verdict: EligibilityVerdict = field("The same, with what could not be decided told apart.")
    verdict_label: str = labelled("verdict", LABEL)
    reasons: list[EligibilityReason] = field("Why not, or what could not be decided.")


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
    form: JSON = resolved(resolvers.form, "JSON Schema of the application form, labelled in the viewer's language.")
    form_in_languages: JSON = resolved(
        resolvers.form_in_languages,
        "The form as the office wrote it: beside each label, under the same name with x- before it, the label in all "
        "languages.",
    )
    files: list[ServiceFile] = field("Files that an application comes with.")
    eligible: Eligibility | None = resolved(
        eligibility.eligible,
        "Whether the viewer may apply; null for the anonymous viewer and for applications. What only campus systems "
        "know (`record:read`, `card:read`) is asked where all else would let the viewer through.",
        requires="services:read",
        on_public=True,
    )
    steps: list[ServiceStep] = field("What happens to an application, in order.")


@strawberry.type
class ServiceQueries:
    services: Listing[Service] | None = resolved(
        resolvers.services, "What one can apply for.", arguments={"type": "Group of services; all, if left out."}
    )
    service: Service | None = resolved(
        resolvers.service, "One service; null where there is none.", arguments={"key": "Its short name."}
    )
