"""What LibreBooking has reserved, and where that is kept."""

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .facilities import FACILITIES, Facility
from .facilities_office import stored
from .librebooking_reservations import Reservation

_ROWS = """
    select reference, account, facility, starts, ends, title, description, pending, checked_in, checked_out,
        first, last, email
    from reservation join account on account.id = account
    where not deleted and {} order by starts, reference
"""
_ONE, _BETWEEN = _ROWS.format("reference = ?"), _ROWS.format("starts <= ? and ends >= ?")


@dataclass(frozen=True, slots=True)
class Account:
    """A user, what they may book by themselves, and the groups by which they may book more."""

    id: int
    username: str
    first: str
    last: str
    email: str
    permissions: Sequence[int]
    groups: Sequence[int]


@dataclass(frozen=True, slots=True)
class Store:
    db: sqlite3.Connection

    def one(self, reference: str) -> Reservation | None:
        return next(iter(self._read(_ONE, reference)), None)

    def between(self, since: datetime, until: datetime) -> Sequence[Reservation]:
        """Whatever touches the range, its ends included."""
        return self._read(_BETWEEN, stored(until), stored(since))

    def account(self, number: int) -> Account | None:
        row = self.db.execute("select username, first, last, email from account where id = ?", (number,)).fetchone()
        if row is None:
            return None
        username, first, last, email = row
        permissions, groups = (self._numbers(table, number) for table in ("permission", "membership"))
        return Account(number, username, first, last, email, permissions, groups)

    def members(self, group: int) -> Sequence[int]:
        rows = self.db.execute("select account from membership where grouped = ? order by 1", (group,))
        return [account for (account,) in rows]

    def may_book(self, number: int, facility: Facility) -> bool:
        found = self.account(number)
        return found is not None and (facility.id in found.permissions or facility.group in found.groups)

    def reserve(  # noqa: PLR0913 - a reservation is all of this
        self,
        account: int,
        facility: Facility,
        starts: datetime,
        ends: datetime,
        title: str,
        description: str = "",
        *,
        pending: bool = False,
    ) -> str:
        """Keeps a reservation that nothing stands against; its reference."""
        reference = secrets.token_hex(7)[:13]
        self.db.execute(
            "insert into reservation (reference, account, facility, starts, ends, title, description, pending)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (reference, account, facility.id, stored(starts), stored(ends), title, description, pending),
        )
        self.db.commit()
        return reference

    def _numbers(self, table: str, account: int) -> Sequence[int]:
        # The table is one of the two named above.
        return [row[1] for row in self.db.execute(f"select * from {table} where account = ?", (account,))]  # noqa: S608

    def _read(self, query: str, *values: str) -> list[Reservation]:
        return [
            Reservation(
                reference=row[0],
                account=row[1],
                facility=FACILITIES[row[2]],
                starts=datetime.fromisoformat(row[3]),
                ends=datetime.fromisoformat(row[4]),
                title=row[5],
                description=row[6],
                pending=bool(row[7]),
                checked_in=row[8],
                checked_out=row[9],
                first=row[10],
                last=row[11],
                email=row[12],
            )
            for row in self.db.execute(query, values)
        ]
