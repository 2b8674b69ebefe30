"""The way to the other processes through one Redis: news by publishing, the lead by a key that runs out.

Source: Redis's documentation of PUBLISH, which keeps nothing for whoever is away, and of SET with NX and PX.
While Redis is away each process goes on by itself: its own news reach its own followers, and it asks sources itself.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from .hub import Heard

WAITING = 10_000
"""Messages that may wait to be sent; more are lost to the others, as while Redis is away."""

SILENCE = 10.0
"""Seconds without a word, after which it is asked whether anybody is there; after three times as many nobody is."""

PAUSE = 1.0
"""Seconds between two tries to hear again."""

PROMPT = 0.5
"""Seconds that a fetch may take: a quarter of what the system may that is asked instead."""

_LEAVE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

SECONDS = 2.0
"""What an answer of Redis may take."""

_log = logging.getLogger("gateway.relay")


@asynccontextmanager
async def open_relay(url: str, options: Mapping[str, Any], prefix: str) -> AsyncIterator["RedisRelay"]:
    """`prefix` tells the gateways of one university from whatever else uses this Redis. It need not be there yet."""
    redis = Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, **options)
    relay = RedisRelay(redis, prefix)
    tasks = [asyncio.create_task(relay.keep_hearing()), asyncio.create_task(relay.keep_sending())]
    try:
        yield relay
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await redis.aclose()


class RedisRelay:
    """One process among those that share a Redis and a prefix."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._own = uuid.uuid4().hex.encode()
        """Begins what this process says, so that it does not hear itself."""
        self._heard: dict[str, Heard] = {}
        self._missed: list[Callable[[], None]] = []
        self._outbox: asyncio.Queue[Callable[[], Awaitable[Any]]] = asyncio.Queue(WAITING)
        self._slow_until = 0.0
        """By the loop's clock; until then nothing is fetched."""
        self.hearing = asyncio.Event()
        """Set while it hears the others."""

    def hear(self, name: str, heard: Heard) -> None:
        self._heard[name] = heard

    def missed(self, told: Callable[[], None]) -> None:
        self._missed.append(told)

    def send(self, name: str, message: bytes) -> None:
        self._later(partial(self._redis.publish, f"{self._prefix}:news:{name}", self._own + message))

    async def leads(self, name: str, seconds: float) -> bool:
        """True as well while Redis is away: who has followers must ask somebody."""
        key, milliseconds = self._lead(name), int(seconds * 1000)
        try:
            if await self._redis.set(key, self._own, nx=True, px=milliseconds):
                return True
            if await self._redis.get(key) != self._own:
                return False
            await self._redis.pexpire(key, milliseconds)
        except (RedisError, OSError) as failure:
            _log.warning("no lead can be agreed on: %s", type(failure).__name__)
        return True

    def resign(self, name: str) -> None:
        self._later(partial(self._redis.eval, _LEAVE, 1, self._lead(name), self._own))

    async def first(self, word: str, seconds: float) -> bool:
        try:
            said = await self._redis.set(f"{self._prefix}:said:{word}", self._own, nx=True, px=int(seconds * 1000))
        except (RedisError, OSError) as failure:
            _log.warning("nobody can be asked who said it first: %s", type(failure).__name__)
            return True
        return bool(said)

    async def fetch(self, names: Sequence[str]) -> list[bytes | None]:
        """None of each while Redis is away, or slow: whoever asks has a system to ask instead."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._slow_until:
            return [None] * len(names)
        try:
            async with asyncio.timeout(PROMPT):
                found = await self._redis.mget([self._kept(name) for name in names])
        except (RedisError, OSError, TimeoutError) as failure:
            self._slow_until = loop.time() + PAUSE
            _log.warning("nothing can be read of what lies there: %s", type(failure).__name__)
            return [None] * len(names)
        return cast("list[bytes | None]", found)

    def put(self, name: str, value: bytes, seconds: float) -> None:
        self._later(partial(self._redis.set, self._kept(name), value, px=max(1, int(seconds * 1000))))

    def count(self, name: str, seconds: float, done: Callable[[bool], None]) -> None:
        async def counted() -> None:
            try:
                await self._redis.incr(self._kept(name))
                await self._redis.expire(self._kept(name), max(1, int(seconds)))
            except (RedisError, OSError):
                done(False)
                raise
            done(True)

        if not self._later(counted):
            done(False)

    async def keep_sending(self) -> None:
        while True:
            send = await self._outbox.get()
            try:
                await send()
            except (RedisError, OSError) as failure:
                _log.warning("lost to the other processes: %s", type(failure).__name__)

    async def keep_hearing(self) -> None:
        while True:
            try:
                await self._hear_on()
            except (RedisError, OSError) as failure:
                _log.warning("the other processes are not heard: %s", type(failure).__name__)
            self.hearing.clear()
            await asyncio.sleep(PAUSE)

    async def _hear_on(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.psubscribe(f"{self._prefix}:news:*")
            told_at = time.monotonic()
            while True:
                message = await pubsub.get_message(timeout=SILENCE)
                if message is None:
                    # A way may be dead and nobody told: what was said there meanwhile would be missed for hours.
                    if time.monotonic() - told_at > 3 * SILENCE:
                        raise RedisTimeout("silent")
                    await pubsub.ping()
                    continue
                told_at = time.monotonic()
                if message["type"] == "psubscribe":
                    self.hearing.set()
                    for told in self._missed:
                        told()
                if message["type"] == "pmessage" and not message["data"].startswith(self._own):
                    self._hand_on(message["channel"].decode(), message["data"][len(self._own) :])

    def _hand_on(self, channel: str, message: bytes) -> None:
        heard = self._heard.get(channel.removeprefix(f"{self._prefix}:news:"))
        try:
            if heard:
                heard(message)
        except (msgspec.DecodeError, UnicodeDecodeError) as failure:
            # Another version of the gateway may run beside this one while it is being replaced.
            _log.warning("news of another shape on %s: %s", channel, failure)

    def _lead(self, name: str) -> str:
        return f"{self._prefix}:lead:{name}"

    def _kept(self, name: str) -> str:
        return f"{self._prefix}:kept:{name}"

    def _later(self, send: Callable[[], Awaitable[Any]]) -> bool:
        try:
            self._outbox.put_nowait(send)
        except asyncio.QueueFull:
            _log.warning("lost to the other processes: more than %d wait", WAITING)
            return False
        return True
