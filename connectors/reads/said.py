"""What was said lately, here or on another process: so that nothing is taken twice."""

import hashlib

import msgspec
from cachetools import TTLCache

from .hub import Hub

WORDS_KEPT = 100_000
"""Said within the time that counts; more than any university's systems tell in some minutes."""


class Said:
    """Words said within the last so many seconds. Without Redis, and while it is away, each process knows its own."""

    def __init__(self, name: str, hub: Hub, seconds: float) -> None:
        self._name = name
        self._hub = hub
        self._seconds = seconds
        self._here: TTLCache[str, bool] = TTLCache(WORDS_KEPT, seconds)

    async def first(self, *parts: str) -> bool:
        """Whether this is said for the first time; from now on it was said."""
        word = hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
        if word in self._here:
            return False
        self._here[word] = True
        return await self._hub.first(f"{self._name}:{word}", self._seconds)
