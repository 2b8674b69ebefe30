"""What is kept is told while it is fresh, longer only as declared, and never of before a change."""

import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from connectors.reads import AccountKey, Cache, Caches, Hub, Lifetime

LASTING = Lifetime(fresh=10, stale_while_revalidate=20, stale_if_error=100)
NEVER_STALE = Lifetime(fresh=10)

ALEX, MEI = AccountKey("library-cwb", "alex"), AccountKey("library-cwb", "mei")
ELSEWHERE = AccountKey("library-gz", "alex")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Book:
    pass


class RelayInMemory:
    """The way between processes, without delay: what one sends, the others hear."""

    def __init__(self, all_of_them: list["RelayInMemory"]) -> None:
        self._heard: dict[str, Any] = {}
        self._all = all_of_them
        all_of_them.append(self)

    def hear(self, name: str, heard: Any) -> None:
        self._heard[name] = heard

    def missed(self, told: Any) -> None:
        self.hears_again = told

    def send(self, name: str, message: bytes) -> None:
        for other in self._all:
            if other is not self:
                other._heard[name](message)

    async def leads(self, name: str, seconds: float) -> bool:
        return True

    def resign(self, name: str) -> None: ...

    async def first(self, word: str, seconds: float) -> bool:
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


def kept(clock: Clock, lifetime: Lifetime = LASTING, value: object = "book", entries: int = 10) -> Cache[Any, Any]:
    cache: Cache[Any, Any] = Cache("loans", lifetime, entries=entries, clock=clock)
    cache.keep(ALEX, value, cache.begin(ALEX))
    return cache


def test_it_is_told_with_its_age_until_it_is_fresh_no_longer(clock: Clock) -> None:
    cache = kept(clock, NEVER_STALE)
    clock.now += 9.5
    assert cache.at_once(ALEX) == ("book", 9.5, 0.5)
    clock.now += 0.5
    assert cache.at_once(ALEX) is None
    assert cache.if_error(ALEX) is None


def test_its_age_is_counted_from_the_question_and_not_from_the_answer(clock: Clock) -> None:
    cache: Cache[Any, Any] = Cache("loans", NEVER_STALE, entries=10, clock=clock)
    begun = cache.begin(ALEX)
    clock.now += 8
    cache.keep(ALEX, "book", begun)
    clock.now += 3
    assert cache.at_once(ALEX) is None


def test_that_there_is_none_is_kept_like_anything_else(clock: Clock) -> None:
    cache = kept(clock, value=None)
    held = cache.at_once(ALEX)
    assert held is not None
    assert held.value is None
    assert cache.at_once(MEI) is None


def test_stale_it_is_told_at_once_as_long_as_declared_and_on_failure_longer(clock: Clock) -> None:
    cache = kept(clock)
    clock.now += 29.5
    assert cache.at_once(ALEX) == ("book", 29.5, 0)
    clock.now += 0.5
    assert cache.at_once(ALEX) is None
    assert cache.if_error(ALEX) == ("book", 30, 0)
    clock.now += 79.5
    assert cache.if_error(ALEX) == ("book", 109.5, 0)
    clock.now += 0.5
    assert cache.if_error(ALEX) is None


def test_a_system_that_failed_is_left_alone_for_a_while_if_there_is_something_to_tell(clock: Clock) -> None:
    cache = kept(clock)
    clock.now += 50
    assert cache.at_once(ALEX) is None
    cache.leave_alone(ALEX)
    cache.leave_alone(MEI)
    held = cache.at_once(ALEX)
    assert held is not None
    assert held.stale
    assert not cache.is_due(ALEX)
    assert cache.at_once(MEI) is None
    clock.now += 5
    assert cache.at_once(ALEX) is None
    assert cache.is_due(ALEX)


def test_what_is_asked_for_when_something_is_forgotten_is_not_kept(clock: Clock) -> None:
    cache = kept(clock)
    before = cache.begin(ALEX)
    cache.evict("library-cwb", lambda key, _: key == ALEX)
    assert cache.at_once(ALEX) is None
    cache.keep(ALEX, "of before", before)
    assert cache.at_once(ALEX) is None
    cache.keep(ALEX, "of now", cache.begin(ALEX))
    held = cache.at_once(ALEX)
    assert held is not None
    assert held.value == "of now"


def test_what_is_forgotten_elsewhere_takes_nothing_here_away(clock: Clock) -> None:
    cache = kept(clock)
    before = cache.begin(MEI)
    cache.evict("library-gz", lambda _key, _value: True)
    assert cache.at_once(ALEX)
    cache.keep(MEI, "hers", before)
    assert cache.at_once(MEI)


def test_only_so_many_are_kept_and_the_least_recently_used_go_first(clock: Clock) -> None:
    cache = kept(clock, entries=2)
    cache.keep(MEI, "hers", cache.begin(MEI))
    assert cache.at_once(ALEX)
    third = AccountKey("library-cwb", "jordan")
    cache.keep(third, "third", cache.begin(third))
    assert cache.size == 2
    cache.keep(ELSEWHERE, "of another library", cache.begin(ELSEWHERE))
    assert cache.size == 3
    assert cache.at_once(ALEX)
    assert cache.at_once(MEI) is None


def test_nothing_lies_in_memory_beyond_its_time_where_nobody_asks(clock: Clock) -> None:
    caches = Caches(Hub(10), {}, entries=10, clock=clock)
    cache = caches.of("loans", LASTING, personal=True)
    cache.keep(ALEX, book := Book(), cache.begin(ALEX))
    lies = weakref.ref(book)
    del book
    clock.now += 109.5
    caches.sweep()
    assert lies() is not None
    clock.now += 1
    caches.sweep()
    assert lies() is None


def processes(clock: Clock) -> Iterator[Caches]:
    relays: list[RelayInMemory] = []
    while True:
        yield Caches(Hub(10, RelayInMemory(relays)), {}, entries=10, clock=clock)


def test_a_change_is_forgotten_on_every_process_and_so_is_what_is_everybodys_there(clock: Clock) -> None:
    here, there = (caches for caches, _ in zip(processes(clock), range(2), strict=False))
    for caches in (here, there):
        for name, personal in (("loans", True), ("entries", False)):
            cache = caches.of(name, LASTING, personal=personal)
            for key in (ALEX, MEI, ELSEWHERE):
                cache.keep(key, "book", cache.begin(key))
    here.changed("library-cwb", "alex")
    for caches in (here, there):
        loans, entries = (caches.of(name, LASTING, personal=False) for name in ("loans", "entries"))
        assert [bool(loans.at_once(key)) for key in (ALEX, MEI, ELSEWHERE)] == [False, True, True]
        assert [bool(entries.at_once(key)) for key in (ALEX, MEI, ELSEWHERE)] == [False, False, True]


def test_a_change_of_nobody_knows_whose_is_everybodys_of_that_system(clock: Clock) -> None:
    (here,) = (caches for caches, _ in zip(processes(clock), range(1), strict=False))
    loans = here.of("loans", LASTING, personal=True)
    for key in (ALEX, MEI, ELSEWHERE):
        loans.keep(key, "book", loans.begin(key))
    here.changed("library-cwb", None)
    assert [bool(loans.at_once(key)) for key in (ALEX, MEI, ELSEWHERE)] == [False, False, True]


def test_who_could_not_hear_of_changes_for_a_while_has_forgotten_everything(clock: Clock) -> None:
    relay = RelayInMemory([])
    upstreams: Any = {"library-cwb": SimpleNamespace(changes=0)}
    caches = Caches(Hub(10, relay), upstreams, entries=10, clock=clock)
    loans, entries = caches.of("loans", LASTING, personal=True), caches.of("entries", LASTING, personal=False)
    before = loans.begin(ALEX)
    for cache in (loans, entries):
        cache.keep(MEI, "book", cache.begin(MEI))
    relay.hears_again()
    loans.keep(ALEX, "of before", before)
    assert [cache.size for cache in (loans, entries)] == [0, 0]
    assert upstreams["library-cwb"].changes == 1


def test_while_a_change_is_under_way_nothing_that_it_concerns_is_kept_or_told(clock: Clock) -> None:
    here, there = (caches for caches, _ in zip(processes(clock), range(2), strict=False))
    here.changed("library-cwb", "alex", "a change", 60)
    for caches in (here, there):
        loans = caches.of("loans", LASTING, personal=True)
        loans.keep(ALEX, "of before", loans.begin(ALEX))
        loans.keep(MEI, "hers", loans.begin(MEI))
        assert loans.at_once(ALEX) is None
        assert loans.if_error(ALEX) is None
        assert loans.at_once(MEI)
    begun = {caches: caches.of("loans", LASTING, personal=True).begin(ALEX) for caches in (here, there)}
    here.changed("library-cwb", "alex", "a change")
    for caches, before in begun.items():
        loans = caches.of("loans", LASTING, personal=True)
        loans.keep(ALEX, "of before", before)
        assert loans.at_once(ALEX) is None
        loans.keep(ALEX, "of after", loans.begin(ALEX))
        assert loans.at_once(ALEX)


def test_a_change_whose_end_nobody_tells_of_is_over_some_day(clock: Clock) -> None:
    caches = Caches(Hub(10), {}, entries=10, clock=clock)
    loans = caches.of("loans", LASTING, personal=True)
    caches.changed("library-cwb", "alex", "one", 60)
    caches.changed("library-cwb", "alex", "another", 120)
    clock.now += 61
    caches.changed("library-cwb", "alex", "one")
    loans.keep(ALEX, "book", loans.begin(ALEX))
    assert loans.at_once(ALEX) is None
    clock.now += 60
    loans.keep(ALEX, "book", loans.begin(ALEX))
    assert loans.at_once(ALEX)


def test_a_scale_stretches_every_lifetime(clock: Clock) -> None:
    caches = Caches(Hub(10), {}, entries=10, scale=2.0, clock=clock)
    loans = caches.of("loans", LASTING, personal=True)
    assert loans.lifetime == Lifetime(20, 40, 200)


class Story(RuleBasedStateMachine):
    """A system whose truth is a number that each change raises, read by two accounts in any order of things."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.caches = Caches(Hub(10), {}, entries=10, clock=self.clock)
        self.cache = self.caches.of("loans", LASTING, personal=True)
        self.truth = {ALEX: 0, MEI: 0}
        self.changing: dict[AccountKey, float] = {}
        self.asked: list[tuple[AccountKey, int, Any]] = []

    key = st.sampled_from([ALEX, MEI])

    @rule(seconds=st.sampled_from([0.5, 4.0, 11.0, 31.0, 90.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(key=key)
    def it_is_asked_for(self, key: AccountKey) -> None:
        self.asked.append((key, self.truth[key], self.cache.begin(key)))

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 3))
    def the_system_answers(self, which: int) -> None:
        key, seen, begun = self.asked.pop(which % len(self.asked))
        self.cache.keep(key, (key, seen, begun.at), begun)

    @rule(key=key)
    def the_system_fails(self, key: AccountKey) -> None:
        self.cache.leave_alone(key)

    @rule(key=key)
    def it_is_changed(self, key: AccountKey) -> None:
        self.truth[key] += 1
        self.caches.changed(*key)

    @rule(key=key)
    def a_change_begins(self, key: AccountKey) -> None:
        self.changing[key] = self.clock.now + 30
        self.caches.changed(*key, f"of {key.account}", 30)

    @rule(key=key)
    def the_change_ends(self, key: AccountKey) -> None:
        if self.clock.now < self.changing.pop(key, 0):
            self.truth[key] += 1
        self.caches.changed(*key, f"of {key.account}")

    @rule(key=key)
    def it_is_read(self, key: AccountKey) -> None:
        at_once, if_error = self.cache.at_once(key), self.cache.if_error(key)
        for held in filter(None, (at_once, if_error)):
            owner, seen, asked_at = held.value
            assert owner == key
            assert seen == self.truth[key], "of before a change"
            assert held.age == self.clock.now - asked_at < LASTING.fresh + LASTING.stale_if_error
            assert held.stale == (held.age >= LASTING.fresh)
            assert self.clock.now >= self.changing.get(key, 0)
        if at_once and self.cache.is_due(key):
            assert at_once.age < LASTING.fresh + LASTING.stale_while_revalidate


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
