"""What Flowable's REST answers and what One Stop's process models promise, as far as we read it.

Source: Flowable process API (OpenAPI 3.0, Flowable 6 and 7); README.md for variables and service.json, which are ours.
"""

from typing import Any

from msgspec import Struct, field

from connectors.wire import Moment


class Variable(Struct):
    name: str
    value: Any = None
    type: str = ""


class ProcessDefinitionOnWire(Struct, rename="camel"):
    key: str
    deployment_id: str


class DefinitionsOnWire(Struct):
    data: list[ProcessDefinitionOnWire]
    total: int


class InstanceOnWire(Struct, rename="camel"):
    id: str
    process_definition_id: str
    start_time: Moment
    end_time: Moment | None = None
    business_key: str | None = None
    delete_reason: str | None = None
    variables: list[Variable] = field(default_factory=list)


class InstancesOnWire(Struct):
    data: list[InstanceOnWire]
    total: int


class TaskOnWire(Struct, rename="camel"):
    id: str
    process_instance_id: str
    process_definition_id: str
    start_time: Moment
    name: str | None = None
    task_definition_key: str | None = None
    delete_reason: str | None = None
    end_time: Moment | None = None
    variables: list[Variable] = field(default_factory=list)


class TasksOnWire(Struct):
    data: list[TaskOnWire]
    total: int


class StepOnWire(Struct):
    id: str
    name: dict[str, str]
    department: dict[str, str] = field(default_factory=dict)


class AmendmentOnWire(Struct):
    id: str
    name: dict[str, str]


class RuleOnWire(Struct):
    rule: str
    of: list[str]
    reason: dict[str, str]


class FileOnWire(Struct, rename="camel"):
    id: str
    name: dict[str, str]
    types: list[str] = field(default_factory=list)
    maximum_size: int | None = None
    required: bool = False


class SlotOnWire(Struct):
    """Which entries of the form say from when until when, and which facility of the campus it is."""

    from_: str = field(name="from")
    until: str
    facility: str | None = None


class ServiceOnWire(Struct):
    """service.json (README.md)."""

    type: str
    name: dict[str, str]
    description: dict[str, str] = field(default_factory=dict)
    procedure: dict[str, str] = field(default_factory=dict)
    department: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    files: list[FileOnWire] = field(default_factory=list)
    eligibility: list[RuleOnWire] = field(default_factory=list)
    steps: list[StepOnWire] = field(default_factory=list)
    amendment: AmendmentOnWire | None = None
    slot: SlotOnWire | None = None


class MilestoneOnWire(Struct):
    phase: str
    outcome: str
    at: Moment


class UploadOnWire(Struct, rename="camel"):
    """What the applicant calls a file, and what it was when it was sent: the engine keeps nothing but its bytes."""

    variable: str
    name: str
    type: str | None = None
    size: int | None = None
    uploaded_at: Moment | None = None


class CollectionOnWire(Struct):
    place: dict[str, str]
    until: Moment | None = None


class ApplicationVariables(Struct, rename="camel"):
    """The process variables One Stop's models keep for the applicant (README.md)."""

    applicant: str
    awaiting: str | None = None
    """Whose turn it is: applicant or department."""
    outcome: str | None = None
    phase: str | None = None
    milestones: list[MilestoneOnWire] = field(default_factory=list)
    files: list[UploadOnWire] = field(default_factory=list)
    amend_until: Moment | None = None
    collection: CollectionOnWire | None = None


class StepVariables(Struct):
    decision: str | None = None
    comment: str | None = None
