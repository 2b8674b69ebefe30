"""The graph for whoever writes queries: the trusted documents of the widgets, and the schema in its own language."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

WIDGETS = Path(__file__).parents[1] / "dashboard" / "widgets"


def widget_documents() -> dict[str, str]:
    """Name -> text of each widget's query; `dashboard`, which is all of them in one, comes first."""
    paths = sorted(WIDGETS.glob("*/query.graphql"), key=lambda path: (path.parent.name != "dashboard", path))
    return {path.parent.name: path.read_text(encoding="utf-8") for path in paths}


def add_documents(app: web.Application, documents: Mapping[str, str], sdl: str) -> None:
    """GET /widgets and GET /schema.graphql."""

    async def widgets(request: web.Request) -> web.Response:
        return web.json_response([{"name": name, "query": query} for name, query in documents.items()])

    async def schema(request: web.Request) -> web.Response:
        return web.Response(text=sdl, content_type="text/plain", charset="utf-8")

    app.router.add_get("/widgets", widgets)
    app.router.add_get("/schema.graphql", schema)
