"""One call to one system: session, time, retry, and the words for what went wrong."""

from .errors import (
    AccountConflict,
    UpstreamBadResponse,
    UpstreamError,
    UpstreamMaintenance,
    UpstreamRateLimited,
    UpstreamTimeout,
)
from .line import Answer, Line, Params, segment
from .operation import Operation
from .sign_in import ClientCredentials
from .upstream import Access, System, Upstream, connected

__all__ = [
    "Access",
    "AccountConflict",
    "Answer",
    "ClientCredentials",
    "Line",
    "Operation",
    "Params",
    "System",
    "Upstream",
    "UpstreamBadResponse",
    "UpstreamError",
    "UpstreamMaintenance",
    "UpstreamRateLimited",
    "UpstreamTimeout",
    "connected",
    "segment",
]
