"""What the house tests look at: the files of the project, by their place in the checkout."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

PRODUCT = (
    "bundle",
    "campus",
    "commands",
    "connectors",
    "dashboard",
    "execution",
    "pipeline",
    "resolvers",
    "sandbox",
    "schema",
)
"""The folders of what runs; tests are beside them."""


@cache
def files() -> tuple[str, ...]:
    """Every file that belongs to the project, tracked or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()))


def sources(*folders: str) -> list[str]:
    """Python files of these folders; of everything that runs, where none is named."""
    wanted = folders or PRODUCT
    return [name for name in files() if name.endswith(".py") and (name.split("/")[0] in wanted or "/" not in name)]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def tree(name: str) -> ast.Module:
    return ast.parse(text(name))


def nodes(name: str, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree(name)) if isinstance(node, kinds))
