"""What one person follows of their own: asked for once however many of their screens look, and told to nobody else."""

from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeVar

import msgspec

from connectors.wire import Operation, UpstreamError

from .holding import Holding
from .hub import Hub
from .kept import Kept
from .keys import AccountKey
from .live import Live, Poll

Thing = TypeVar("Thing")

QUESTIONS = 5.0
"""Asked in a second at most, by one process and on its own account: the more people follow, the more seldom each."""


class Personal(Live[AccountKey, Holding[Thing]]):
    """Each account's newest Holding, from its first follower to its last.

    Another process learns through Redis that an account's things have changed, and never what they are: it asks.
    """

    kept: ClassVar[Kept] = Kept.VIEWER

    def __init__(
        self,
        name: str,
        hub: Hub,
        ask: Callable[[AccountKey, Operation], Awaitable[Holding[Thing]]],
        every: Callable[[str], float],
        news: Callable[[AccountKey], None] = lambda _: None,
    ) -> None:
        """`every` so many seconds, by system, an account's things are asked for. `news` is called on each process that
        learns of any."""
        poll = Poll(ask, lambda key: max(every(key.system), len(self.topics) / QUESTIONS))
        super().__init__(name, hub, AccountKey, key=lambda holding: holding.key, poll=poll)
        self._news = news
        self._accounts: msgspec.json.Decoder[AccountKey] = msgspec.json.Decoder(AccountKey)

    def changed(self, key: AccountKey) -> None:
        """Its owner has changed something: asked for now, here and wherever else it is followed."""
        self.wake(key)
        self._hub.send(self._name, msgspec.json.encode(key))

    def _message(self, topic: AccountKey, value: Holding[Thing]) -> bytes:
        return msgspec.json.encode(topic)

    def _heard(self, message: bytes) -> None:
        key = self._accounts.decode(message)
        self._news(key)
        self.wake(key)

    def _put(self, topic: AccountKey, news: Holding[Thing] | UpstreamError) -> bool:
        are_news = super()._put(topic, news)
        if are_news and not isinstance(news, UpstreamError):
            self._news(topic)
        return are_news
