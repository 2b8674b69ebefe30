"""Deployments of the simulated Flowable: a process as BPMN 2.0, and what One Stop says of it in service.json."""

import io
import json
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from .flowable_engine import Engine, stamp
from .flowable_queries import BadRequest

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_PROCESS = (".bpmn20.xml", ".bpmn")


def deploy(engine: Engine, name: str, resources: Mapping[str, bytes], at: datetime) -> str:
    """A new deployment, and for each process in it a definition of the next version; returns the deployment's id."""
    deployment = engine.new_id()
    models = [content for file, content in resources.items() if file.endswith(_PROCESS)]
    services = [_service(model, resources.get("service.json")) for model in models]
    category = services[0]["type"] if services else ""
    text = json.dumps(services[0], ensure_ascii=False) if services else "{}"
    engine.db.execute("insert into deployment values (?, ?, ?, ?, ?)", (deployment, name, category, stamp(at), text))
    engine.db.executemany(
        "insert into resource values (?, ?, ?)", [(deployment, file, content) for file, content in resources.items()]
    )
    for service in services:
        query = "select coalesce(max(version), 0) + 1 from definition where key = ?"
        (version,) = engine.db.execute(query, (service["key"],)).fetchone()
        id_ = f"{service['key']}:{version}:{engine.new_id()}"
        row = (id_, service["key"], version, deployment, json.dumps(service, ensure_ascii=False))
        engine.db.execute("insert into definition values (?, ?, ?, ?, ?)", row)
    return deployment


def undeploy(db: sqlite3.Connection, deployment: str, *, cascade: bool) -> None:
    """Takes a deployment away; with its instances, or BadRequest where there are any and nothing was said of them."""
    instances = "select id from instance where definition in (select id from definition where deployment = ?)"
    if not cascade and db.execute(instances, (deployment,)).fetchone():
        raise BadRequest(f"deployment '{deployment}' still has process instances")
    for table in ("task", "variable"):
        db.execute(f"delete from {table} where instance in ({instances})", (deployment,))  # noqa: S608 (constants)
    db.execute(f"delete from instance where id in ({instances})", (deployment,))  # noqa: S608 (constants)
    for table, column in (("definition", "deployment"), ("resource", "deployment"), ("deployment", "id")):
        db.execute(f"delete from {table} where {column} = ?", (deployment,))  # noqa: S608 (constants)


def packed(service: Mapping[str, Any]) -> dict[str, bytes]:
    """The resources a service is deployed with."""
    steps = "".join(f'<userTask id="{step["id"]}" name="{step["name"]["en"]}"/>' for step in service["steps"])
    model = (
        '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        f' targetNamespace="{service["type"]}"><process id="{service["key"]}" isExecutable="true">'
        f'<startEvent id="start"/>{steps}<endEvent id="end"/></process></definitions>'
    )
    text = json.dumps(service, ensure_ascii=False)
    return {f"{service['key']}.bpmn20.xml": model.encode(), "service.json": text.encode()}


async def uploaded(request: web.Request) -> tuple[str, dict[str, bytes]]:
    """Name and resources of what was sent: one model, or several files in a .bar or .zip."""
    form = await request.post()
    upload = next((part for part in form.values() if isinstance(part, web.FileField)), None)
    if upload is None:
        raise BadRequest("No file content was found in request body.")
    name, content = upload.filename, upload.file.read()
    if name.endswith(_PROCESS):
        return name, {name: content}
    if not name.endswith((".bar", ".zip")):
        raise BadRequest("File must be of type .bpmn20.xml, .bpmn, .bar or .zip")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return name, {file: archive.read(file) for file in archive.namelist()}
    except zipfile.BadZipFile as error:
        raise BadRequest(f"problem reading zip input stream: {error}") from None


def _service(model: bytes, described: bytes | None) -> dict[str, Any]:
    """What the engine goes by: the model's key and tasks, and what the service says of itself, if anything."""
    try:
        process = ET.fromstring(model).find(f"{_BPMN}process")  # noqa: S314  on loopback, from whoever runs the sandbox
    except ET.ParseError as error:
        raise BadRequest(f"Error parsing XML: {error}") from None
    if process is None:
        raise BadRequest("No process definition was found in the model.")
    tasks = [(task.get("id", ""), task.get("name", "")) for task in process.iter(f"{_BPMN}userTask")]
    plain = {
        "type": "",
        "name": {"en": process.get("name") or process.get("id", "")},
        "description": {"en": ""},
        "department": {"en": ""},
        "steps": [{"id": id_, "name": {"en": name}, "department": {"en": ""}} for id_, name in tasks],
        "phases": [],
        "amendment": {"id": "amend", "name": {"en": "Amend"}, "days": 14},
    }
    try:
        said = json.loads(described) if described else {}
    except json.JSONDecodeError:
        said = {}  # to the engine it is a file like any other
    return plain | said | {"key": process.get("id", "")}
