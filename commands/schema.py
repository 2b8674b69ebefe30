"""Prints the schema."""

from schema.root import schema as graph


def schema() -> None:
    print(graph.as_str())
