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
from .moments import Moment, local
from .operation import Operation
from .sign_in import ClientCredentials
from .upstream import Access, System, Upstream, connected

__all__ = [
    "Access",
    "AccountConflict",
    "Answer",
    "ClientCredentials",
    "Line",
    "Moment",
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
    "local",
    "segment",
]
