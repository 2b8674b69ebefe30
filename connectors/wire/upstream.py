"""One system for the life of the process: where it is, how we prove who we are, and how it did lately."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import aiohttp

from .sign_in import Bearer, ClientCredentials


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


@dataclass(frozen=True, slots=True)
class Access:
    """How a system is reached."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Carry our credential, so they are never printed."""
    sign_in: ClientCredentials | None = None
    """Instead of a credential in the headers: what the system gives a token for."""
    ca_file: Path | None = None
    client_cert: tuple[Path, Path] | None = None
    """Certificate and key, PEM."""
    proxy: str | None = None
    timeout: float = 2.0
    """Seconds an operation may spend on this system, retries and look-ups included."""


class Upstream:
    """An open line to one system, shared by all operations."""

    def __init__(self, system: System, access: Access, session: aiohttp.ClientSession) -> None:
        self.system = system
        self.url = access.url.rstrip("/")
        self.headers = access.headers
        self.timeout = access.timeout
        self.session = session
        self.bearer = Bearer(access.sign_in) if access.sign_in else None
        self.proxy = access.proxy
        self.state = "UNKNOWN"
        """How the last call went: UP, DOWN, MAINTENANCE; UNKNOWN before the first."""
        self.closed_until: datetime | None = None
        """The end of the maintenance that the system told of when it was last asked."""
        self.kept: dict[type, object] = {}
        """What the system's wire module keeps over operations, by class: pages read lately, a session."""
        self._retries = 1.0

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
    """The system's own session: no cookies, no environment proxies, connections kept alive.

    The credential is no header of the session's: aiohttp tells those to the proxy, too, before anything is encrypted.
    """
    connector = aiohttp.TCPConnector(limit=100, ssl=_tls(access), keepalive_timeout=30)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None),  # every call brings its own
        auto_decompress=True,
        middlewares=(_not_again,),
    ) as session:
        yield Upstream(system, access, session)


class LostConnection(aiohttp.ClientError):
    """A connection that stood ended before there was an answer."""


async def _not_again(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp repeats a GET on its own where the connection was lost; repeating is ours to limit and to count."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:  # never stood; this one it leaves to us
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as failure:
        raise LostConnection(type(failure).__name__) from failure


def _tls(access: Access) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=access.ca_file)
    if access.client_cert:
        certificate, key = access.client_cert
        context.load_cert_chain(certificate, key)
    return context
