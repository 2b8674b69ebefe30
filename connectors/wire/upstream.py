"""One system for the life of the process: where it is, how we prove who we are, and how it did lately."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from .direct import CONNECTIONS, Direct
from .exchange import Carrier, Request
from .roundabout import Roundabout, opened
from .sign_in import Door, SignIn


@dataclass(frozen=True, slots=True)
class System:
    """A campus system as configured; `id` is the word for it in errors, keys and logs."""

    id: str
    kind: str
    """The connector that reads it: sis, library, onestop, gz_campus."""
    campus: str
    protocol: str
    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What its protocol has to be told besides an address: the view an Alma is searched in, a Koha's currency."""
    parts: frozenset[str] = frozenset()
    """Which parts of its protocol it has, where it has not all: endpoints by name."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a system is reached."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Carry our credential, so they are never printed."""
    sign_in: SignIn | None = None
    """Instead of a credential in the headers: how the system gives one that holds for a while."""
    ca_file: Path | None = None
    client_cert: tuple[Path, Path] | None = None
    """Certificate and key, PEM."""
    proxy: str | None = None
    timeout: float = 2.0
    """Seconds an operation may spend on this system, retries and look-ups included."""
    change_limit: float = 60.0
    """Seconds after which the system works on no request any longer."""


class Upstream:
    """An open line to one system, shared by all operations."""

    def __init__(self, system: System, access: Access, whole: Carrier, any_request: Carrier) -> None:
        """`whole` carries requests whose content is whole, `any_request` also those that are streamed."""
        self.system = system
        self.url = access.url.rstrip("/")
        self.path = urlsplit(self.url).path
        """What the target of every request begins with."""
        self.timeout = access.timeout
        self.change_limit = access.change_limit
        self.door = Door(access.sign_in) if access.sign_in else None
        self.state = "UNKNOWN"
        """How the last call went: UP, DOWN, MAINTENANCE; UNKNOWN before the first."""
        self.closed_until: datetime | None = None
        """The end of the maintenance that the system told of when it was last asked."""
        self.changes = 0
        """How often something was changed there, as far as this process knows: what was asked before is old."""
        self.kept: dict[type, object] = {}
        """What the system's wire module keeps over operations, by class: pages read lately, a session."""
        self._whole, self._any_request = whole, any_request
        self._retries = 1.0

    def carrier(self, request: Request) -> Carrier:
        """The way that this request goes."""
        content = request.content
        return self._whole if content is None or isinstance(content, bytes) else self._any_request

    def may_retry(self) -> bool:
        """One retry per ten calls at most, so that a system in trouble is not asked twice as much."""
        if self._retries < 1:
            return False
        self._retries -= 1
        return True

    def earned_by_call(self) -> None:
        self._retries = min(10.0, self._retries + 0.1)


@asynccontextmanager
async def connected(system: System, access: Access) -> AsyncIterator[Upstream]:
    """The system's own connections: no cookies, no environment proxies, kept open between calls."""
    tls = _tls(access) if access.url.startswith("https:") else None
    parts = urlsplit(access.url)
    async with opened(tls, CONNECTIONS) as session:
        around = Roundabout(f"{parts.scheme}://{parts.netloc}", access.headers, session, access.proxy)
        if access.proxy:
            yield Upstream(system, access, around, around)
            return
        direct = Direct(access.url, access.headers, tls)
        try:
            yield Upstream(system, access, direct, around)
        finally:
            direct.close()


def _tls(access: Access) -> ssl.SSLContext:
    if access.ca_file is None and access.client_cert is None:
        return _machines_trust()
    context = ssl.create_default_context(cafile=access.ca_file)
    if access.client_cert:
        certificate, key = access.client_cert
        context.load_cert_chain(certificate, key)
    return context


@cache
def _machines_trust() -> ssl.SSLContext:
    """The machine's certificates: reading them anew for each of many systems takes longer than all else that opening
    one does."""
    return ssl.create_default_context()
