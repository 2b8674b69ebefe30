"""The executor that Strawberry is given: usual queries run by their plan, all else by graphql-core."""

from typing import Any

from graphql.pyutils import AwaitableOrValue, is_awaitable
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from .compiler import compiled
from .plan import OperationPlan, Plans
from .run import Run


class PlanExecutor(StrawberryGraphQLCoreExecutionContext):
    """Passes for graphql-core's in all but speed.

    Left to graphql-core are mutations, which run in order, the source of a subscription, whose events are run like
    queries, introspection, directives other than @skip and @include, and whatever is asked of an executor besides
    running an operation: middleware, hooks, signals to abort, predicates of one's own, errors that do not propagate.
    """

    def __init__(self, *args: Any, plans: Plans | None = None, **options: Any) -> None:
        """`plans` are those of the operation, if it is to be planned once for many executors."""
        super().__init__(*args, **options)
        self._plans = plans

    def execute_operation(self, serially: bool | None = None) -> AwaitableOrValue[Any]:
        if not serially and self._is_usual():
            plans = self._plans or Plans(self.operation, self.fragment_definitions.values(), compiled)
            plan = plans.plan(self)
            result = Run(self, plan).result() if plan else None
            if result is not None:
                return result
        return super().execute_operation(serially)

    def plan_for_all(self) -> OperationPlan | None:
        """The plan, if by it the same is told to all who get the same root value, whoever they are."""
        plan = self._plans.plan(self) if self._plans and self._is_usual() else None
        return plan if plan and plan.root.takes_only_objects else None

    def _is_usual(self) -> bool:
        return (
            self.abort_signal is None
            and self.hooks is None
            and not (self.middleware_manager and self.middleware_manager.middlewares)
            and self.error_propagation
            and self.is_awaitable in (is_awaitable, optimized_is_awaitable)
        )
