"""From values to responses: leaves by generated code, objects to the next siblings, the unusual by graphql-core."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLResolveInfo
from graphql.execution import Executor
from graphql.execution.executor import invalid_return_type_error

from .arrivals import Arrivals, Waiting
from .plain import PlainClasses
from .plan import PlannedField, Selection
from .response import Response
from .siblings import Found, Position, Siblings


class Completion:
    """What graphql-core's `complete_value` does, for all siblings at once."""

    def __init__(
        self,
        executor: Executor[Any],
        plain: PlainClasses,
        response: Response,
        arrivals: Arrivals,
        ask: Callable[[Siblings], None],
    ) -> None:
        """`ask` goes on with the objects that were found."""
        self._executor = executor
        self._plain = plain
        self._response = response
        self._arrivals = arrivals
        self._ask = ask

    def complete(self, siblings: Siblings, field: PlannedField, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Completes a field of the siblings of these numbers, which have these values; an exception is one too."""
        if field.convert is not None:
            answers, key, convert = siblings.answers, field.key, field.convert
            for number, value in zip(numbers, values, strict=True):
                try:
                    answers[number][key] = convert(value)
                except Exception:  # graphql-core says what is wrong with it
                    self._by_graphql_core(Position(siblings, field, number), value)
        elif field.selection is None and field.abstract is None:
            for number, value in zip(numbers, values, strict=True):
                self._by_graphql_core(Position(siblings, field, number), value)
        elif field.item_type is None:
            self._objects(siblings, field, numbers, values)
        else:
            self._lists(siblings, field, numbers, values)

    def _objects(self, siblings: Siblings, field: PlannedField, numbers: Sequence[int], values: Sequence[Any]) -> None:
        owners, objects = [], []
        for number, value in zip(numbers, values, strict=True):
            if value is not None:
                owners.append(number)
                objects.append(value)
            elif field.nonnull:
                self._by_graphql_core(Position(siblings, field, number), value)
        self._descend(Found(siblings, field, owners, None), objects)

    def _lists(self, siblings: Siblings, field: PlannedField, numbers: Sequence[int], values: Sequence[Any]) -> None:
        owners: list[int] = []
        places: list[int] = []
        objects: list[Any] = []
        for number, value in zip(numbers, values, strict=True):
            if value is None and not field.nonnull:
                continue
            usual = value.__class__ is list or value.__class__ is tuple
            holes = usual and any([item is None for item in value])
            if not usual or (holes and field.item_nonnull):
                self._by_graphql_core(Position(siblings, field, number), value)
                continue
            siblings.answers[number][field.key] = [None] * len(value)
            there = [place for place, item in enumerate(value) if item is not None] if holes else range(len(value))
            owners += [number] * len(there)
            places += there
            objects += [value[place] for place in there] if holes else value
        self._descend(Found(siblings, field, owners, places), objects)

    def _descend(self, found: Found, objects: Sequence[Any]) -> None:
        if not objects:
            return
        field = found.field
        if field.selection is not None:
            self._build(found, field.selection, objects)
            return
        for name, numbers in self._by_type(found, objects).items():
            self._build(found.only(numbers), field.members[name], [objects[number] for number in numbers])

    def _by_type(self, found: Found, objects: Sequence[Any]) -> dict[str, list[int]]:
        """Which of the objects are of which type; those that do not say at once are seen to here."""
        field, by_type = found.field, dict[str, list[int]]()
        abstract: Any = field.abstract
        resolve_type = abstract.resolve_type or self._executor.type_resolver
        for number, value in enumerate(objects):
            at = found.position(number)
            if not self._plain.takes(value.__class__):
                self._by_graphql_core(at, value)
                continue
            try:
                name = resolve_type(value, info_of(self._executor, at), abstract)
            except Exception as error:
                self._response.fail(at, error)
                continue
            if name.__class__ is str and name in field.members:
                by_type.setdefault(name, []).append(number)
            elif self._plain.awaits(name):
                self._later(at, self._as_it_will_say(at, value, cast("Awaitable[Any]", name)))
            else:
                self._finish(at, partial(self._as, at, value, name))
        return by_type

    def _build(self, found: Found, selection: Selection, objects: Sequence[Any]) -> None:
        """Puts response objects where they belong, and goes on with what they are still asked for."""
        gone: list[int] = []
        answers = selection.build(objects, gone)
        found.put(answers)
        for number in [*gone]:
            self._by_graphql_core(found.position(number), objects[number])
        if selection.type.is_type_of is not None:
            gone += self._of_other_types(found, selection.type, objects, answers)
        if selection.planned:
            if gone:
                here = [number for number in range(len(objects)) if number not in gone]
                found, objects = found.only(here), [objects[number] for number in here]
                answers = [answers[number] for number in here]
            self._ask(Siblings(selection, objects, cast("Sequence[dict[str, Any]]", answers), found))

    def _of_other_types(
        self, found: Found, type_: GraphQLObjectType, objects: Sequence[Any], answers: Sequence[Any]
    ) -> list[int]:
        """Those objects that say they are of another type, or do not say so at once; they are seen to here."""
        others = []
        is_type_of: Any = type_.is_type_of
        for number, value in enumerate(objects):
            if answers[number] is None:
                continue
            at = found.position(number)
            try:
                fits = is_type_of(value, info_of(self._executor, at))
                if not fits:
                    raise invalid_return_type_error(type_, value, at.field.details)
            except Exception as error:
                others.append(number)
                self._response.fail(at, error)
            else:
                if self._plain.awaits(fits):
                    others.append(number)
                    self._response.put(at, None)
                    self._later(at, self._if_it_fits(at, type_, value, fits))
        return others

    # What only graphql-core does: it is asked for one value, and what it makes of that is put in place.

    def _by_graphql_core(self, at: Position, value: Any) -> None:
        executor, field = self._executor, at.field
        type_: Any = field.definition.type if at.place is None else field.item_type

        def completed(value: Any) -> Any:
            return executor.complete_value(type_, field.details, info_of(executor, at), at.path, value, None)

        async def completed_later(value: Awaitable[Any]) -> Any:
            response = completed(await value)
            return await response if executor.is_awaitable(response) else response

        self._finish(at, lambda: completed_later(value) if self._plain.awaits(value) else completed(value))

    def _as(self, at: Position, value: Any, name: Any) -> Any:
        """The response of an object of an abstract type that says it is called this."""
        executor, details, info = self._executor, at.field.details, info_of(self._executor, at)
        abstract: Any = at.field.abstract
        type_ = executor.ensure_valid_runtime_type(name, abstract, details, info, value)
        return executor.complete_object_value(type_, details, info, at.path, value, None)

    async def _as_it_will_say(self, at: Position, value: Any, name: Awaitable[Any]) -> Any:
        response = self._as(at, value, await name)
        return await response if self._executor.is_awaitable(response) else response

    async def _if_it_fits(self, at: Position, type_: GraphQLObjectType, value: Any, fits: Awaitable[Any]) -> Any:
        details = at.field.details
        if not await fits:
            raise invalid_return_type_error(type_, value, details)
        response = self._executor.collect_and_execute_subfields(type_, details, at.path, value, None)
        return await response if self._executor.is_awaitable(response) else response

    def _finish(self, at: Position, completed: Callable[[], Any]) -> None:
        if not self._response.stands(at.siblings, at.number):
            return
        try:
            response = completed()
        except Exception as error:
            self._response.fail(at, error)
            return
        if self._executor.is_awaitable(response):
            self._later(at, response)
        else:
            self._response.put(at, response)

    def _later(self, at: Position, response: Awaitable[Any]) -> None:
        self._arrivals.begin(response, Waiting(at.siblings, at.field, (at.number,), place=at.place, completed=True))


def info_of(executor: Executor[Any], at: Position) -> GraphQLResolveInfo[Any]:
    """What resolvers and types are told of the field that they are called for."""
    siblings, field = at.siblings, at.field
    path = siblings.path_of(at.number, field)
    return executor.build_resolve_info(field.definition, field.nodes, siblings.selection.type, path)
