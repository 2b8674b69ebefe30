"""What is known of a viewer's accounts ends by the clock, at whatever moment that is."""

from collections.abc import Sequence

from cachetools import TTLCache

from connectors.reads import AccountKey, Loader
from connectors.sis import Person
from resolvers.accounts import Accounts, ByClaim, KnownAccounts
from resolvers.viewer import Viewer

VIEWER = Viewer(issuer="https://login.example", subject="alex", accounts={"library_id": "ustl1", "cwb_sis_id": "20"})
WAYS = {"library-cwb": [ByClaim("library_id")], "sis-cwb": [ByClaim("cwb_sis_id")]}


async def _nobody(keys: list[AccountKey]) -> Sequence[Person | None]:
    return [None for _ in keys]


def known_by_a_hasty_clock() -> KnownAccounts:
    """Each look at the clock finds it further on by more than half of the time that anything is kept."""
    now = [0.0]

    def later() -> float:
        now[0] += 0.6
        return now[0]

    known = KnownAccounts()
    known.names, known.identities = TTLCache(10, 1.0, timer=later), TTLCache(10, 1.0, timer=later)
    return known


async def test_a_name_that_ends_while_it_is_looked_at_is_found_anew() -> None:
    accounts = Accounts(VIEWER, WAYS, Loader(_nobody), known_by_a_hasty_clock())
    assert [await accounts.name("library-cwb") for _ in range(4)] == ["ustl1"] * 4


async def test_so_is_an_identity() -> None:
    accounts = Accounts(VIEWER, WAYS, Loader(_nobody), known_by_a_hasty_clock())
    assert [await accounts.identity("sis-cwb") for _ in range(4)] == [None] * 4
