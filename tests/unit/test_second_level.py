"""What processes share: fresh, of their own version, and never of before a change, however late that is counted."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from campus.record import Record
from connectors.reads import Lifetime
from connectors.reads.second_level import SecondLevel, SharedThing


class Key(NamedTuple):
    system: str
    word: str


class Book(Record, frozen=True):
    title: str


class BookOfNextVersion(Record, frozen=True):
    title: str
    year: int


BOOKS = SharedThing("books", list[Book], Lifetime(fresh=10))
A, B = Key("catalogue", "a"), Key("catalogue", "b")


class ShelfInMemory:
    """Counts when a test says so."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.waiting: list[tuple[str, Callable[[bool], None]]] = []

    async def fetch(self, names: Sequence[str]) -> list[bytes | None]:
        return [self.values.get(name) for name in names]

    def put(self, name: str, value: bytes, seconds: float) -> None:
        self.values[name] = value

    def count(self, name: str, seconds: float, done: Callable[[bool], None]) -> None:
        self.waiting.append((name, done))

    def counts(self, *, well: bool = True) -> None:
        waiting, self.waiting = self.waiting, []
        for name, done in waiting:
            if well:
                self.values[name] = str(int(self.values.get(name, b"0")) + 1).encode()
            done(well)


class Process:
    def __init__(self, shelf: ShelfInMemory) -> None:
        self.now = 1_000.0
        self.level = SecondLevel(shelf, clock=lambda: self.now)
        self.asked: list[list[Key]] = []
        self.ages: dict[Key, float] = {}

    async def read(self, *keys: Key, thing: SharedThing = BOOKS) -> list[object]:
        return await self.level.load(thing, keys, self._ask, self.ages.__setitem__)

    async def _ask(self, keys: list[Key]) -> list[list[Book]]:
        self.asked.append(keys)
        return [[Book(title=f"{key.word}{len(self.asked)}")] for key in keys]


async def test_what_one_was_told_another_need_not_ask_and_knows_how_old_it_is() -> None:
    shelf = ShelfInMemory()
    here, there = Process(shelf), Process(shelf)
    await here.read(A)
    there.now += 4
    assert await there.read(A, B) == [[Book(title="a1")], [Book(title="b1")]]
    assert there.asked == [[B]]
    assert there.ages == {A: 4.0}
    there.now += 6
    await there.read(A)
    assert there.asked == [[B], [A]]


async def test_what_was_asked_before_a_change_is_not_read_after_it() -> None:
    shelf = ShelfInMemory()
    here, there = Process(shelf), Process(shelf)
    await here.read(A)
    here.level.outdate("catalogue")
    shelf.counts()
    for process in (here, there):
        await process.read(A)
    assert (here.asked, there.asked) == ([[A], [A]], [])


async def test_who_has_changed_something_reads_nothing_there_until_that_is_counted() -> None:
    shelf = ShelfInMemory()
    here = Process(shelf)
    await here.read(A)
    here.level.outdate("catalogue")
    here.level.outdate("catalogue")
    assert await here.read(A) == [[Book(title="a2")]]
    shelf.waiting.pop(0)[1](True)
    assert await here.read(A) == [[Book(title="a3")]], "the other one is not counted yet"
    shelf.counts()
    assert [await here.read(A) for _ in range(2)] == [[[Book(title="a4")]]] * 2


async def test_a_change_that_could_not_be_counted_keeps_its_process_away_for_as_long_as_anything_lies_there() -> None:
    shelf = ShelfInMemory()
    here = Process(shelf)
    await here.read(A)
    here.level.outdate("catalogue")
    shelf.counts(well=False)
    here.now += 59
    assert [await here.read(A) for _ in range(2)] == [[[Book(title="a2")]], [[Book(title="a3")]]]
    here.now += 1
    assert [await here.read(A) for _ in range(2)] == [[[Book(title="a4")]]] * 2


async def test_an_answer_that_comes_after_a_change_it_does_not_know_of_is_read_by_nobody() -> None:
    shelf = ShelfInMemory()
    here, there = Process(shelf), Process(shelf)
    ask = here._ask

    async def changed_meanwhile(keys: list[Key]) -> list[list[Book]]:
        there.level.outdate("catalogue")
        shelf.counts()
        return await ask(keys)

    here._ask = changed_meanwhile  # type: ignore[method-assign]
    await here.read(A)
    assert await there.read(A) == [[Book(title="a1")]]
    assert there.asked == [[A]]


async def test_another_version_of_a_record_and_what_is_no_json_are_passed_over() -> None:
    shelf = ShelfInMemory()
    here, there = Process(shelf), Process(shelf)
    await here.read(A)
    await there.read(A, thing=BOOKS._replace(shape=list[BookOfNextVersion]))
    assert there.asked == [[A]]
    for name in [name for name in shelf.values if name.startswith("books")]:
        shelf.values[name] = b"garbage"
    await here.read(A)
    assert here.asked == [[A], [A]]


async def test_failures_are_not_kept_and_keys_are_not_written_out() -> None:
    shelf = ShelfInMemory()
    here = Process(shelf)

    async def half(keys: list[Key]) -> list[object]:
        return [KeyError(), [Book(title="b")]]

    assert await here.level.load(BOOKS, [A, Key("catalogue", "a secret wish")], half, here.ages.__setitem__)
    (name,) = shelf.values
    assert "secret" not in name
    assert msgspec.msgpack.decode(shelf.values[name])[2] == [{"title": "b"}]
