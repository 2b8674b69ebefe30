"""How an enumeration of the campus becomes one of the graph, each value explained."""

import enum
from collections.abc import Mapping

import strawberry

LABEL = "The same in words, in the viewer's language."
STATE_LABEL = "The same in words, in the viewer's language; of OTHER in the system's own."


def described(states: type[enum.Enum], description: str, values: Mapping[str, str]) -> None:
    """Makes the enumeration known to the graph. Every value must be explained, and nothing else may be."""
    definition = strawberry.enum(states, description=description).__strawberry_definition__  # type: ignore[attr-defined]
    if {value.name for value in definition.values} != set(values):
        raise TypeError(f"{states.__name__}: explain each value, and only those")
    for value in definition.values:
        value.description = values[value.name]
