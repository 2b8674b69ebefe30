"""One operation on its way through its plan: breadth first, in waves of what has arrived meanwhile."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from graphql import ExecutionResult
from graphql.execution import Executor, get_argument_values
from graphql.pyutils import AwaitableOrValue

from .answering import ANSWERING
from .arrivals import Arrivals, Waiting
from .compiler import are_constant
from .completion import Completion, info_of
from .plan import OperationPlan, PlannedField
from .relation import Plan as Relation
from .response import Response
from .siblings import Position, Siblings

TURNS = 3
"""Of the event loop, in which a field that need not wait for anything is called, awaited and completed."""

WAVES = 8
"""Of such fields, one below the other, that an error rises after at the latest."""


class Run:
    """A wave asks what comes next, for all siblings at once, until there is nothing left but to wait."""

    def __init__(self, executor: Executor[Any], plan: OperationPlan) -> None:
        self._executor = executor
        self._plan = plan
        self._response = Response(executor, None)
        self._arrivals = Arrivals(self._is_needed)
        self._completion = Completion(executor, plan.plain, self._response, self._arrivals, self._ask)

    def result(self) -> AwaitableOrValue[ExecutionResult] | None:
        """What `execute_operation` returns. None if the root value is too unusual; then nothing was called."""
        root_value = self._executor.root_value
        # There may be none, and null is no object for generated code.
        objects = [object() if root_value is None else root_value]
        (data,) = self._plan.root.build(objects, [], self._executor.context_value)
        if data is None:
            return None
        self._response.data = data
        self._ask(Siblings(self._plan.root, [root_value], [data]))
        self._give_up()
        return self._rest() if self._arrivals else self._built()

    async def _rest(self) -> ExecutionResult:
        waves = 0
        while self._arrivals or self._response.rising:
            if self._response.rising:
                arrived = await self._arrivals.next(TURNS)
                waves += 1
            else:
                arrived = await self._arrivals.next()
            self._take(arrived)
            if not arrived or waves == WAVES:
                self._response.rise()
                waves = 0
            self._give_up()
        return self._built()

    def _built(self) -> ExecutionResult:
        # Without @defer and @stream there are no other results.
        result = cast("ExecutionResult", self._executor.build_response(self._response.data))
        # They hold this and the executor in turn: what was read would stay until the collector looks for circles.
        del self._arrivals, self._completion, self._executor.async_helpers
        return result

    def _give_up(self) -> None:
        if self._response.torn and (left := self._arrivals.give_up()):
            self._executor.settle_in_background(left)

    def _is_needed(self, waiting: Waiting) -> bool:
        return any(self._response.stands(waiting.siblings, number) for number in waiting.numbers)

    def _take(self, arrived: Iterable[tuple[Waiting, Any]]) -> None:
        """Completes what has arrived, all siblings of a field together."""
        values: dict[tuple[Siblings, PlannedField], tuple[list[int], list[Any]]] = {}
        for waiting, outcome in arrived:
            siblings, field = waiting.siblings, waiting.field
            if waiting.completed:
                self._arrive(Position(siblings, field, waiting.numbers[0], waiting.place), outcome)
                continue
            numbers, found = values.setdefault((siblings, field), ([], []))
            numbers += waiting.numbers
            failed = isinstance(outcome, Exception)
            if waiting.many and not failed:
                found += self._related(siblings, field, waiting.numbers, outcome)
            else:
                found += [outcome] * len(waiting.numbers)
        for (siblings, field), (numbers, found) in values.items():
            if self._response.torn:
                standing = [n for n, number in enumerate(numbers) if self._response.stands(siblings, number)]
                numbers, found = [numbers[n] for n in standing], [found[n] for n in standing]
            self._response.arriving = (siblings, field)
            self._completion.complete(siblings, field, numbers, found, arrived=True)
        self._response.arriving = None

    def _arrive(self, at: Position, outcome: Any) -> None:
        if not self._response.stands(at.siblings, at.number):
            return
        self._response.arriving = (at.siblings, at.field)
        if isinstance(outcome, Exception):
            self._response.fail(at, outcome)
        else:
            self._response.put(at, outcome)

    def _ask(self, siblings: Siblings) -> None:
        for field in siblings.selection.planned:
            numbers: Sequence[int] = range(len(siblings.objects))
            if self._response.torn:
                numbers = [number for number in numbers if self._response.stands(siblings, number)]
            if field.relation is not None:
                self._load(siblings, field, field.relation, numbers)
                continue
            values = self._read(siblings, field.read, numbers) if field.read else self._call(siblings, field, numbers)
            self._completion.complete(siblings, field, numbers, values)

    def _read(self, siblings: Siblings, read: Callable[[Any], Any], numbers: Sequence[int]) -> list[Any]:
        """What is read of each, or the exception instead."""
        objects = siblings.objects
        if len(numbers) == len(objects):
            try:
                return [read(each) for each in objects]
            except Exception:  # noqa: S110  which of them it was is found out below
                pass
        values = []
        for number in numbers:
            try:
                values.append(read(objects[number]))
            except Exception as error:
                values.append(error)
        return values

    def _load(self, siblings: Siblings, field: PlannedField, relation: Relation, numbers: Sequence[int]) -> None:
        keys = self._read(siblings, relation.key, numbers)
        asked = [n for n, key in enumerate(keys) if not (key is None or isinstance(key, Exception))]
        if len(asked) < len(keys):
            others = sorted(set(range(len(keys))) - set(asked))
            self._completion.complete(siblings, field, [numbers[n] for n in others], [keys[n] for n in others])
            numbers, keys = [numbers[n] for n in asked], [keys[n] for n in asked]
        if not keys:
            return
        answering = ANSWERING.set(lambda: [tuple(siblings.path_of(number, field).as_list()) for number in numbers])
        try:
            loading = relation.by(self._executor.context_value).load_many(keys)
        except Exception as error:
            self._completion.complete(siblings, field, numbers, [error] * len(numbers))
            return
        finally:
            ANSWERING.reset(answering)
        if (
            isinstance(loading, asyncio.Future)
            and loading.done()
            and not loading.cancelled()
            and not loading.exception()
        ):
            related = self._related(siblings, field, numbers, loading.result())
            self._completion.complete(siblings, field, numbers, related)
        else:
            self._arrivals.begin(loading, Waiting(siblings, field, numbers, many=True))

    def _related(
        self, siblings: Siblings, field: PlannedField, numbers: Sequence[int], loaded: Sequence[Any]
    ) -> Sequence[Any]:
        """What of what was loaded for each is related to it, or the exception instead."""
        then = field.relation and field.relation.then
        if then is None:
            return loaded
        values = []
        for number, each in zip(numbers, loaded, strict=True):
            try:
                values.append(each if isinstance(each, Exception) else then(siblings.objects[number], each))
            except Exception as error:
                values.append(error)
        return values

    def _call(self, siblings: Siblings, field: PlannedField, numbers: Sequence[int]) -> list[Any]:
        """What the resolver returns for each, or the exception instead."""
        executor, constant = self._executor, field.arguments
        resolve = field.resolve or executor.field_resolver
        values = []
        for number in numbers:
            try:
                arguments = constant
                if arguments is None:
                    arguments = self._arguments(field)
                    constant = arguments if are_constant(arguments) else None
                info = info_of(executor, Position(siblings, field, number))
                values.append(resolve(siblings.objects[number], info, **arguments))
            except Exception as error:
                values.append(error)
        return values

    def _arguments(self, field: PlannedField) -> dict[str, Any]:
        executor = self._executor
        node, variables = field.nodes[0], executor.variable_values
        return get_argument_values(field.definition, node, variables, None, executor.hide_suggestions)
