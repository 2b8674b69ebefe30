"""From an operation to its plan: what is attributes becomes source, what is not stays a field to be asked for."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    ValueNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution import Executor, get_argument_values
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, collect_fields, collect_subfields

from .codegen import Code, Draft, unless_null
from .instances import class_of
from .plan import OperationPlan, PlannedField, Selection
from .resolvers import attribute_of, derived_of, reader_of, relation_of, resolver_of

DEPTH = 60
"""Selections inside one another; what nests deeper could run into Python's own limit where graphql-core would not."""

LOOPS = 8
"""Loops inside one another in a generated function; Python allows twenty blocks."""


class NotPlannedError(Exception):
    """The operation asks for something that only graphql-core does."""


def compiled(executor: Executor[Any], *, keeps_dates: bool = False) -> OperationPlan | None:
    """The plan of the operation that this executor was built for; None where graphql-core must run it.

    `keeps_dates`: dates, and times of a day with a fixed distance from UTC, stay what they are in the response, for
    whoever writes them as orjson does: just as `isoformat` would, and faster.
    """
    try:
        return _Compiler(executor, Code(keeps_dates=keeps_dates)).plan()
    except (NotPlannedError, GraphQLError, RecursionError):
        # What is wrong with the document, graphql-core says where it belongs.
        return None


class _Asked(NamedTuple):
    """A field as it stands in the operation, all nodes of one response key together."""

    key: str
    definition: GraphQLField
    details: FieldDetailsList


class _Drafted:
    """A selection on its way: what is generated for it, and what is not."""

    def __init__(self, type_: GraphQLObjectType, draft: Draft, planned: list[PlannedField]) -> None:
        self.type = type_
        self.draft = draft
        self.planned = planned

    @property
    def inlined(self) -> bool:
        """Whether it can be part of the source of what it stands in."""
        told = self.draft.instances_of or not self.type.is_type_of
        return not self.planned and bool(told) and self.draft.loops < LOOPS


class _Compiler:
    def __init__(self, executor: Executor[Any], code: Code) -> None:
        self._executor = executor
        self._schema = executor.schema
        self._code = code
        self._builders: list[tuple[Selection, str]] = []
        self._converters: list[tuple[PlannedField, str]] = []

    def plan(self) -> OperationPlan:
        """Raises NotPlannedError, or a GraphQLError for what graphql-core would raise one."""
        executor = self._executor
        root = self._schema.get_root_type(executor.operation.operation)
        if root is None:
            raise NotPlannedError
        collected = collect_fields(self._schema, executor.fragments, executor.variable_values, root, executor.operation)
        selection = self._selection(self._drafted(root, collected, 0))
        functions, source = self._code.compiled()
        for each, name in self._builders:
            each.build = functions[name]
        for planned, name in self._converters:
            planned.convert = functions[name]
        return OperationPlan(selection, self._code.plain, source)

    def _selection(self, drafted: _Drafted) -> Selection:
        draft = drafted.draft
        made = Selection(
            drafted.type, _not_generated_yet, drafted.planned, bool(draft.instances_of), draft.takes_context
        )
        self._builders.append((made, self._code.builder(draft)))
        return made

    def _drafted(self, type_: GraphQLObjectType, collected: CollectedFields, depth: int) -> _Drafted:
        if depth > DEPTH or collected.new_defer_usages:
            raise NotPlannedError
        drafted = _Drafted(type_, self._code.draft(class_of(type_.is_type_of)), [])
        for key, details in collected.grouped_field_set.items():
            name = details[0].node.name.value
            if name == "__typename":
                drafted.draft.items.append(f"{key!r}: {type_.name!r}")
                continue
            if name.startswith("__"):
                raise NotPlannedError  # introspection
            definition = self._schema.get_field(type_, name)
            if definition is not None:
                self._add(drafted, _Asked(key, definition, details), depth)
        return drafted

    def _add(self, drafted: _Drafted, asked: _Asked, depth: int) -> None:
        type_, draft = asked.definition.type, drafted.draft
        named = get_named_type(type_)
        below = self._below(named, asked.details, depth + 1) if is_object_type(named) else None
        attribute, derived = attribute_of(asked.definition), derived_of(asked.definition, self._schema)
        if (attribute or derived) and (is_leaf_type(named) or (below and below.inlined)):
            variable = below.draft.variable if below and not _lists(type_) else self._code.name("value")
            told = self._code.derived(derived, draft.variable) if derived else f"{draft.variable}.{attribute}"
            draft.statements.append(f"{variable} = {told}")
            draft.takes_context |= bool((derived and derived.by) or (below and below.draft.takes_context))
            draft.statements += self._converted(variable, type_, below)
            draft.items.append(f"{asked.key!r}: {variable}")
            draft.loops = max(draft.loops, _lists(type_) + (below.draft.loops if below else 0))
        else:
            draft.items.append(f"{asked.key!r}: None")
            drafted.planned.append(self._planned(asked, below, depth))

    def _converted(self, variable: str, type_: GraphQLOutputType, below: _Drafted | None) -> list[str]:
        """Statements that turn a value of a type into its response."""
        nonnull = is_non_null_type(type_)
        nullable: Any = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(nullable):
            innermost = below and not _lists(nullable.of_type)
            item = below.draft.variable if below and innermost else self._code.name("item")
            statements = self._code.list_of(variable, item, self._converted(item, nullable.of_type, below))
        elif below is not None:
            statements = self._code.object(below.draft)
        else:
            return self._code.leaf(variable, nullable, nonnull=nonnull)
        return unless_null(variable, statements, nonnull=nonnull)

    def _planned(self, asked: _Asked, below: _Drafted | None, depth: int) -> PlannedField:
        key, definition, details = asked
        nullable: Any = definition.type.of_type if is_non_null_type(definition.type) else definition.type
        item: Any = nullable.of_type if is_list_type(nullable) else None
        planned = PlannedField(
            key=key,
            details=details,
            nodes=[each.node for each in details],
            definition=definition,
            nonnull=is_non_null_type(definition.type),
            item_type=item,
            item_nonnull=is_non_null_type(item),
            read=reader_of(definition, self._schema),
            relation=relation_of(definition, self._schema),
            resolve=resolver_of(definition, self._schema),
            arguments=self._arguments(asked),
        )
        named = get_named_type(definition.type)
        if is_leaf_type(named):
            variable = self._code.name("value")
            statements = self._converted(variable, definition.type, None)
            self._converters.append((planned, self._code.converter(variable, statements)))
        elif _lists(definition.type) > 1:
            pass  # lists of lists of objects are rare enough to be left to graphql-core, value by value
        elif below is not None:
            planned.selection = self._selection(below)
        elif is_abstract_type(named):
            planned.abstract = named
            planned.members = {
                member.name: self._selection(self._below(member, details, depth + 1))
                for member in self._schema.get_possible_types(named)
            }
        return planned

    def _below(self, type_: GraphQLObjectType, details: FieldDetailsList, depth: int) -> _Drafted:
        executor = self._executor
        collected = collect_subfields(
            self._schema, executor.fragments, executor.variable_values, executor.operation, type_, details
        )
        return self._drafted(type_, collected, depth)

    def _arguments(self, asked: _Asked) -> Mapping[str, Any] | None:
        definition, node = asked.definition, asked.details[0].node
        arguments = node.arguments or ()
        if not (definition.args or arguments):
            return {}
        if any(_has_variable(argument.value) for argument in arguments):
            return None
        try:
            values = get_argument_values(definition, node, self._executor.variable_values)
        except GraphQLError:
            return None  # raised again, where the field is asked for
        return values if are_constant(values) else None


def are_constant(values: Mapping[str, Any]) -> bool:
    """Whether no resolver can change these arguments for the next one that gets them."""
    return all(
        value is None or isinstance(value, Enum) or value.__class__ in (str, int, float, bool)
        for value in values.values()
    )


def _not_generated_yet(objects: Any, odd: list[int], context: Any, /) -> list[dict[str, Any] | None]:
    raise NotImplementedError


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, VariableNode):
        return True
    within = [*getattr(value, "values", ()), *(each.value for each in getattr(value, "fields", ()))]
    return any(map(_has_variable, within))


def _lists(type_: Any) -> int:
    """How many lists are inside one another."""
    if is_non_null_type(type_):
        return _lists(type_.of_type)
    return 1 + _lists(type_.of_type) if is_list_type(type_) else 0
