"""Services for everybody; applications and tickets, each list asked at most once per operation."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from connectors.reads import AccountKey, Index, Loader, one_call_each, settled
from connectors.wire import Operation

from .flowable import Flowable
from .records import Service, Step
from .request_tracker import RequestTracker


class OneStopIndexes:
    """The service catalogue of each workflow system, public, one for the whole process."""

    def __init__(self, ask: Callable[[str, Operation], Flowable], refresh: Callable[[str], float]) -> None:
        self._ask = ask
        self.services: Index[str, list[Service]] = Index("services", self._services, refresh)

    async def _services(self, system: str, operation: Operation) -> list[Service]:
        return await self._ask(system, operation).services()


class ApplicationKey(NamedTuple):
    system: str
    applicant: str
    application: str


class OneStopLoaders:
    """Keys name a person's account in one system."""

    def __init__(self, workflow: Callable[[str], Flowable], tickets: Callable[[str], RequestTracker]) -> None:
        self.applications_by_account = one_call_each(workflow, Flowable.applications)
        self.tickets_by_account = one_call_each(tickets, RequestTracker.tickets)
        self._steps_by_account = one_call_each(workflow, Flowable.steps)
        self.steps_by_application: Loader[ApplicationKey, list[Step]] = Loader(self._steps_by_application)

    async def _steps_by_application(self, keys: list[ApplicationKey]) -> Sequence[list[Step] | Exception]:
        """All steps of one applicant come in one call, whichever applications are asked for."""
        answers = await settled(self._steps_by_account.load(AccountKey(key.system, key.applicant)) for key in keys)
        return [
            answer
            if isinstance(answer, Exception)
            else [step for step in answer if step.application == key.application]
            for key, answer in zip(keys, answers, strict=True)
        ]
