"""The gateway's own web pages: the start page and GraphiQL, served from its own origin and from nowhere else.

Routes: `/` and `/start/*` (as they lie in dashboard/start), `/graphiql` and `/graphiql/assets/*` (what `make graphiql`
built). Policy: Content Security Policy Level 3; nothing but this origin is ever asked, and no page may frame these.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from aiohttp import web

START = Path(__file__).parents[1] / "dashboard" / "start"
GRAPHIQL = Path(__file__).parents[1] / "dashboard" / "graphiql" / "dist"

# Named here, since what the machine's own table says of .js and .woff2 differs from one system to the next.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}

# No path separator can stand in a name, and what it names must be one of the types above.
FILE = r"{name:[A-Za-z0-9_][A-Za-z0-9_.-]*\.(?:css|js|ttf|woff2?)}"

ONLY_US = (
    "default-src 'none'; script-src 'self'; {styles}; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'{more}"
)
# The start page never writes HTML from text, and the browser holds it to that.
START_POLICY = ONLY_US.format(
    styles="style-src 'self'", more="; require-trusted-types-for 'script'; trusted-types 'none'"
)
# Monaco, GraphiQL's editor, sets its colours by style elements and runs its languages in workers.
GRAPHIQL_POLICY = ONLY_US.format(styles="style-src 'self' 'unsafe-inline'", more="; worker-src 'self'; font-src 'self'")
NOT_BUILT_POLICY = ONLY_US.format(styles="style-src 'none'", more="")

NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="refresh" content="5"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>GraphiQL is not built yet</title></head>
<body><main><h1>GraphiQL is not built yet</h1>
<p>It is built by <code>make graphiql</code>, which takes less than a minute. This page looks again every five seconds;
the gateway need not be restarted.</p>
<p>Meanwhile the <a href="/">start page</a> and the <a href="/schema.graphql">schema</a> are there.</p></main></body>
</html>
"""


def add_pages(app: web.Application, *, sandbox: bool) -> None:
    """Serve the start page and GraphiQL; with `sandbox` they offer the personas to choose from."""

    async def start(request: web.Request) -> web.StreamResponse:
        return _page(request, START / "index.html", START_POLICY, sandbox)

    async def graphiql(request: web.Request) -> web.StreamResponse:
        page = GRAPHIQL / "index.html"
        return _page(request, page, GRAPHIQL_POLICY, sandbox) if page.is_file() else _not_built()

    app.router.add_get("/", start)
    app.router.add_get(f"/start/{FILE}", _start_file)
    app.router.add_get("/graphiql", graphiql)
    app.router.add_get("/graphiql/", graphiql)
    app.router.add_get(f"/graphiql/assets/{FILE}", _graphiql_asset)


def _page(request: web.Request, page: Path, policy: str, sandbox: bool) -> web.Response:
    html = page.read_text(encoding="utf-8")
    if sandbox:
        html = re.sub(r'(<html\b[^>]*\bdata-sandbox=)"off"', r'\1"on"', html, count=1)
    etag = sha256(html.encode()).hexdigest()[:32]
    headers = {**_guarded(policy), "Cache-Control": "no-cache", "ETag": f'"{etag}"'}
    # Compared weakly, as RFC 9110 wants it here: a proxy that compresses weakens the tag on its way.
    if any(known.value in (etag, "*") for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)


def _not_built() -> web.Response:
    headers = {**_guarded(NOT_BUILT_POLICY), "Cache-Control": "no-store", "Retry-After": "5"}
    return web.Response(status=503, text=NOT_BUILT, content_type="text/html", charset="utf-8", headers=headers)


async def _start_file(request: web.Request) -> web.StreamResponse:
    # Revalidated each time by the ETag that aiohttp makes of the file's size and time.
    return _file(START / request.match_info["name"], START_POLICY, "no-cache")


async def _graphiql_asset(request: web.Request) -> web.StreamResponse:
    # Vite names an asset by its content, so one that has been fetched is good for ever. A worker is bound by
    # the policy of its own answer, not of the page that starts it: it gets the same.
    return _file(
        GRAPHIQL / "assets" / request.match_info["name"], GRAPHIQL_POLICY, "public, max-age=31536000, immutable"
    )


def _file(path: Path, policy: str, caching: str) -> web.FileResponse:
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(
        path, headers={**_guarded(policy), "Cache-Control": caching, "Content-Type": CONTENT_TYPES[path.suffix]}
    )


def _guarded(policy: str) -> Mapping[str, str]:
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
