"""Whether the process lives, and whether it takes requests; neither asks a campus system."""

from aiohttp import web


class Health:
    """GET /health/live and /health/ready, for whoever restarts processes and directs traffic."""

    def __init__(self) -> None:
        self.accepting = False
        """Set when everything is open, cleared when the gateway begins to stop. A campus system that is down does not
        count: the rest of an answer stands without it, and restarting us would not bring it back."""

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/health/live", self._live)
        app.router.add_get("/health/ready", self._ready)

    async def _live(self, request: web.Request) -> web.Response:
        return _state("live", 200)

    async def _ready(self, request: web.Request) -> web.Response:
        return _state("ready", 200) if self.accepting else _state("not ready", 503)


def _state(word: str, status: int) -> web.Response:
    return web.json_response({"status": word}, status=status, headers={"Cache-Control": "no-store"})
