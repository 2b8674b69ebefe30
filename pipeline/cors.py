"""Which web pages may call: CORS by exact origin, and the guard against what other sites' pages send (CSRF)."""

from collections.abc import Sequence

from aiohttp import web

from .errors import Code, refused


class Origins:
    """The origins whose pages may read answers and change state."""

    def __init__(self, allowed: Sequence[str]) -> None:
        """`allowed`: exact origins; one that ends in `:*` stands for any port."""
        self._exact = frozenset(origin for origin in allowed if not origin.endswith(":*"))
        self._any_port = frozenset(origin.removesuffix(":*") for origin in allowed if origin.endswith(":*"))

    def allow(self, request: web.Request, response: web.StreamResponse) -> None:
        """Tells the browser whether the page may read this answer. Nothing is said of cookies: none are used."""
        response.headers["Vary"] = ", ".join((*response.headers.getall("Vary", ()), "Origin"))
        origin = request.headers.get("Origin", "")
        if self._known(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "X-Correlation-Id, WWW-Authenticate, Retry-After"

    def preflight(self, request: web.Request) -> web.Response:
        """The answer to OPTIONS: what is possible here, and for a known origin that it may."""
        response = web.Response(status=204, headers={"Allow": "GET, POST, OPTIONS"})
        response.headers.add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
        if self._known(request.headers.get("Origin", "")) and "Access-Control-Request-Method" in request.headers:
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = (
                "Authorization, Content-Type, GraphQL-Preflight, Apollo-Require-Preflight, X-Correlation-Id"
            )
            response.headers["Access-Control-Max-Age"] = "600"
        return response

    def guard_change(self, request: web.Request) -> None:
        """Refuses (403) to change anything for a page of an unknown origin.

        That the request is not one a page can send unasked was seen before: a POST is JSON or it is refused.
        """
        if self._foreign(request):
            raise refused(Code.FORBIDDEN, "Changes are not made for pages of this origin.", status=403)

    def guard_socket(self, request: web.Request) -> None:
        """Refuses (403) a WebSocket to a page of an unknown origin: there CORS keeps nobody from reading."""
        if self._foreign(request):
            raise refused(Code.FORBIDDEN, "Sockets are not opened for pages of this origin.", status=403)

    def _foreign(self, request: web.Request) -> bool:
        # Whoever sends no Origin is no browser.
        origin = request.headers.get("Origin")
        return origin is not None and not self._known(origin) and origin.partition("://")[2] != request.host

    def _known(self, origin: str) -> bool:
        host, _, port = origin.rpartition(":")
        return origin in self._exact or origin in self._any_port or (host in self._any_port and port.isdigit())
