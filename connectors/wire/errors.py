"""What can go wrong between us and a campus system: one closed family, told apart by code.

The reason is for our own log; it never leaves the gateway. What leaves is the code, the system and when to ask again.
"""

from typing import ClassVar


class UpstreamError(Exception):
    """The system did not give a usable answer: refused, unreachable, or out of time budget."""

    code: ClassVar[str] = "UPSTREAM_UNAVAILABLE"

    def __init__(self, system: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(f"{system}: {reason}")
        self.system = system
        """Id of the system, as configured."""
        self.reason = reason
        self.retry_after = retry_after
        """Seconds after which asking again may help; None where nobody knows."""
        self.unsettled = False
        """Something was to be changed, and nobody knows whether it was."""


class UpstreamTimeout(UpstreamError):
    """Nothing usable came within the time the operation may spend on this system."""

    code = "UPSTREAM_TIMEOUT"


class UpstreamRateLimited(UpstreamError):
    """The system says we ask too often (429, or its own word for it)."""

    code = "UPSTREAM_RATE_LIMITED"


class UpstreamMaintenance(UpstreamError):
    """The system says it is closed for a while (503 with Retry-After)."""

    code = "UPSTREAM_MAINTENANCE"


class UpstreamBadResponse(UpstreamError):
    """An answer came that the system's specification does not allow: garbage, cut, wrong shape, unknown status."""

    code = "UPSTREAM_BAD_RESPONSE"


class AccountConflict(UpstreamError):
    """Two accounts of the system could be the viewer's; we refuse to choose."""

    code = "CONFLICT"
