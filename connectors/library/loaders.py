"""A reader's lists, and those of one library together where it is cheaper so."""

from typing import Any, NamedTuple

from connectors.reads import HOUR, AccountKey, Audience, Joined, Lifetime, Loaders, alone, one_call_each

from .records import Fine, Hold, Loan

LASTS = Lifetime(fresh=5, stale_if_error=HOUR)


class LoanKey(NamedTuple):
    """One loan of one reader."""

    system: str
    account: str
    id: str


class _ListKey(NamedTuple):
    """One of a reader's lists."""

    system: str
    account: str
    name: str


def _list(name: str) -> Joined[AccountKey, Any]:
    """Lists of a reader that are asked for in one tick go up together to a library that tells titles apart."""

    async def one(loaders: "LibraryLoaders", keys: list[AccountKey]) -> list[Any]:
        (key,) = keys
        library = loaders.ask(key.system)
        if hasattr(library, "lists"):
            return [await loaders.list_by_key.load(_ListKey(*key, name))]
        return [await getattr(library, name)(key.account)]

    return Joined(one, audience=Audience.PERSONAL, lifetime=LASTS, together=alone)


class LibraryLoaders(Loaders):
    """Keys name a reader's account in one library; a library that does not know it answers None."""

    async def _lists(self, keys: list[_ListKey]) -> list[Any]:
        system, account, _ = keys[0]
        return list(await self.ask(system).lists(account, [key.name for key in keys]))

    async def _loan(self, keys: list[LoanKey]) -> list[Loan | None]:
        return [await self.ask(key.system).loan(key.account, key.id) for key in keys]

    async def loan(self, key: LoanKey) -> Loan | None:
        """As the library tells a single loan; out of the reader's list where it tells no more of one."""
        if hasattr(self.ask(key.system), "loan"):
            return await self._loan_by_key.load(key)
        loans = await self.loans_by_account.load(AccountKey(key.system, key.account))
        return next((loan for loan in loans or () if loan.id == key.id), None)

    reader_by_name: Joined[AccountKey, str | None] = one_call_each(
        lambda library, name: library.patron(name), audience=Audience.PERSONAL, lifetime=LASTS
    )
    """A reader's own account in a library that is found by another name: a card, a login."""
    loans_by_account: Joined[AccountKey, list[Loan] | None] = _list("loans")
    holds_by_account: Joined[AccountKey, list[Hold] | None] = _list("holds")
    fines_by_account: Joined[AccountKey, list[Fine] | None] = _list("fines")
    list_by_key: Joined[_ListKey, Any] = Joined(
        _lists, audience=Audience.PERSONAL, together=lambda key: (key.system, key.account)
    )
    _loan_by_key: Joined[LoanKey, Loan | None] = Joined(_loan, audience=Audience.PERSONAL, together=alone)
