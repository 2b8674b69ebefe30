"""What was agreed about the shape of the code, checked so that nobody has to remember it."""

import ast
import re
import sys
import tomllib
from collections import Counter
from pathlib import PurePath

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationDefinitionNode,
    build_schema,
    parse,
)

from pipeline.documents import widget_documents
from pipeline.settings_systems import PROTOCOLS as SETTINGS_PROTOCOLS
from pipeline.settings_systems import TELLING
from resolvers.context import PROTOCOLS
from resolvers.events import EVENT_TYPES
from tests.contract.protocols import CASES

from .house import ROOT, files, nodes, sources, text, tree

VAGUE = {"base", "common", "core", "helper", "helpers", "impl", "manager", "misc", "models", "types", "util", "utils"}

SYSTEMS = sorted(PROTOCOLS)
"""Kinds of system, which are the connectors' folders."""

MODULES = {
    "graphql-core": "graphql",
    "gtfs-realtime-bindings": "google",
    "prometheus-client": "prometheus_client",
    "strawberry-graphql": "strawberry",
}
"""Packages that are imported by another name than they are installed by."""

DRIVERS = {"aiosqlite", "asyncpg"}
"""Packages that SQLAlchemy imports by the name of the database."""

CATCHING = re.compile(
    r"connectors/(wire|reads)/.+|connectors/portal/(store|once)\.py|execution/.+|pipeline/.+|commands/.+|campus/ids\.py|connectors/\w+/("
    + "|".join(sorted(protocol for protocols in PROTOCOLS.values() for protocol in protocols))
    + r")\w*\.py"
)
"""Where the outside or a resolver is met, so that something is caught: wire, own store, request, command line, id."""


def test_a_file_fits_in_one_reading() -> None:
    pages = [
        name for name in files() if name.endswith((".py", ".js", ".jsx", ".css")) and not name.startswith("tests/")
    ]
    assert [name for name in pages if len(text(name).splitlines()) > 300] == []


def test_a_python_file_opens_by_saying_in_one_line_what_it_is() -> None:
    # An empty __init__.py only makes a folder importable.
    opening = {name: ast.get_docstring(tree(name)) for name in sources() + sources("tests") if text(name)}
    assert [
        name for name, said in opening.items() if not said or not said.splitlines()[0].endswith((".", "?", ":"))
    ] == []


def test_files_and_classes_are_named_for_what_they_are() -> None:
    vague = [name for name in sources() if VAGUE & set(PurePath(name).stem.split("_"))]
    for name in sources():
        for node in nodes(name, ast.ClassDef):
            words = re.findall(r"[A-Z][a-z]*", node.name)
            vague += [f"{name}: {node.name}"] if VAGUE & {word.lower() for word in words} else []
    assert vague == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_connector_has_the_same_parts_as_every_other(system: str) -> None:
    folder = ROOT / "connectors" / system
    parts = {
        "README.md",
        "__init__.py",
        "records.py",
        "loaders.py",
        *(f"{protocol}.py" for protocol in PROTOCOLS[system]),
    }
    assert parts - {path.name for path in folder.iterdir()} == set()


def test_every_folder_of_connectors_is_a_kind_of_system() -> None:
    folders = {name.split("/")[1] for name in sources("connectors") if name.count("/") == 2}
    assert folders - {"wire", "reads", "portal"} == set(SYSTEMS)  # the portal's system is the gateway itself


def test_settings_know_the_protocols_that_connectors_speak() -> None:
    assert {kind: set(known) for kind, known in SETTINGS_PROTOCOLS.items()} == {
        kind: set(spoken) for kind, spoken in PROTOCOLS.items()
    }


def test_settings_know_the_protocols_of_which_a_type_of_event_is_known() -> None:
    endpoints = {each.endpoint for each in EVENT_TYPES.values()}
    modules = {name: module for spoken in PROTOCOLS.values() for name, module in spoken.items()}
    telling = {name for name, module in modules.items() if any(hasattr(module, each) for each in endpoints)}
    # A public page tells nobody, and is read no sooner for it.
    assert telling - {"class_schedule"} == TELLING


def test_the_example_of_settings_names_every_protocol_of_every_kind() -> None:
    (told,) = re.findall(r"^# kind and protocol: (.+?)\.\n", text("campus.example.toml"), re.MULTILINE | re.DOTALL)
    named = dict(part.split(" = ") for part in told.replace("\n#", "").split("; "))
    assert {kind: set(words.split(", ")) for kind, words in named.items()} == {
        kind: set(spoken) for kind, spoken in PROTOCOLS.items()
    }


def test_the_gateway_catches_only_where_it_meets_the_outside() -> None:
    gateway = [name for name in sources() if not name.startswith(("sandbox/", "bundle/", "dashboard/"))]
    catching = {name for name in gateway for _ in nodes(name, ast.ExceptHandler)}
    catching |= {name for name in gateway if re.search(r"\bsuppress\(", text(name))}
    assert {name for name in catching if not CATCHING.fullmatch(name)} == set()


def test_what_is_caught_is_named() -> None:
    everything = []
    for name in sources():
        for node in nodes(name, ast.ExceptHandler):
            assert isinstance(node, ast.ExceptHandler)
            caught = ast.unparse(node.type) if node.type else ""
            if not caught or {"Exception", "BaseException"} & set(re.findall(r"\w+", caught)):
                everything.append(name)
    # A resolver may raise anything; the last resort logs and masks.
    assert {name for name in everything if not name.startswith("execution/")} == {"pipeline/errors.py"}


def test_nothing_of_what_runs_imports_the_composition_root() -> None:
    importing = []
    for name in sources():
        for node in nodes(name, ast.Import, ast.ImportFrom):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            importing += [name for module in named if module.split(".")[0] == "gateway"]
    assert importing == []


def test_lock_files_name_packages_and_hashes_but_no_host() -> None:
    locks = [name for name in files() if name.startswith("requirements/") or name.endswith("node.txt")]
    assert len(locks) == 3
    assert [name for name in locks if re.search(r"://|^-|^\S+ *@", text(name), re.MULTILINE)] == []
    for name in files():
        if name.endswith("package-lock.json"):
            assert '"resolved"' not in text(name), name


def installed_to_run() -> set[str]:
    """By the names they are imported by."""
    wanted = tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    packages = {re.split(r"[<>=;[]", line)[0].strip() for line in wanted}
    return {MODULES.get(package, package) for package in packages}


def imported() -> set[str]:
    found = {
        node.module for name in sources() for node in nodes(name, ast.ImportFrom) if node.module and not node.level
    }
    found |= {each.name for name in sources() for node in nodes(name, ast.Import) for each in node.names}
    return {module.split(".")[0] for module in found}


def test_what_is_installed_to_run_is_imported_by_what_runs() -> None:
    assert installed_to_run() - imported() == {"tzdata", *DRIVERS}  # read by zoneinfo, found by sqlalchemy


def test_what_runs_imports_nothing_that_is_not_installed_to_run() -> None:
    """A machine that has more than that would never tell."""
    ours = {PurePath(name).parts[0].removesuffix(".py") for name in sources()}
    parts = {"multidict", "yarl", "pydantic_core"}  # of aiohttp and pydantic, which bring them
    assert imported() - installed_to_run() - ours - sys.stdlib_module_names == parts


def test_pages_load_nothing_from_elsewhere() -> None:
    pages = [name for name in files() if re.fullmatch(r"dashboard/.+\.(html|css|jsx?)", name)]
    assert len(pages) > 10
    assert [name for name in pages if re.search(r"""(?<!http:)//[\w-]+\.[\w.-]+/|["'(]https?://""", text(name))] == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    place = re.compile(r"(^|[^\w./}>)-])/(work|farm|tmp|root|home|Users)/\w", re.MULTILINE)
    written = [name for name in files() if not name.endswith((".png", ".ico", ".woff2"))]
    assert [name for name in written if place.search(text(name))] == []


def test_everything_in_the_graph_is_explained() -> None:
    graph = build_schema(text("schema/schema.graphql"))
    silent = [f"@{each.name}" for each in graph.directives if not each.description]
    for name, each in graph.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        silent += [] if each.description else [name]
        if isinstance(each, GraphQLEnumType):
            silent += [f"{name}.{value}" for value, told in each.values.items() if not told.description]
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            silent += [f"{name}.{field}" for field, told in each.fields.items() if not told.description]
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType):
            silent += [
                f"{name}.{field}({argument})"
                for field, told in each.fields.items()
                for argument, meant in told.args.items()
                if not meant.description
            ]
    assert silent == []


def test_each_widget_is_one_operation_of_a_name_of_its_own() -> None:
    names = Counter()
    for widget, query in widget_documents().items():
        operations = [node for node in parse(query).definitions if isinstance(node, OperationDefinitionNode)]
        assert len(operations) == 1, widget
        expected = "".join(word.capitalize() for word in widget.split("-"))
        assert operations[0].name is not None, widget
        assert operations[0].name.value == expected
        names[expected] += 1
    assert max(names.values()) == 1


def test_a_widget_says_first_what_it_shows() -> None:
    assert [widget for widget, query in widget_documents().items() if not query.startswith("# ")] == []


def test_each_protocol_is_in_the_suite_that_holds_every_protocol() -> None:
    """`tests/contract/protocols` is the table; its first lines say how to add one."""
    in_suite = {kind: {name: case.module for name, case in cases.items()} for kind, cases in CASES.items()}
    assert in_suite == PROTOCOLS
