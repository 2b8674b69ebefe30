"""Koha REST: a reader's checkouts, holds and account, with the titles that Koha tells of items only.

Source: the OpenAPI document of Koha (public repository Koha-Community/Koha, api/v1/swagger). A reader is asked for by
Koha's own patron number, which `patron` finds by the number on the card or the login.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, tzinfo
from typing import Any, cast

from campus.money import Money
from connectors.reads import settled
from connectors.wire import (
    AccountConflict,
    ClientCredentials,
    Line,
    UpstreamBadResponse,
    local,
    segment,
)

from .koha_catalogue import KohaCatalogue
from .koha_changes import KohaChanges
from .koha_contacts import KohaContacts
from .koha_erm import KohaErm
from .koha_lists import NO_HEADERS
from .koha_shapes import (
    AccountOnWire,
    AllowsRenewal,
    CheckoutOnWire,
    HoldOnWire,
    ItemOnWire,
    LineOnWire,
    PatronOnWire,
)
from .koha_words import FEES, RENEWAL_REFUSALS, hold_state
from .records import Fine, Hold, Loan, Renewable, RenewalRefusal

TO_BE_CANCELLED = {"x-koha-embed": "cancellation_requested"}
WITH_TITLES = {"x-koha-embed": "biblio,+strings"}

Rows = list[CheckoutOnWire | HoldOnWire | LineOnWire]


class Shelf:
    """The items that lists are about, by their own number and by their title's."""

    def __init__(self, items: Iterable[ItemOnWire] = ()) -> None:
        self.items = {item.item_id: item for item in items}
        self.of_biblio = {item.biblio_id: item for item in self.items.values()}
        self._libraries = {
            item.home_library_id: item.strings["home_library_id"].str
            for item in self.items.values()
            if "home_library_id" in item.strings
        }

    def library(self, code: str | None) -> str | None:
        """The name of a branch where one of the items tells it, and its code otherwise."""
        return self._libraries.get(code, code)


class Koha(KohaCatalogue, KohaChanges, KohaContacts, KohaErm):
    """One library, asked on behalf of one operation. Of a reader it does not know it has no lists: None."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        super().__init__(line)
        self._zone = zone

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        """Only what is wanted: the credential is a token, which `sign_in` gets."""
        return {"Accept": "application/json"}

    @staticmethod
    def sign_in(secret: str, username: str | None) -> ClientCredentials:
        """The client id and secret of a patron of the library's, whose permissions are ours."""
        return ClientCredentials("/api/v1/oauth/token", username or "", secret)

    async def patron(self, account: str) -> str | None:
        """Koha's own number for whoever has this card or this login; None where nobody has.

        Koha compares whatever the case and the accents; we do not. Raises AccountConflict where one person's card
        is another's login.
        """
        query = json.dumps([{"cardnumber": account}, {"userid": account}], separators=(",", ":"))
        found = await self._rows("/api/v1/patrons", (("q", query),), PatronOnWire)
        numbers = {row.patron_id for row in found if account in (row.cardnumber, row.userid)}
        if len(numbers) > 1:
            raise AccountConflict(self.system.id, f"one name for {len(numbers)} patrons")
        return str(numbers.pop()) if numbers else None

    async def loans(self, patron: str) -> list[Loan]:
        return cast("list[Loan]", await self._list(patron, "loans"))

    async def holds(self, patron: str) -> list[Hold]:
        return cast("list[Hold]", await self._list(patron, "holds"))

    async def fines(self, patron: str) -> list[Fine]:
        """What is still to be paid; credits are not set against it, since Koha does not say for what they are."""
        return cast("list[Fine]", await self._list(patron, "fines"))

    async def lists(self, patron: str, names: Sequence[str]) -> list[Any]:
        """Several lists side by side, and then the items of all of them by one call.

        An Exception in a place fails that list alone; without the items no list that needs them is told.
        """
        reads = {"loans": self._checkouts, "holds": self._holds, "fines": self._debits}
        found = await settled(reads[name](patron) for name in names)
        rows = [row for each in found if isinstance(each, list) for row in each]
        (shelf,) = await settled([self._shelf(rows)])
        return [self._told(each, shelf) for each in found]

    async def loan(self, patron: str, number: str) -> Loan | None:
        """One loan, and whether it may be renewed, which Koha tells of one at a time. None where it is not theirs."""
        if not (number.isascii() and number.isdecimal()):
            return None
        path = f"/api/v1/checkouts/{number}"
        answer = await self._line.get(path, answers=frozenset({404}))
        if answer.status == 404:
            return None
        row = self._line.read(answer, CheckoutOnWire)
        if str(row.patron_id) != patron or row.checkin_date is not None:
            return None
        shelf, renewal = await settled([self._shelf([row]), self._renewal(path)])
        for part in (shelf, renewal):
            if isinstance(part, Exception):
                raise part
        return self._loan(row, cast("Shelf", shelf), cast("AllowsRenewal", renewal))

    async def _list(self, patron: str, name: str) -> Any:
        (found,) = await self.lists(patron, [name])
        if isinstance(found, Exception):
            raise found
        return found

    async def _checkouts(self, patron: str) -> Rows:
        return await self._of_patron("/api/v1/checkouts", patron, CheckoutOnWire)

    async def _holds(self, patron: str) -> Rows:
        return await self._of_patron("/api/v1/holds", patron, HoldOnWire, TO_BE_CANCELLED)

    async def _debits(self, patron: str) -> Rows:
        answer = await self._line.get(f"/api/v1/patrons/{segment(patron)}/account")
        return self._theirs(patron, self._line.read(answer, AccountOnWire).outstanding_debits.lines)

    async def _of_patron(
        self, path: str, patron: str, shape: type[Any], headers: Mapping[str, str] = NO_HEADERS
    ) -> Rows:
        # Without _match, 12 is asked for and 112 is answered too: a parameter matches wherever it is contained.
        exact = (("patron_id", patron), ("_match", "exact"))
        return self._theirs(patron, await self._rows(path, exact, shape, headers))

    def _theirs(self, patron: str, rows: Sequence[CheckoutOnWire | HoldOnWire | LineOnWire]) -> Rows:
        if any(str(row.patron_id) != patron for row in rows):
            raise UpstreamBadResponse(self.system.id, "something of another patron")
        return list(rows)

    async def _renewal(self, path: str) -> AllowsRenewal:
        return self._line.read(await self._line.get(f"{path}/allows_renewal"), AllowsRenewal)

    async def _shelf(self, rows: Sequence[Any]) -> Shelf:
        """The items that rows name, and those of the titles that holds are for: a hold waits for any copy."""
        items = sorted({row.item_id for row in rows if not isinstance(row, HoldOnWire) and row.item_id is not None})
        titles = sorted({row.biblio_id for row in rows if isinstance(row, HoldOnWire)})
        wanted = [{name: {"-in": ids}} for name, ids in (("item_id", items), ("biblio_id", titles)) if ids]
        if not wanted:
            return Shelf()
        query = json.dumps(wanted if len(wanted) > 1 else wanted[0], separators=(",", ":"))
        return Shelf(await self._rows("/api/v1/items", (("q", query),), ItemOnWire, WITH_TITLES))

    def _told(self, rows: Rows | Exception, shelf: Shelf | Exception) -> Any:
        if not rows or isinstance(rows, Exception):
            return rows
        if isinstance(shelf, Exception):
            return shelf
        try:
            return [self._record(row, shelf) for row in rows]
        except UpstreamBadResponse as failure:
            return failure

    def _record(self, row: CheckoutOnWire | HoldOnWire | LineOnWire, shelf: Shelf) -> Loan | Hold | Fine:
        if isinstance(row, CheckoutOnWire):
            return self._loan(row, shelf)
        return self._hold(row, shelf) if isinstance(row, HoldOnWire) else self._fine(row, shelf)

    def _loan(self, row: CheckoutOnWire, shelf: Shelf, renewal: AllowsRenewal | None = None) -> Loan:
        item = shelf.items.get(row.item_id) if row.item_id is not None else None
        if item is None:  # the database itself keeps an item as long as it is lent
            raise UpstreamBadResponse(self.system.id, "a checkout without its item")
        renewable, refusal, word = renewability(renewal)
        return Loan(
            system=self.system.id,
            campus=self.system.campus,
            owner=str(row.patron_id),
            id=str(row.checkout_id),
            title=title_of(item) or "",
            author=item.biblio.author if item.biblio else None,
            barcode=item.external_id,
            call_number=item.callnumber,
            library=shelf.library(item.home_library_id),
            lent_at=local(row.checkout_date, self._zone),
            due_at=local(row.due_date, self._zone),
            renewable=renewable,
            renewal_refusal=refusal,
            renewal_refusal_label=word,
        )

    def _hold(self, row: HoldOnWire, shelf: Shelf) -> Hold:
        item = shelf.of_biblio.get(row.biblio_id)
        state, label = hold_state(row.status, row.suspended)
        return Hold(
            system=self.system.id,
            campus=self.system.campus,
            owner=str(row.patron_id),
            id=str(row.hold_id),
            title=title_of(item),
            author=item.biblio.author if item and item.biblio else None,
            state=state,
            state_label=label,
            place_in_queue=row.priority or None,
            pickup_location=shelf.library(row.pickup_library_id),
            requested_at=datetime.combine(row.hold_date, time(), self._zone) if row.hold_date else None,
            expires=row.expiration_date,
            record=str(row.biblio_id),
            cancellation_requested=row.cancellation_requested,
        )

    def _fine(self, row: LineOnWire, shelf: Shelf) -> Fine:
        currency = self.system.options["currency"]
        return Fine(
            system=self.system.id,
            campus=self.system.campus,
            owner=str(row.patron_id),
            id=str(row.account_line_id),
            reason=FEES.get(row.debit_type or "") or row.description or row.debit_type or "",
            title=title_of(shelf.items.get(row.item_id)) if row.item_id is not None else None,
            original=Money(amount=row.amount, currency=currency),
            balance=Money(amount=row.amount_outstanding, currency=currency),
            charged_at=local(row.date, self._zone),
        )


def title_of(item: ItemOnWire | None) -> str | None:
    """Title and subtitle as cataloguers put them together."""
    if item is None or item.biblio is None or not item.biblio.title:
        return None
    return " : ".join(filter(None, (item.biblio.title, item.biblio.subtitle)))


def renewability(told: AllowsRenewal | None) -> tuple[Renewable, RenewalRefusal | None, str | None]:
    """Whether, why not, and Koha's own word for that."""
    if told is None:
        return Renewable.UNKNOWN, None, None
    if told.allows_renewal:
        return Renewable.YES, None, None
    if told.error is None:
        return Renewable.NO, None, None
    return Renewable.NO, RENEWAL_REFUSALS.get(told.error, RenewalRefusal.OTHER), told.error
