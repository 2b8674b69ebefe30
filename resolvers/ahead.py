"""What a query asks for further below a field, so that a call for it leaves with the field's own, not after it."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, SelectionNode
from strawberry.types.nodes import convert_directives

from connectors.reads import Loads

from .context import Info, RequestContext


class Below(NamedTuple):
    """Fields whose call needs to know nothing that is told above them, but the key that the field above is asked by."""

    fields: frozenset[str]
    by: Callable[[RequestContext], Loads[Any, Any]]
    apart: frozenset[str] = frozenset()
    """Fields below which the same names mean something else."""


STEPS = Below(
    frozenset({"steps", "progress"}), lambda context: context.onestop.steps_by_account, apart=frozenset({"service"})
)
"""Of applications, by account."""
MARKS = Below(frozenset({"assessments"}), lambda context: context.sis.assessments_by_person)
"""Of results, by person."""
SITTINGS = Below(frozenset({"entries", "exams"}), lambda context: context.sis.assessments_by_person)
"""Examinations beside classes, by person."""
SEATS = Below(frozenset({"sections"}), lambda context: context.sis.seats_by_person, apart=frozenset({"course"}))
"""Of enrolments, by person."""
ALERTS = Below(frozenset({"alerts"}), lambda context: context.shuttle.alerts_by_system)
"""Of departures, lines and stops, by operator."""


def wanted_below(info: Info, below: Below) -> Callable[[Hashable], None]:
    """Asks ahead for each key it is given, if one of the fields is asked for anywhere below the one being answered.

    Who needs it later is told what came of it, a failure too, at its own place.
    """
    # Not `selected_fields`, which makes objects of all there is below, many times as dear as to look.
    raw = info._raw_info
    asked = any(_asked(_selections(node), below, raw) for node in raw.field_nodes)
    return below.by(info.context).ahead if asked else _not_at_all


def _not_at_all(_: Hashable) -> None:
    pass


def _asked(selections: Iterable[SelectionNode], below: Below, raw: GraphQLResolveInfo[Any]) -> bool:
    for node in selections:
        if node.directives and _left_out(node, raw):
            continue
        if isinstance(node, FieldNode):
            if node.name.value in below.fields:
                return True
            if node.name.value in below.apart:
                continue
        within = raw.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        if _asked(_selections(within), below, raw):
            return True
    return False


def _selections(node: Any) -> Iterable[SelectionNode]:
    return node.selection_set.selections if node.selection_set else ()


def _left_out(node: SelectionNode, raw: GraphQLResolveInfo[Any]) -> bool:
    """By @skip or @include."""
    told = convert_directives(raw, node.directives)
    return told.get("skip", {}).get("if") is True or told.get("include", {}).get("if") is False
