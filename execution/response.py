"""The response as it grows, and what an error takes away from it."""

from typing import Any

from graphql import GraphQLError, located_error
from graphql.execution import Executor

from .plan import PlannedField
from .siblings import Position, Siblings


class Response:
    """The `data` of an operation; its errors are collected by the executor."""

    def __init__(self, executor: Executor[Any], data: dict[str, Any] | None) -> None:
        self.data = data
        self.torn = False
        """Whether an error took away more than the value it stands at, so that objects may be part of it no longer."""
        self.arriving: tuple[Siblings, PlannedField] | None = None
        """The field whose values have just been awaited, if that is what is being completed."""
        self.rising: list[tuple[Position, GraphQLError]] = []
        """Errors that nullify the object of a field that was awaited, which they have not done yet."""
        self._errors = executor.collected_errors

    def stands(self, siblings: Siblings, number: int) -> bool:
        """Whether an object is still part of it."""
        return not self.torn or (self.data is not None and siblings.stands(number))

    def put(self, at: Position, response: Any) -> None:
        """Fills in a place."""
        answer = at.siblings.answers[at.number]
        if at.place is None:
            answer[at.field.key] = response
        elif answer[at.field.key] is not None:
            answer[at.field.key][at.place] = response

    def fail(self, at: Position, error: Exception) -> None:
        """Tells an error, and makes null of the nearest place that may be null (GraphQL specification, 6.4.4).

        From a field that was awaited an error rises only after what its siblings do at the same time: they are awaited
        together, and in graphql-core the one that fails cancels the others a few turns of the event loop later.
        """
        null: Position | None = at
        located = located_error(error, at.field.nodes, at.path.as_list())
        while null is not None and not null.nullable:
            if self.arriving == (null.siblings, null.field) and null.place is None:
                self.put(null, None)
                self.torn = True
                self.rising.append((null, located))
                return
            null = null.above
            self.torn = True
        self._nullify(null, located)

    def rise(self) -> None:
        """Lets errors go on from where they wait, the innermost first: it has the shortest way."""
        rising, self.rising = self.rising, []
        for at, error in sorted(rising, key=lambda each: -len(each[0].path.as_list())):
            null: Position | None = at
            while null is not None and not null.nullable:
                null = null.above
            self._nullify(null, error)

    def _nullify(self, null: Position | None, error: GraphQLError) -> None:
        self._errors.add(error, null and null.path)
        if null is None:
            self.data = None
        else:
            self.put(null, None)
