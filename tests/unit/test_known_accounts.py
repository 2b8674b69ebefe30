"""What is known of a viewer's accounts ends by the clock, at whatever moment that is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cachetools import TTLCache

from connectors.reads import AccountKey, Loader
from connectors.sis import Identity, Person
from resolvers.accounts import Accounts, ByClaim, ByLookUp, KnownAccounts
from resolvers.viewer import Viewer

VIEWER = Viewer(issuer="https://login.example", subject="alex", accounts={"library_id": "ustl1", "cwb_sis_id": "20"})
WAYS = {"library-cwb": [ByClaim("library_id")], "sis-cwb": [ByClaim("cwb_sis_id")]}


async def _nobody(keys: list[AccountKey]) -> Sequence[Person | None]:
    return [None for _ in keys]


async def _as_found(system: str, name: str) -> str | None:
    return name


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
    accounts = Accounts(VIEWER, WAYS, Loader(_nobody), _as_found, known_by_a_hasty_clock())
    assert [await accounts.name("library-cwb") for _ in range(4)] == ["ustl1"] * 4


async def test_so_is_an_identity() -> None:
    accounts = Accounts(VIEWER, WAYS, Loader(_nobody), _as_found, known_by_a_hasty_clock())
    assert [await accounts.identity("sis-cwb") for _ in range(4)] == [None] * 4


def person(system: str, number: str, codes: Mapping[str, Sequence[str]]) -> Person:
    identity = Identity(
        system=system, wire_id=f"id of {number}", number=number, student=True, codes=codes, advisees_group=None
    )
    nothing = dict.fromkeys(Person.__struct_fields__)
    return Person(**{**nothing, "identity": identity})


class File:
    """A student system that keeps a person's library account."""

    def __init__(self) -> None:
        self.codes = ["ustl1"]

    async def persons(self, keys: list[AccountKey]) -> Sequence[Person | None]:
        return [person(key.system, key.account, {"x-library-id": self.codes}) for key in keys]


async def test_what_a_file_told_is_looked_up_anew_once_it_has_changed() -> None:
    file, known = File(), KnownAccounts()
    ways = {"library-cwb": [ByLookUp("sis-cwb", "x-library-id")], "sis-cwb": [ByClaim("cwb_sis_id")]}

    def accounts(viewer: Viewer = VIEWER) -> Accounts:
        return Accounts(viewer, ways, Loader(file.persons), _as_found, known)

    other = replace(VIEWER, subject="bo", accounts={"cwb_sis_id": "21"})
    assert [await accounts(each).name("library-cwb") for each in (VIEWER, other)] == ["ustl1"] * 2
    assert (await accounts().identity("sis-cwb")) is not None
    file.codes = []
    assert await accounts().name("library-cwb") == "ustl1"
    known.forget(AccountKey("sis-cwb", "id of 20"))
    known.forget(AccountKey("sis-cwb", "id of nobody"))
    assert await accounts().name("library-cwb") is None
    assert await accounts(other).name("library-cwb") == "ustl1"
