"""Alma: what a reader changes. Renewals, requests for a title, and what is not wanted any longer.

Source: Alma REST APIs, Users and Fulfillment: Renew loan, Create user request, Cancel user request; Configuration:
Retrieve libraries. Alma says no with 400 and a code; of a loan it never says why, of a reader who is blocked only that
the request could not be created.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from connectors.reads import settled
from connectors.wire import Answer, Line, Params, System, UpstreamBadResponse, UpstreamRateLimited, segment

from .alma_shapes import THRESHOLDS, ErrorOnWire, ErrorsOnWire, LibrariesOnWire, LoanOnWire, RequestOnWire
from .change_records import (
    CancellationRefusal,
    HoldCancelled,
    HoldNotCancelled,
    HoldRefusal,
    HoldRefused,
    NotRenewed,
    PickupLocation,
    Renewed,
)
from .records import Hold, Loan, RenewalRefusal

AT_ONCE = 10
"""Renewals under way at a time: the whole institution has 25 calls a second."""

NOBODY_KNOWS = "401652"
"""A general error: it may have happened before the request, or after it."""
NOT_RENEWABLE = "401822"

RENEWALS: Mapping[str, RenewalRefusal] = {
    "401823": RenewalRefusal.NOT_ON_LOAN,
    "401861": RenewalRefusal.NOT_ON_LOAN,
    "60340": RenewalRefusal.NOT_ALLOWED,
}
HOLDS: Mapping[str, HoldRefusal] = {
    "401136": HoldRefusal.ALREADY_REQUESTED,
    "401129": HoldRefusal.NOT_REQUESTABLE,
    "401684": HoldRefusal.NOT_REQUESTABLE,
    "60328": HoldRefusal.NOT_REQUESTABLE,
    "60340": HoldRefusal.NOT_REQUESTABLE,
    "401895": HoldRefusal.NOT_AT_THIS_PLACE,
    "401861": HoldRefusal.NO_ACCOUNT,
    "401890": HoldRefusal.NO_ACCOUNT,
}
CANCELLATIONS: Mapping[str, CancellationRefusal] = {
    "401694": CancellationRefusal.GONE,
    "401861": CancellationRefusal.GONE,
    "401890": CancellationRefusal.GONE,
    "60340": CancellationRefusal.NOT_ALLOWED,
}
"""Codes that mean something; what any other says is told in Alma's words."""


class AlmaChanges(ABC):
    _line: Line
    system: System

    @abstractmethod
    def _loan(self, user: str, row: LoanOnWire) -> Loan: ...

    @abstractmethod
    async def holds(self, user: str) -> list[Hold] | None: ...

    async def renew(self, user: str, loans: Sequence[str]) -> list[Renewed | NotRenewed | Exception]:
        """Each loan by itself, in the order asked for; an Exception in a place is that loan's alone."""
        outcomes: list[Renewed | NotRenewed | Exception] = []
        for first in range(0, len(loans), AT_ONCE):
            outcomes += await settled(self._renewed(user, loan) for loan in loans[first : first + AT_ONCE])
        return outcomes

    async def place_hold(self, user: str, record: str, pickup: str) -> str | HoldRefused:
        """Asks for any copy of the title with this record number: the number of the hold."""
        body = {"request_type": "HOLD", "pickup_location_type": "LIBRARY", "pickup_location_library": pickup}
        path = f"/almaws/v1/users/{segment(user)}/requests"
        answer, refusal = await self._changed("POST", path, (("mms_id", record),), body)
        if refusal is not None:
            return HoldRefused(reason=HOLDS.get(refusal.error_code, HoldRefusal.OTHER), reason_label=told(refusal))
        return self._line.read(answer, RequestOnWire).request_id

    async def hold_on(self, user: str, record: str) -> Hold | None:
        """The reader's request for this title, if there is one: Alma takes no second one."""
        return next((hold for hold in await self.holds(user) or () if hold.record == record), None)

    async def cancel_hold(self, user: str, hold: str) -> HoldCancelled | HoldNotCancelled:
        path = f"/almaws/v1/users/{segment(user)}/requests/{segment(hold)}"
        answer, refusal = await self._changed("DELETE", path, (("reason", "CancelledAtPatronRequest"),))
        if refusal is None:
            if answer.status != 204:
                raise self._unsettled(f"HTTP {answer.status}")
            return HoldCancelled(system=self.system.id, owner=user, id=hold, pending=False)
        reason = CANCELLATIONS.get(refusal.error_code, CancellationRefusal.OTHER)
        return HoldNotCancelled(system=self.system.id, owner=user, id=hold, reason=reason, reason_label=told(refusal))

    async def pickup_locations(self) -> list[PickupLocation]:
        """All libraries: which of them keeps holds is not told."""
        answer = await self._line.get("/almaws/v1/conf/libraries")
        return [
            PickupLocation(system=self.system.id, campus=self.system.campus, code=row.code, name=row.name or row.code)
            for row in self._line.read(answer, LibrariesOnWire).library
        ]

    async def _renewed(self, user: str, loan: str) -> Renewed | NotRenewed:
        path = f"/almaws/v1/users/{segment(user)}/loans/{segment(loan)}"
        answer, refusal = await self._changed("POST", path, (("op", "renew"),))
        if refusal is None:
            now = self._loan(user, self._line.read(answer, LoanOnWire))
            return Renewed(system=self.system.id, owner=user, id=loan, loan=now)
        if refusal.error_code == NOT_RENEWABLE:
            return NotRenewed(system=self.system.id, owner=user, id=loan, reason=None, reason_label=None)
        reason = RENEWALS.get(refusal.error_code, RenewalRefusal.OTHER)
        return NotRenewed(system=self.system.id, owner=user, id=loan, reason=reason, reason_label=told(refusal))

    async def _changed(
        self, method: str, path: str, params: Params, body: object = None
    ) -> tuple[Answer, ErrorOnWire | None]:
        """The answer, and the error that says no."""
        answer = await self._line.change(method, path, body, params, answers=frozenset({400}))
        return answer, None if answer.status != 400 else self._refusal(answer)

    def _refusal(self, answer: Answer) -> ErrorOnWire:
        errors = self._line.read(answer, ErrorsOnWire).error_list.error
        codes = {error.error_code for error in errors}
        if codes & THRESHOLDS:
            raise UpstreamRateLimited(self.system.id, ", ".join(sorted(codes)))
        if not errors or NOBODY_KNOWS in codes:
            raise self._unsettled(NOBODY_KNOWS)
        return errors[0]

    def _unsettled(self, reason: str) -> UpstreamBadResponse:
        failure = UpstreamBadResponse(self.system.id, reason)
        failure.unsettled = True
        return failure


def told(refusal: ErrorOnWire) -> str:
    return refusal.error_message or refusal.error_code
