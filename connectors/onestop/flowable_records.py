"""Flowable's definitions, instances and tasks as the services, applications and steps of One Stop."""

from datetime import tzinfo

from campus.eligibility import EligibilityRule, Rule
from campus.text import text
from connectors.wire import System, local

from .flowable_shapes import (
    AmendmentOnWire,
    ApplicationVariables,
    CollectionOnWire,
    FileOnWire,
    InstanceOnWire,
    RuleOnWire,
    ServiceOnWire,
    StepVariables,
    TaskOnWire,
)
from .records import (
    Application,
    ApplicationState,
    Attachment,
    Collection,
    Milestone,
    Service,
    ServiceFile,
    ServiceKey,
    ServiceSlot,
    ServiceStep,
    Step,
    StepState,
)

RULES = {
    "affiliation": EligibilityRule.AFFILIATION,
    "campus": EligibilityRule.CAMPUS,
    "level": EligibilityRule.LEVEL,
    "card": EligibilityRule.CARD,
}
"""By the word of service.json. A rule of another kind can never be decided here, and so never lets anybody through."""

DECISIONS = {
    None: StepState.DONE,
    "approved": StepState.DONE,
    "returned": StepState.RETURNED_FOR_AMENDMENT,
    "rejected": StepState.REJECTED,
}
"""A step that ended without a decision, such as an amendment, is done."""


def service_of(system: System, key: ServiceKey, told: ServiceOnWire) -> Service:
    return Service(
        key=key,
        campus=system.campus,
        type=told.type,
        name=text(told.name.items()),
        description=text(told.description.items()),
        procedure=text(told.procedure.items()),
        department=text(told.department.items()),
        form=told.form,
        files=[_file(each) for each in told.files],
        rules=[_rule(each) for each in told.eligibility],
        steps=[
            ServiceStep(id=step.id, name=text(step.name.items()), department=text(step.department.items()))
            for step in told.steps
        ],
        amendment=_amendment(told.amendment) if told.amendment else None,
        slot=ServiceSlot(told.slot.from_, told.slot.until, told.slot.facility) if told.slot else None,
    )


def _amendment(told: AmendmentOnWire) -> ServiceStep:
    return ServiceStep(id=told.id, name=text(told.name.items()), department={})


def _file(told: FileOnWire) -> ServiceFile:
    return ServiceFile(
        id=told.id,
        name=text(told.name.items()),
        types=told.types,
        maximum_size=told.maximum_size,
        required=told.required,
    )


def _rule(told: RuleOnWire) -> Rule:
    kind = RULES.get(told.rule, EligibilityRule.OTHER)
    return Rule(kind=kind, of=frozenset(told.of), reason=text(told.reason.items()))


def application_of(system: System, zone: tzinfo, row: InstanceOnWire, variables: ApplicationVariables) -> Application:
    returned = row.end_time is None and variables.awaiting == "applicant"
    return Application(
        system=system.id,
        campus=system.campus,
        owner=variables.applicant,
        id=row.id,
        reference=row.business_key,
        service=_service_key(system, row.process_definition_id),
        state=_state(row, variables, returned=returned),
        phase=variables.phase,
        milestones=[
            Milestone(phase=each.phase, outcome=each.outcome, at=local(each.at, zone)) for each in variables.milestones
        ],
        attachments=_attachments(zone, row, variables),
        amend_until=local(variables.amend_until, zone) if returned and variables.amend_until else None,
        collection=_collection(zone, variables.collection) if variables.collection else None,
        submitted_at=local(row.start_time, zone),
        ended_at=row.end_time and local(row.end_time, zone),
    )


def _service_key(system: System, definition: str) -> ServiceKey:
    # Flowable builds the id of a definition as key:version:number.
    return ServiceKey(system.id, definition.split(":")[0])


def _state(row: InstanceOnWire, variables: ApplicationVariables, *, returned: bool) -> ApplicationState:
    if row.end_time is None:
        return ApplicationState.RETURNED_FOR_AMENDMENT if returned else ApplicationState.IN_PROCESS
    if row.delete_reason:
        return ApplicationState.WITHDRAWN
    return ApplicationState.REJECTED if variables.outcome == "rejected" else ApplicationState.COMPLETED


def _attachments(zone: tzinfo, row: InstanceOnWire, variables: ApplicationVariables) -> list[Attachment]:
    """Binary variables are the files; what is told of one beyond that it is there, stands in `files`."""
    told = {upload.variable: upload for upload in variables.files}
    found = []
    for variable in row.variables:
        if variable.type != "binary":
            continue
        upload = told.get(variable.name)
        found.append(
            Attachment(
                id=variable.name,
                name=upload.name if upload else variable.name,
                type=upload.type if upload else None,
                size=upload.size if upload else None,
                uploaded_at=local(upload.uploaded_at, zone) if upload and upload.uploaded_at else None,
            )
        )
    return found


def _collection(zone: tzinfo, told: CollectionOnWire) -> Collection:
    return Collection(place=text(told.place.items()), until=told.until and local(told.until, zone))


def step_of(system: System, zone: tzinfo, row: TaskOnWire, variables: StepVariables) -> Step:
    return Step(
        application=row.process_instance_id,
        service=_service_key(system, row.process_definition_id),
        id=row.id,
        key=row.task_definition_key or "",
        name=row.name or "",
        state=_step_state(row, variables),
        decision=variables.decision,
        comment=variables.comment,
        started_at=local(row.start_time, zone),
        ended_at=row.end_time and local(row.end_time, zone),
    )


def _step_state(row: TaskOnWire, variables: StepVariables) -> StepState:
    if row.end_time is None:
        return StepState.WAITING
    if row.delete_reason:
        return StepState.CANCELLED
    return DECISIONS.get(variables.decision, StepState.OTHER)
