"""Koha: what a reader changes. Renewals, holds on a title, and what is not wanted any longer.

Source: the OpenAPI document of Koha (paths checkouts, holds, libraries), and its controllers for the words of a
refusal: they stand in a sentence, and for some reasons under `error_code` too. Koha does not ask whose a checkout or a
hold is, as long as our own account may do it: whatever a reader names is looked for among theirs first.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from connectors.reads import settled
from connectors.wire import Answer, Params, System, UpstreamBadResponse, UpstreamError

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
from .koha_lists import KohaLists
from .koha_shapes import CheckoutOnWire, HoldOnWire, LibraryOnWire, RefusalOnWire
from .koha_words import HOLD_REFUSALS, RENEWAL_REFUSALS
from .records import Hold, Loan, RenewalRefusal

AT_ONCE = 10
"""Renewals under way at a time."""

STAFF_DECIDES = {"x-koha-override": "cancellation-request-flow"}
"""A hold that lies ready is not taken off the shelf at once: the library is told that it is not wanted."""

NO_SUCH_PLACE = "The supplied pickup location is not valid"
WORD = re.compile(r"Renewal not authorized \((\w*)\)|Hold cannot be placed\. Reason: ?(\w*)")


class KohaChanges(KohaLists, ABC):
    @abstractmethod
    async def _checkouts(self, patron: str) -> Any: ...

    @abstractmethod
    async def _shelf(self, rows: Sequence[Any]) -> Any: ...

    @abstractmethod
    def _loan(self, row: CheckoutOnWire, shelf: Any) -> Loan: ...

    @abstractmethod
    async def holds(self, patron: str) -> list[Hold]: ...

    async def renew(self, patron: str, loans: Sequence[str]) -> list[Renewed | NotRenewed | Exception]:
        """Each loan by itself, in the order asked for; an Exception in a place is that loan's alone.

        Whose they are and what they are called is read before: a failure of that fails all, and nothing is renewed.
        """
        theirs = {str(row.checkout_id): row for row in await self._checkouts(patron) if str(row.checkout_id) in loans}
        shelf = await self._shelf(list(theirs.values()))
        outcomes: list[Renewed | NotRenewed | Exception] = []
        for first in range(0, len(loans), AT_ONCE):
            wave = loans[first : first + AT_ONCE]
            outcomes += await settled(self._renewed(patron, loan, loan in theirs, shelf) for loan in wave)
        return outcomes

    async def place_hold(self, patron: str, record: str, pickup: str) -> str | HoldRefused:
        """Asks for any copy of the title with this record number: the number of the hold."""
        body = {"patron_id": int(patron), "biblio_id": int(record), "pickup_library_id": pickup}
        answer = await self._line.change("POST", "/api/v1/holds", body, answers=frozenset({400, 403, 404, 409}))
        if answer.status >= 400:
            return self._held_not(answer)
        placed = self._line.read(answer, HoldOnWire)
        if str(placed.patron_id) != patron:
            raise unsettled(self.system, "something of another patron")
        return str(placed.hold_id)

    async def hold_on(self, patron: str, record: str) -> Hold | None:
        """The reader's hold on this title, if there is one: Koha takes no second one where rules are as installed."""
        return next((hold for hold in await self.holds(patron) if hold.record == record), None)

    async def cancel_hold(self, patron: str, hold: str) -> HoldCancelled | HoldNotCancelled:
        gone = HoldNotCancelled(
            system=self.system.id, owner=patron, id=hold, reason=CancellationRefusal.GONE, reason_label=None
        )
        if not (hold.isascii() and hold.isdecimal()):
            return gone
        theirs = (("hold_id", hold), ("patron_id", patron), ("_match", "exact"))
        if not await self._rows("/api/v1/holds", theirs, HoldOnWire):
            return gone
        answer = await self._line.change(
            "DELETE", f"/api/v1/holds/{hold}", answers=frozenset({404}), headers=STAFF_DECIDES
        )
        if answer.status == 404:
            return gone
        if answer.status not in (202, 204):
            raise unsettled(self.system, f"HTTP {answer.status}")
        return HoldCancelled(system=self.system.id, owner=patron, id=hold, pending=answer.status == 202)

    async def pickup_locations(self) -> list[PickupLocation]:
        """The branches where holds can be fetched."""
        wanted: Params = (("q", '{"pickup_location":true}'),)
        return [
            PickupLocation(system=self.system.id, campus=self.system.campus, code=row.library_id, name=row.name)
            for row in await self._rows("/api/v1/libraries", wanted, LibraryOnWire)
        ]

    async def _renewed(self, patron: str, loan: str, theirs: bool, shelf: Any) -> Renewed | NotRenewed:
        if not theirs:
            return self._renewed_not(patron, loan, RenewalRefusal.NOT_ON_LOAN, None)
        answer = await self._line.change("POST", f"/api/v1/checkouts/{loan}/renewals", answers=frozenset({403, 404}))
        if answer.status == 404:
            return self._renewed_not(patron, loan, RenewalRefusal.NOT_ON_LOAN, None)
        if answer.status == 403:
            word = self._word(answer)
            reason = RENEWAL_REFUSALS.get(word, RenewalRefusal.OTHER) if word else None
            return self._renewed_not(patron, loan, reason, word or None)
        row = self._line.read(answer, CheckoutOnWire)
        if str(row.patron_id) != patron:
            raise unsettled(self.system, "something of another patron")
        return Renewed(system=self.system.id, owner=patron, id=loan, loan=self._loan(row, shelf))

    def _renewed_not(self, patron: str, loan: str, reason: RenewalRefusal | None, word: str | None) -> NotRenewed:
        return NotRenewed(system=self.system.id, owner=patron, id=loan, reason=reason, reason_label=word)

    def _held_not(self, answer: Answer) -> HoldRefused:
        if answer.status == 404:
            return HoldRefused(reason=HoldRefusal.NOT_REQUESTABLE, reason_label=None)
        if answer.status == 400:
            if self._line.read(answer, RefusalOnWire).error != NO_SUCH_PLACE:
                raise UpstreamBadResponse(self.system.id, "HTTP 400")
            return HoldRefused(reason=HoldRefusal.NOT_AT_THIS_PLACE, reason_label=None)
        word = self._word(answer)
        # Of a title without copies that could be kept, there is no word.
        reason = HOLD_REFUSALS.get(snake(word), HoldRefusal.OTHER) if word else HoldRefusal.NOT_REQUESTABLE
        return HoldRefused(reason=reason, reason_label=word or None)

    def _word(self, answer: Answer) -> str:
        """Koha's word for its reason. Raises UpstreamError where it is we who may not."""
        refusal = self._line.read(answer, RefusalOnWire)
        if found := WORD.match(refusal.error):
            return refusal.error_code or found[1] or found[2] or ""
        raise UpstreamError(self.system.id, f"HTTP {answer.status}: our credential is refused")


def unsettled(system: System, reason: str) -> UpstreamBadResponse:
    """Something was asked for, and what came does not say whether it happened."""
    failure = UpstreamBadResponse(system.id, reason)
    failure.unsettled = True
    return failure


def snake(word: str) -> str:
    """Older versions write tooManyReserves, newer ones too_many_reserves."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", word).lower()
