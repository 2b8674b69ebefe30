"""What an operation does, worked out once: selections of fields, and how the values of each are come by."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Undefined,
    VariableNode,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList

from .plain import PlainClasses
from .relation import Plan as Relation

VARIANTS = 16
"""Plans of one operation; under further combinations of conditions graphql-core runs it."""


class Build(Protocol):
    """Generated: response objects for these objects, in order, with all that is plain attributes or derived filled in.

    None stands where an object is not as it should be; its number is added to `odd`.
    """

    def __call__(self, objects: Sequence[Any], odd: list[int], context: Any, /) -> list[dict[str, Any] | None]: ...


@dataclass(slots=True, eq=False)
class PlannedField:
    """A field that generated code does not fill in: its values are called, loaded or awaited for."""

    key: str
    """In the response."""
    details: FieldDetailsList
    nodes: list[FieldNode]
    definition: GraphQLField
    nonnull: bool
    item_type: GraphQLOutputType | None
    """Of a list, as it is declared; None for what is no list."""
    item_nonnull: bool
    relation: Relation | None = None
    read: Callable[[Any], Any] | None = None
    """Gives the value, if that takes nothing but the object: an attribute, or a resolver without other parameters."""
    resolve: Callable[..., Any] | None = None
    """Otherwise: gives it from the object, graphql-core's info and arguments. None is the executor's default."""
    arguments: Mapping[str, Any] | None = None
    """If they are the same for every asker."""
    convert: Callable[[Any], Any] | None = None
    """Generated, for leaves and lists of them: from value to response, or an exception."""
    selection: "Selection | None" = None
    """What is asked of the object, if the type is an object type."""
    abstract: GraphQLAbstractType | None = None
    members: "Mapping[str, Selection]" = field(default_factory=dict)
    """What is asked of each object type that the abstract type can be, by its name."""


@dataclass(slots=True, eq=False)
class Selection:
    """The fields asked of one object type at one place of the operation."""

    type: GraphQLObjectType
    build: Build
    planned: Sequence[PlannedField]
    """What remains once `build` is done, in the order of the document."""
    checks_class: bool
    """Whether `build` sees to it that objects are of the type, so that nobody need ask `is_type_of`."""
    takes_context: bool
    """Whether `build` derives something of it."""

    @property
    def takes_only_objects(self) -> bool:
        """Whether what is told of an object is told of it alone, whoever asks: without context and arguments."""
        return not self.takes_context and all(
            field.read is not None
            and field.relation is None
            and field.abstract is None
            and (field.selection is None or field.selection.takes_only_objects)
            for field in self.planned
        )


@dataclass(slots=True, eq=False)
class OperationPlan:
    """An operation under given values of its conditions."""

    root: Selection
    plain: PlainClasses
    source: str
    """What was generated, to read."""


class Plans:
    """The plans of one operation, by the values of the variables in its @skip and @include."""

    def __init__(
        self,
        operation: OperationDefinitionNode,
        fragments: Iterable[FragmentDefinitionNode],
        compiled: Callable[[Executor[Any]], OperationPlan | None],
    ) -> None:
        """`compiled` makes the plan for what an executor was built for; None if there can be none."""
        self._conditions = _conditions(operation, [*fragments])
        self._compiled = compiled
        self._plans: dict[tuple[Any, ...], OperationPlan | None] = {}

    def plan(self, executor: Executor[Any]) -> OperationPlan | None:
        """None where graphql-core has to run the operation."""
        if self._conditions is None:
            return None
        given = executor.variable_values.coerced
        values = tuple([given.get(name, Undefined) for name in self._conditions])
        if values not in self._plans:
            if len(self._plans) == VARIANTS:
                return None
            self._plans[values] = self._compiled(executor)
        return self._plans[values]


def _conditions(
    operation: OperationDefinitionNode, fragments: Sequence[FragmentDefinitionNode]
) -> Sequence[str] | None:
    """Names of the variables on which the shape of the answer depends.

    None for what is not planned: mutations, directives other than @skip and @include, and variables of fragments. Of a
    subscription it is what is told of one event that is planned.
    """
    if operation.operation is OperationType.MUTATION or any(each.variable_definitions for each in fragments):
        return None
    found = [*(operation.directives or ()), *_directives(operation.selection_set)]
    for fragment in fragments:
        found += [*(fragment.directives or ()), *_directives(fragment.selection_set)]
    if any(directive.name.value not in ("skip", "include") for directive in found):
        return None
    arguments = [argument.value for directive in found for argument in directive.arguments or ()]
    types = {variable.variable.name.value: variable.type for variable in operation.variable_definitions or ()}
    names = {value.name.value for value in arguments if isinstance(value, VariableNode)}
    # Only a document that was not validated lets anything but a Boolean decide.
    return sorted(names) if all(_is_boolean(types.get(name)) for name in names) else None


def _directives(selections: SelectionSetNode) -> Iterator[DirectiveNode]:
    sets = [selections]
    while sets:
        for each in sets.pop().selections:
            yield from each.directives or ()
            within = getattr(each, "selection_set", None)
            if within:
                sets.append(within)


def _is_boolean(declared: Any) -> bool:
    named = getattr(declared, "type", declared)
    return getattr(getattr(named, "name", None), "value", None) == "Boolean"
