"""From values to responses: leaves by generated code, objects to the next siblings, the unusual by graphql-core."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import CoroutineType
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

    def complete(
        self,
        siblings: Siblings,
        field: PlannedField,
        numbers: Sequence[int],
        values: Sequence[Any],
        *,
        arrived: bool = False,
    ) -> None:
        """Completes a field of the siblings of these numbers, which have these values; an exception is one too.

        What is awaitable is waited for, unless it is what an awaitable gave that has `arrived`.
        """
        if field.convert is not None:
            self._leaves(siblings, field, numbers, values, arrived=arrived)
        elif field.selection is None and field.abstract is None:
            for number, value in zip(numbers, values, strict=True):
                self._unusual(Position(siblings, field, number), value, arrived=arrived)
        elif field.item_type is None:
            self._descend(Found(siblings, field, numbers, None), values, arrived=arrived)
        else:
            self._lists(siblings, field, numbers, values, arrived=arrived)

    def _leaves(
        self, siblings: Siblings, field: PlannedField, numbers: Sequence[int], values: Sequence[Any], *, arrived: bool
    ) -> None:
        answers, key, convert = siblings.answers, field.key, cast("Callable[[Any], Any]", field.convert)
        for number, value in zip(numbers, values, strict=True):
            if value.__class__ is not CoroutineType:
                try:
                    answers[number][key] = convert(value)
                    continue
                except Exception:  # noqa: S110  graphql-core says what is wrong with it
                    pass
            self._unusual(Position(siblings, field, number), value, arrived=arrived)

    def _lists(
        self, siblings: Siblings, field: PlannedField, numbers: Sequence[int], values: Sequence[Any], *, arrived: bool
    ) -> None:
        objects: list[Any] = []
        lists: list[tuple[int, int]] = []
        for number, value in zip(numbers, values, strict=True):
            if value.__class__ is list or value.__class__ is tuple:
                objects += value
                lists.append((number, len(value)))
            else:
                self._odd(Position(siblings, field, number), value, arrived=arrived)
        found = Found.in_lists(siblings, field, lists)
        if field.selection is None:
            found.put_lists(lists, [None] * len(objects))
            self._descend(found, objects, arrived=arrived)
        else:
            self._build(found, field.selection, objects, partial(found.put_lists, lists), arrived=arrived)

    def _descend(self, found: Found, objects: Sequence[Any], *, arrived: bool) -> None:
        field = found.field
        if field.selection is not None:
            self._build(found, field.selection, objects, found.put, arrived=arrived)
            return
        for name, numbers in self._by_type(found, objects, arrived=arrived).items():
            here, own = found.only(numbers), [objects[number] for number in numbers]
            self._build(here, field.members[name], own, here.put, arrived=arrived)

    def _by_type(self, found: Found, objects: Sequence[Any], *, arrived: bool) -> dict[str, list[int]]:
        """Which of the objects are of which type; those that do not say at once are seen to here."""
        field, by_type = found.field, dict[str, list[int]]()
        abstract: Any = field.abstract
        resolve_type = abstract.resolve_type or self._executor.type_resolver
        for number, value in enumerate(objects):
            at = found.position(number)
            if not self._plain.takes(value.__class__):
                self._odd(at, value, arrived=arrived)
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

    def _build(
        self,
        found: Found,
        selection: Selection,
        objects: Sequence[Any],
        put: Callable[[Sequence[Any]], None],
        *,
        arrived: bool,
    ) -> None:
        """Has response objects `put` where they belong, and goes on with what they are still asked for."""
        odd: list[int] = []
        answers: Sequence[Any] = selection.build(objects, odd, self._executor.context_value)
        put(answers)
        for number in [*odd]:
            self._odd(found.position(number), objects[number], arrived=arrived)
        if selection.type.is_type_of is not None and not selection.checks_class:
            odd += self._of_other_types(found, selection.type, objects, answers)
        if not selection.planned or len(odd) == len(objects):
            return
        if odd:
            gone = set(odd)
            here = [number for number in range(len(objects)) if number not in gone]
            found, objects = found.only(here), [objects[number] for number in here]
            answers = [answers[number] for number in here]
        self._ask(Siblings(selection, objects, answers, found))

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

    def _odd(self, at: Position, value: Any, *, arrived: bool) -> None:
        """What is not as generated code takes it; null may be just that."""
        if value is not None or not at.nullable:
            self._unusual(at, value, arrived=arrived)

    def _unusual(self, at: Position, value: Any, *, arrived: bool) -> None:
        if not arrived and at.place is None and (value.__class__ is CoroutineType or self._plain.awaits(value)):
            self._arrivals.begin(value, Waiting(at.siblings, at.field, (at.number,)))
        else:
            self._by_graphql_core(at, value)

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
