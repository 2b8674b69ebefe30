"""The documents we trust: those of the widgets, and of the settings; and the graph for whoever writes queries."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from aiohttp import web

from .operation_store import BadTrustedDocument
from .settings_documents import Documents

DASHBOARD = Path(__file__).parents[1] / "dashboard"
WIDGETS, ACTIONS, STREAMS = DASHBOARD / "widgets", DASHBOARD / "actions", DASHBOARD / "streams"


class _Listed(msgspec.Struct):
    id: str
    body: str


class _Manifest(msgspec.Struct, tag_field="format", tag="apollo-persisted-query-manifest"):
    """What @apollo/generate-persisted-query-manifest writes."""

    operations: list[_Listed]


def widget_documents() -> dict[str, str]:
    """Name -> text of each widget's query; `dashboard`, which is all of them in one, comes first."""
    paths = sorted(WIDGETS.glob("*/query.graphql"), key=lambda path: (path.parent.name != "dashboard", path))
    return {path.parent.name: path.read_text(encoding="utf-8") for path in paths}


def action_documents() -> dict[str, str]:
    """Name -> text of each mutation that widgets offer."""
    return _texts_in(ACTIONS)


def stream_documents() -> dict[str, str]:
    """Name -> text of each subscription that widgets follow."""
    return _texts_in(STREAMS)


def trusted_documents(settings: Documents) -> dict[str, str]:
    """Id -> text of every trusted document. Raises BadTrustedDocument for what cannot be read, or has another's id."""
    documents = widget_documents() | action_documents() | stream_documents()
    for path in settings.trusted:
        for document_id, text in _documents_at(path):
            if documents.setdefault(document_id, text) != text:
                raise BadTrustedDocument(f"{document_id}: {path.name} has another document of this id")
    return documents


def add_documents(app: web.Application, sdl: str) -> None:
    """GET /widgets, /actions, /streams and /schema.graphql."""
    listed = {"/widgets": widget_documents(), "/actions": action_documents(), "/streams": stream_documents()}

    async def documents(request: web.Request) -> web.Response:
        return web.json_response([{"name": name, "query": query} for name, query in listed[request.path].items()])

    async def schema(request: web.Request) -> web.Response:
        return web.Response(text=sdl, content_type="text/plain", charset="utf-8")

    for path in listed:
        app.router.add_get(path, documents)
    app.router.add_get("/schema.graphql", schema)


def _texts_in(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.graphql"))}


def _documents_at(path: Path) -> Iterable[tuple[str, str]]:
    try:
        if path.is_dir():
            return _texts_in(path).items()
        return _listed_in(path.read_bytes())
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise BadTrustedDocument(f"{path.name} cannot be read: {error}") from error


def _listed_in(manifest: bytes) -> Iterable[tuple[str, str]]:
    """By id, as Relay and GraphQL Codegen write it; or Apollo's list, which says so in its `format`."""
    if "format" in msgspec.json.decode(manifest, type=dict[str, object]):
        return [(each.id, each.body) for each in msgspec.json.decode(manifest, type=_Manifest).operations]
    return msgspec.json.decode(manifest, type=dict[str, str]).items()
