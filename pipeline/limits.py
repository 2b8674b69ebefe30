"""How large a document may be. Counted once per document, in time linear in its text, before it is validated.

Fragments count wherever they are spread, as often as they are spread: the size of each is worked out once and added
at every spread, so that doubling spreads (a fragment that spreads another twice, which spreads another twice …) cost
nothing to measure. Cycles are left to validation. Introspection is not counted in the depth: the query every GraphQL
client starts with is deeper than any dashboard, its chains of `ofType` multiply nothing, and graphql-core's own
MaxIntrospectionDepthRule refuses the lists that would.

Fields are limited in number because depth alone does not bound an answer: ten fragments, each spreading the next below
several fields, stay within any sensible depth and ask for millions of values. How often fields may be repeated is
bounded by graphql-core, which gives up comparing them after 500,000 steps, most of a second.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from campus.labels import Message

from .settings import Limits

INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Size:
    """How much an operation asks for, its fragments included wherever they are spread."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    introspects: bool = False


@dataclass(slots=True)
class _Counted:
    """One operation or fragment by itself: what it holds, and which fragments it spreads at which depth."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    top_fields: int = 0
    directives: int = 0
    introspects: bool = False
    spreads: list[tuple[str, int, bool]] = field(default_factory=list)
    """(fragment, fields above it, whether below introspection)."""


def sizes(document: DocumentNode) -> list[tuple[OperationDefinitionNode, Size]]:
    """Each operation of a document with its size."""
    counted = {
        node.name.value: _count(node) for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    fragments = _whole_fragments(counted)
    return [
        (node, _with_spreads(_count(node), fragments))
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    ]


DEPTH = Message("The depth is {given}; at most {allowed} is allowed.")
FIELDS = Message("The number of fields is {given}; at most {allowed} is allowed.")
ALIASES = Message("The number of aliases is {given}; at most {allowed} is allowed.")
ROOT_FIELDS = Message("The number of root fields is {given}; at most {allowed} is allowed.")
DIRECTIVES = Message("The number of directives is {given}; at most {allowed} is allowed.")


def excesses(size: Size, limits: Limits) -> list[Message]:
    """What is exceeded, and by how much, in sentences; empty if nothing is."""
    measured = (
        (DEPTH, size.depth, limits.depth),
        (FIELDS, size.fields, limits.fields),
        (ALIASES, size.aliases, limits.aliases),
        (ROOT_FIELDS, size.root_fields, limits.root_fields),
        (DIRECTIVES, size.directives, limits.directives),
    )
    return [
        sentence._replace(values={"given": _countable(given), "allowed": allowed})
        for sentence, given, allowed in measured
        if given > allowed
    ]


def _countable(given: int) -> object:
    """A document of a few lines can spread fragments to numbers of hundreds of digits."""
    return given if given <= 1_000_000 else Message("more than a million")


def _count(definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Counted:
    counted = _Counted(directives=len(definition.directives or ()))
    if isinstance(definition, OperationDefinitionNode):
        counted.directives += sum(len(variable.directives or ()) for variable in definition.variable_definitions or ())
    # A list of our own instead of recursion: nesting is the client's to choose, the interpreter's stack is not.
    open_sets: list[tuple[SelectionSetNode, int, bool]] = [(definition.selection_set, 0, False)]
    while open_sets:
        selection_set, above, introspecting = open_sets.pop()
        for node in selection_set.selections:
            counted.directives += len(node.directives or ())
            if isinstance(node, FragmentSpreadNode):
                counted.spreads.append((node.name.value, above, introspecting))
            elif isinstance(node, InlineFragmentNode):
                open_sets.append((node.selection_set, above, introspecting))
            elif isinstance(node, FieldNode):
                below = introspecting or node.name.value in INTROSPECTION
                counted.introspects |= below
                counted.fields += 1
                counted.aliases += node.alias is not None
                counted.top_fields += above == 0
                counted.depth = counted.depth if below else max(counted.depth, above + 1)
                if node.selection_set:
                    open_sets.append((node.selection_set, above + 1, below))
    return counted


def _whole_fragments(counted: Mapping[str, _Counted]) -> dict[str, Size]:
    whole: dict[str, Size] = {}
    for name in _innermost_first(counted):
        whole[name] = _with_spreads(counted[name], whole)
    return whole


def _with_spreads(own: _Counted, fragments: Mapping[str, Size]) -> Size:
    # A fragment that is not among them is unknown, or part of a cycle: validation refuses both.
    spreads = [(fragments.get(name, Size()), above, introspecting) for name, above, introspecting in own.spreads]
    depths = (above + inner.depth for inner, above, introspecting in spreads if inner.depth and not introspecting)
    return Size(
        depth=max(own.depth, *depths, 0),
        fields=own.fields + sum(inner.fields for inner, _, _ in spreads),
        aliases=own.aliases + sum(inner.aliases for inner, _, _ in spreads),
        root_fields=own.top_fields + sum(inner.root_fields for inner, above, _ in spreads if above == 0),
        directives=own.directives + sum(inner.directives for inner, _, _ in spreads),
        introspects=own.introspects or any(inner.introspects for inner, _, _ in spreads),
    )


def _innermost_first(counted: Mapping[str, _Counted]) -> Iterator[str]:
    seen: set[str] = set()
    for start in counted:
        trail = [] if start in seen else [(start, _spread_in(counted, start))]
        seen.add(start)
        while trail:
            name, inner = trail[-1]
            following = next((other for other in inner if other not in seen), None)
            if following is None:
                trail.pop()
                yield name
            else:
                seen.add(following)
                trail.append((following, _spread_in(counted, following)))


def _spread_in(counted: Mapping[str, _Counted], name: str) -> Iterator[str]:
    return iter({spread for spread, _, _ in counted[name].spreads if spread in counted})
