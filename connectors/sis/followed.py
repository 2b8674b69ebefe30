"""Grades that students follow, each student's for itself."""

from collections.abc import Callable

from connectors.reads import AccountKey, Holding, Hub, Personal, state_of
from connectors.wire import Operation

from .oeapi import Oeapi
from .study_records import Enrolment


class SisFollowed:
    """By the system's own id of the person."""

    def __init__(
        self,
        ask: Callable[[str, Operation], Oeapi],
        hub: Hub,
        every: Callable[[str], float],
        news: Callable[[AccountKey], None],
    ) -> None:
        """`news` is told whose there are, before they are."""
        self._ask = ask
        self.grades: Personal[Enrolment] = Personal("grades", hub, self._grades, every, news)

    def grade_released(self, system: str, person: str) -> None:
        self.grades.wake(AccountKey(system, person))

    async def _grades(self, key: AccountKey, operation: Operation) -> Holding[Enrolment]:
        """Each course of the record that has a grade by now."""
        enrolments = await self._ask(key.system, operation).enrolments(key.account)
        graded = [each for each in enrolments if each.grade and each.on_record]
        return Holding(key=key, by_state={state_of(each.id, each.grade, each.result_at): each for each in graded})
