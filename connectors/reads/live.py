"""What changes while somebody looks: the newest state of each thing, told to all who follow it."""

import asyncio
import logging
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from cachetools import LRUCache

from connectors.wire import Operation, UpstreamError

from .due import until_due
from .follower import Follower
from .hub import Hub
from .kept import Kept
from .keys import settled, system_of

Topic = TypeVar("Topic", bound=Hashable)
Value = TypeVar("Value")

LONGEST_PAUSE = 300.0
"""Seconds between two polls of a system that does not answer; doubled each time up to this."""

KNOWN = 1_000
"""Things of a topic whose newest state is remembered while it is followed."""

_log = logging.getLogger("gateway.live")


@dataclass(frozen=True, slots=True)
class Poll(Generic[Topic, Value]):
    """How a system without events is asked what is new."""

    ask: Callable[[Topic, Operation], Awaitable[Value]]
    every: Callable[[Topic], float]
    """Seconds."""


class Live(Generic[Topic, Value]):
    """The newest Values by Topic, such as all vehicles of an operator, or one section.

    `key` tells the things of a topic apart: of each only the newest state is of interest. Who learns of news tells
    them; or a poll asks for them, from the first follower of a topic to the last, once however many there are. The
    first part of a topic that is polled names the system, as with an Index.

    Whoever has one declares it in the class, `name: Live[Topic, Value]`: what is of type Value is public by that.
    """

    kept: ClassVar[Kept] = Kept.EVERYBODY

    def __init__(
        self,
        name: str,
        hub: Hub,
        shape: Any,
        *,
        key: Callable[[Value], Hashable],
        poll: Poll[Topic, Value] | None = None,
    ) -> None:
        """`shape` is tuple[Topic, Value], by which news of other processes are read."""
        self._name = name
        self._hub = hub
        self._key = key
        self._poll = poll
        self._followers: defaultdict[Topic, set[Follower[Value]]] = defaultdict(set)
        self._newest: dict[Topic, LRUCache[Hashable, Value | UpstreamError]] = {}
        self._polls: dict[Topic, asyncio.Task[None]] = {}
        self._woken: dict[Topic, asyncio.Event] = {}
        self._decoder: msgspec.json.Decoder[tuple[Topic, Value]] = msgspec.json.Decoder(shape)
        hub.hear(name, self._heard)

    @property
    def topics(self) -> Collection[Topic]:
        """What is followed on this process."""
        return self._followers.keys()

    def peek(self, topic: Topic) -> list[Value]:
        """The newest states of a topic that is followed."""
        return [news for news in self._newest.get(topic, {}).values() if not isinstance(news, UpstreamError)]

    def tell(self, topic: Topic, value: Value) -> None:
        """News, for whoever follows the topic on any process. What is known already is none."""
        if self._put(topic, value):
            self._hub.send(self._name, self._message(topic, value))

    def wake(self, topic: Topic) -> None:
        """Somebody says on every process that there is news: where the topic is followed, it is asked for now."""
        if woken := self._woken.get(topic):
            woken.set()

    @contextmanager
    def following(
        self, topics: Collection[Topic], *, from_now: bool = False
    ) -> Iterator[AsyncIterator[Value | UpstreamError]]:
        """What is known of the topics, then what is new; an UpstreamError means that it cannot be told at present.

        `from_now`: only what is new, where somebody else tells what is so now. Raises FellBehind where more things have
        news than may wait for one follower.
        """
        follower: Follower[Value] = Follower(self._hub.waiting)
        for topic in topics:
            self._join(topic, follower)
            if not from_now:
                for key, news in self._newest[topic].items():
                    follower.put((topic, key), news)
        try:
            yield follower.news()
        finally:
            for topic in topics:
                self._leave(topic, follower)

    def _join(self, topic: Topic, follower: Follower[Value]) -> None:
        self._followers[topic].add(follower)
        self._newest.setdefault(topic, LRUCache(KNOWN))
        if self._poll is not None and topic not in self._polls:
            self._woken[topic] = asyncio.Event()
            self._polls[topic] = asyncio.create_task(self._keep_asking(topic, self._poll), name=f"{self._name} {topic}")

    def _leave(self, topic: Topic, follower: Follower[Value]) -> None:
        self._followers[topic].discard(follower)
        if not self._followers[topic]:
            del self._followers[topic], self._newest[topic]
            if poll := self._polls.pop(topic, None):
                poll.cancel()
                del self._woken[topic]
                self._hub.resign(self._source_of(topic))

    def _message(self, topic: Topic, value: Value) -> bytes:
        """What the other processes are told."""
        return msgspec.json.encode((topic, value))

    def _heard(self, message: bytes) -> None:
        self._put(*self._decoder.decode(message))

    def _put(self, topic: Topic, news: Value | UpstreamError) -> bool:
        """Hands news to the followers here; whether they are news, as far as we know."""
        newest = self._newest.get(topic)
        if newest is None:
            return True
        key = None if isinstance(news, UpstreamError) else self._key(news)
        if _same(newest.get(key), news):
            return False
        if key is None:
            newest.clear()  # all must be told anew once it is well
        newest.pop(None, None)
        newest[key] = news
        for follower in self._followers[topic]:
            follower.put((topic, key), news)
        return True

    async def _keep_asking(self, topic: Topic, poll: Poll[Topic, Value]) -> None:
        pause, woken = poll.every(topic), self._woken[topic]
        while True:
            told = woken.is_set()
            woken.clear()
            leads = await self._hub.leads(self._source_of(topic), 2 * pause)
            # Whoever has followers and no state asks once, whichever process it is that asks regularly.
            if told or leads or not self._newest[topic]:
                (found,) = await settled([poll.ask(topic, Operation(f"live-{uuid.uuid4().hex}"))])
                if isinstance(found, Exception):
                    self._put(topic, self._failure(topic, found))
                    pause = min(2 * pause, max(LONGEST_PAUSE, pause))
                else:
                    # Of what all were told that it is new, each asks itself.
                    if told:
                        self._put(topic, found)
                    else:
                        self.tell(topic, found)
                    pause = poll.every(topic)
            await until_due(woken, pause)

    def _source_of(self, topic: Topic) -> str:
        return f"{self._name} {topic}"

    def _failure(self, topic: Topic, failure: Exception) -> UpstreamError:
        if isinstance(failure, UpstreamError):
            _log.warning("%s %s: %s", self._name, topic, failure)
            return failure
        _log.error("%s %s: a mistake of our own", self._name, topic, exc_info=failure)
        return UpstreamError(system_of(topic), "a mistake of our own")


def _same(known: object, news: object) -> bool:
    if isinstance(known, UpstreamError) or isinstance(news, UpstreamError):
        return isinstance(known, UpstreamError) and isinstance(news, UpstreamError)
    # Compared as written: what came from another process has lists where ours may have tuples.
    return known is not None and msgspec.json.encode(known) == msgspec.json.encode(news)
