"""One call to one system: session, time, retry, and the words for what went wrong."""

from .contacts import brought_to
from .errors import (
    AccountConflict,
    UpstreamBadResponse,
    UpstreamError,
    UpstreamMaintenance,
    UpstreamRateLimited,
    UpstreamTimeout,
)
from .exchange import Answer
from .line import Line, Params, segment
from .meters import Meters, meters
from .moments import Moment, local
from .operation import Operation
from .raw import Raw
from .sign_in import Admission, ClientCredentials, SignIn
from .upstream import Access, System, Upstream, connected

__all__ = [
    "Access",
    "AccountConflict",
    "Admission",
    "Answer",
    "ClientCredentials",
    "Line",
    "Meters",
    "Moment",
    "Operation",
    "Params",
    "Raw",
    "SignIn",
    "System",
    "Upstream",
    "UpstreamBadResponse",
    "UpstreamError",
    "UpstreamMaintenance",
    "UpstreamRateLimited",
    "UpstreamTimeout",
    "brought_to",
    "connected",
    "local",
    "meters",
    "segment",
]
