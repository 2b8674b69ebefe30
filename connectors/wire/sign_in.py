"""Systems that let us in for a while: asked once however many wait at the door, and again in time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from msgspec import Struct

EARLY = 30.0
"""Seconds before its end at which an admission is given up, so that none runs out on its way."""


class Admission(NamedTuple):
    """What a system gave us to show it from then on."""

    headers: Mapping[str, str]
    """Go with each call."""
    seconds: float
    """How long it holds."""


class Given(Protocol):
    """What stands in the answer of a door, in the shape that the system promises."""

    def admission(self) -> Admission | None:
        """None where it says that we are not let in."""


class SignIn(Protocol):
    """How one system lets us in: a POST, and what its answer gives."""

    @property
    def path(self) -> str: ...

    @property
    def shape(self) -> type[Given]: ...

    def question(self) -> tuple[str, bytes]:
        """Content type and body."""


class TokenOnWire(Struct):
    access_token: str
    expires_in: int
    """Seconds."""

    def admission(self) -> Admission:
        return Admission({"Authorization": f"Bearer {self.access_token}"}, self.expires_in)


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A bearer token (RFC 6749, 4.4). Both words go into the form, where every server of OAuth2 reads them."""

    path: str
    client_id: str
    secret: str = field(repr=False)

    @property
    def shape(self) -> type[TokenOnWire]:
        return TokenOnWire

    def question(self) -> tuple[str, bytes]:
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        return "application/x-www-form-urlencoded", urlencode(form).encode()


Ask = Callable[[SignIn], Awaitable[Admission]]


class Door:
    """What one system gave us, shared by all operations until it runs out or is refused."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._admission: Admission | None = None
        self._until = 0.0
        self._asking: asyncio.Task[Admission] | None = None

    async def admission(self, ask: Ask) -> Admission:
        """Whoever comes first asks for all, and whoever gives up takes it from nobody."""
        if self._admission is not None and asyncio.get_running_loop().time() < self._until:
            return self._admission
        if self._asking is None:
            self._asking = asyncio.create_task(self._asked(ask), name="sign in")
            self._asking.add_done_callback(self._ended)
        return await asyncio.shield(self._asking)

    def refused(self, admission: Admission) -> None:
        """The system no longer takes it; a newer one that somebody fetched meanwhile stays."""
        if admission is self._admission:
            self._admission = None

    async def _asked(self, ask: Ask) -> Admission:
        given = await ask(self._sign_in)
        self._admission = given
        self._until = asyncio.get_running_loop().time() + given.seconds - EARLY
        return given

    def _ended(self, asking: asyncio.Task[Admission]) -> None:
        self._asking = None
        if not asking.cancelled():
            asking.exception()  # told to those who wait; where nobody does, asyncio need not complain
