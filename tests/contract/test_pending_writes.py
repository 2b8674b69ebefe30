"""What has yet to reach a system waits for it, claimed by one writer at a time: on SQLite and on a real PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from campus.contacts import ContactPart, ContactSyncState
from connectors.portal import (
    Lease,
    Notice,
    NotificationCategory,
    PendingWrite,
    PortalLoaders,
    Store,
    claimed,
    due,
    give_back,
    hold,
    keep_notices,
    keep_pending,
    late,
    lease_of,
    leased,
    mark_notices_read,
    put_off,
    reached,
    told,
)

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
SOON, LATER = NOW + timedelta(seconds=20), NOW + timedelta(seconds=60)
ALEX, MEI = "p-000001", "p-000002"
SYSTEMS = ("library-gz", "sis-gz")


def write(system: str = "library-gz", part: ContactPart = ContactPart.TELEPHONE, **more: Any) -> PendingWrite:
    given: dict[str, Any] = {
        "person": ALEX, "system": system, "part": part, "value": "+852 1", "accounts": {"library_id": "L1"},
        "change": "first", "asked_at": NOW, "due_at": NOW,
    }  # fmt: skip
    return PendingWrite(**given | more)


async def keep(store: Store, *writes: PendingWrite) -> None:
    async with store.changing() as connection:
        await keep_pending(connection, writes)


async def claim(store: Store, *systems: str, now: datetime = NOW) -> list[PendingWrite]:
    async with store.changing() as connection:
        found = await claimed(connection, ALEX, dict.fromkeys(systems, now + timedelta(seconds=20)), now)
    return [each for those in found.values() for each in those]


async def pending(store: Store, person: str = ALEX) -> Sequence[PendingWrite]:
    return await PortalLoaders(store, Counter()).pending_by_person.load(person)


async def test_a_newer_change_of_a_part_takes_the_place_of_the_older_one(store: Store) -> None:
    email = write(part=ContactPart.PRIVATE_EMAIL, value="a@x.example")
    await keep(store, write(), email, write("sis-gz"))
    newer = write(value={"street": "x"}, change="second", asked_at=SOON, due_at=SOON)
    await keep(store, newer)
    assert await pending(store) == [email, newer, write("sis-gz")]
    assert await pending(store, MEI) == ()


async def test_what_one_writes_into_a_system_nobody_else_does_until_it_is_let_go(store: Store) -> None:
    await keep(store, write(), write("sis-gz"), write(person=MEI))
    assert await claim(store, "library-gz") == [write()]
    await keep(store, write(part=ContactPart.ADDRESS, change="second"))
    assert await claim(store, "library-gz", "sis-gz") == [write("sis-gz")]
    async with store.reading() as connection:
        # A part that was asked for meanwhile is seen to wait, and claimed by nobody.
        assert await due(connection, "library-gz", NOW, 10) == [ALEX, MEI]
    assert await claim(store, "library-gz") == []
    async with store.changing() as connection:
        await hold(connection, ALEX, "library-gz", None)
    assert {each.part for each in await claim(store, "library-gz")} == {ContactPart.ADDRESS, ContactPart.TELEPHONE}


async def test_a_claim_whose_holder_is_gone_is_over_by_itself(store: Store) -> None:
    await keep(store, write())
    assert await claim(store, "library-gz") == [write()]
    assert await claim(store, "library-gz") == []
    async with store.reading() as connection:
        assert await due(connection, "library-gz", NOW, 10) == []
        assert await due(connection, "library-gz", LATER, 10) == [ALEX]
    assert await claim(store, "library-gz", now=LATER) == [write()]


async def test_of_many_who_claim_at_once_one_does(store: Store) -> None:
    await keep(store, write())
    found = await asyncio.gather(*(claim(store, "library-gz") for _ in range(8)))
    assert sorted(map(len, found)) == [0] * 7 + [1]


async def test_what_is_reached_is_erased_and_what_was_asked_for_since_is_not(store: Store) -> None:
    await keep(store, write(), write(part=ContactPart.ADDRESS))
    ours = await claim(store, "library-gz")
    newer = write(change="second", value="+852 2")
    await keep(store, newer)
    async with store.changing() as connection:
        await reached(connection, ours)
        await put_off(connection, ours, ContactSyncState.CONFLICT, LATER)
    assert await pending(store) == [newer], "neither erased nor put off"


async def test_what_is_put_off_is_due_again_then_those_tried_least_often_first(store: Store) -> None:
    await keep(store, write(), write(person=MEI))
    ours = await claim(store, "library-gz")
    async with store.changing() as connection:
        await put_off(connection, ours, ContactSyncState.REFUSED, LATER)
        await hold(connection, ALEX, "library-gz", None)
    (waits,) = await pending(store)
    assert waits == msgspec.structs.replace(write(), state=ContactSyncState.REFUSED, attempts=1, due_at=LATER)
    async with store.reading() as connection:
        assert await due(connection, "library-gz", SOON, 10) == [MEI]
        assert await due(connection, "library-gz", LATER, 10) == [MEI, ALEX]
        assert await due(connection, "library-gz", LATER, 1) == [MEI]
        assert await due(connection, "sis-gz", LATER, 10) == []


async def test_what_waits_too_long_is_told_once_and_a_newer_change_begins_anew(store: Store) -> None:
    await keep(store, write(), write("sis-gz", asked_at=LATER))
    async with store.changing() as connection:
        assert await late(connection, SYSTEMS, NOW) == [write()]
        await told(connection, [write()], SOON)
        assert await late(connection, SYSTEMS, NOW) == []
    await keep(store, write(change="second", asked_at=SOON))
    async with store.reading() as connection:
        assert [each.system for each in await late(connection, SYSTEMS, LATER)] == ["library-gz", "sis-gz"]


async def test_a_lease_is_one_holders_until_it_is_over_or_given_back(store: Store) -> None:
    ours, theirs = Lease("ours", SOON), Lease("theirs", LATER)
    async with store.changing() as connection:
        assert await lease_of(connection, "work") is None
        assert await leased(connection, "work", ours, NOW)
        assert not await leased(connection, "work", theirs, NOW)
        assert await leased(connection, "work", ours, NOW), "renewed"
        assert await lease_of(connection, "work") == ours
        assert await leased(connection, "other work", theirs, NOW)
        assert await leased(connection, "work", theirs, SOON), "over"
        await give_back(connection, "work", "ours")
        assert await lease_of(connection, "work") == theirs, "not ours to give back"
        await give_back(connection, "work", "theirs")
        assert await leased(connection, "work", ours, NOW)


async def test_of_many_who_want_a_lease_at_once_one_has_it(store: Store) -> None:
    async def take(holder: str) -> bool:
        async with store.changing() as connection:
            return await leased(connection, "work", Lease(holder, LATER), NOW)

    assert sum(await asyncio.gather(*(take(str(number)) for number in range(8)))) == 1


async def test_a_notice_is_its_persons_and_was_read_when_it_was_first(store: Store) -> None:
    first, second = (
        Notice(
            person=ALEX, id=name, category=NotificationCategory.ADMINISTRATION, title={"en": name},
            text={"en": "x", "zh-Hant": "丙"}, published_at=at,
        )
        for name, at in (("first", NOW), ("second", SOON))
    )  # fmt: skip
    async with store.changing() as connection:
        await keep_notices(connection, [first, second])
        await keep_notices(connection, [first])
        await mark_notices_read(connection, MEI, ["first"], SOON)
        await mark_notices_read(connection, ALEX, ["first"], SOON)
        await mark_notices_read(connection, ALEX, ["first"], LATER)
    loaders = PortalLoaders(store, Counter())
    read = msgspec.structs.replace(first, read_at=SOON)
    assert await loaders.notices_by_person.load(ALEX) == [second, read]
    assert await loaders.notices_by_person.load(MEI) == ()
