"""Python source for what needs no resolvers: attributes read and values derived, checked, put into response objects."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from strawberry.schema.types.base_scalars import isoformat

from .derived import Derived
from .plain import PlainClasses

TEMPORAL = frozenset({datetime.datetime, datetime.date, datetime.time})

KEPT = "({0}.__class__ is DATETIME and {0}.tzinfo.__class__ is TIMEZONE or {0}.__class__ is DATE)"
"""When a date need not be turned into text. Of another `tzinfo` a distance may have seconds, which orjson rounds."""

AS_THEY_ARE = {
    GraphQLString: "{0}.__class__ is not str",
    GraphQLID: "{0}.__class__ is not str",
    GraphQLBoolean: "{0}.__class__ is not bool",
    GraphQLInt: "({0}.__class__ is not int or not -2147483648 <= {0} <= 2147483647)",
    GraphQLFloat: "({0}.__class__ is not float or not -INFINITY < {0} < INFINITY)",
}
"""Leaf type -> when a value is not already what the response has; otherwise nothing needs to be done."""


class Unusual(Exception):
    """A value that generated code does not handle; graphql-core completes it, or says what is wrong with it."""


@dataclass(slots=True)
class Draft:
    """Source that turns the object in `variable` into a response object."""

    variable: str
    instances_of: str = ""
    """Of which class it must be, where that tells its type."""
    statements: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    loops: int = 0
    """How deep its loops are nested; Python allows twenty."""
    takes_context: bool = False

    @property
    def expression(self) -> str:
        return "{" + ", ".join(self.items) + "}"


class Code:
    """All that is generated for one plan: one module of functions, compiled together."""

    def __init__(self, *, keeps_dates: bool = False) -> None:
        """`keeps_dates`: those that orjson writes as `isoformat` does stay as they are."""
        self.plain = PlainClasses()
        self._keeps_dates = keeps_dates
        self._names: dict[str, Any] = {
            "DATE": datetime.date,
            "DATETIME": datetime.datetime,
            "TIMEZONE": datetime.timezone,
            "INFINITY": float("inf"),
            "TEMPORAL": TEMPORAL,
            "Unusual": Unusual,
            "plain": self.plain,
            "takes": self.plain.takes,
        }
        self._functions: list[str] = []
        self._numbers = 0

    def name(self, prefix: str) -> str:
        """One that nothing else in the module has."""
        self._numbers += 1
        return f"{prefix}{self._numbers}"

    def draft(self, instances_of: type | None) -> Draft:
        """Of an object, which has to be of the class if there is one."""
        return Draft(self.name("object"), self._constant("class", instances_of) if instances_of else "")

    def builder(self, draft: Draft) -> str:
        """Writes a function with the signature of plan.Build; its name."""
        name = self.name("build")
        lines = [
            f"def {name}(objects, odd, context):",
            "    answers = []",
            "    add = answers.append",
            f"    for {draft.variable} in objects:",
            f"        if {_is_object(draft)}:",
            "            try:",
            *_indented(draft.statements, 16),
            f"                add({draft.expression})",
            "                continue",
            "            except Exception:",
            "                pass",
            "        odd.append(len(answers))",
            "        add(None)",
            "    return answers",
        ]
        self._functions.append("\n".join(lines))
        return name

    def converter(self, variable: str, statements: Iterable[str]) -> str:
        """Writes a function from a value to its response; its name."""
        name = self.name("convert")
        self._functions.append(
            "\n".join([f"def {name}({variable}):", *_indented(statements, 4), f"    return {variable}"])
        )
        return name

    def compiled(self) -> tuple[dict[str, Any], str]:
        """The functions by name, and the source."""
        source = "\n\n".join(self._functions) + "\n"
        exec(compile(source, "<plan>", "exec"), self._names)  # noqa: S102 - all of it was written above
        return self._names, source

    def derived(self, declared: Derived, variable: str) -> str:
        """An expression: what is derived of the object in the variable."""
        read = self._constant("read", declared.read)
        if declared.by is None:
            return f"{read}({variable})"
        return f"{read}({variable}, {self._constant('by', declared.by)}(context))"

    def object(self, draft: Draft) -> list[str]:
        """Statements that turn the object in the draft's variable into its response."""
        return [
            f"if not ({_is_object(draft)}): raise Unusual",
            *draft.statements,
            f"{draft.variable} = {draft.expression}",
        ]

    def leaf(self, variable: str, leaf: GraphQLLeafType, *, nonnull: bool) -> list[str]:
        """Statements that turn the value in a variable into its response."""
        coerce = self._constant("coerce", self._coercion(leaf))
        if leaf in AS_THEY_ARE:
            differs = AS_THEY_ARE[leaf].format(variable)
            null = "" if nonnull else f" and {variable} is not None"
            return [f"if {differs}{null}: {variable} = {coerce}({variable})"]
        response = f"{coerce}({variable})"
        if names := _names_of_members(leaf):
            table, of = self._constant("names", names), self._constant("enum", leaf.wrapped_cls)  # type: ignore[union-attr]
            response = f"{table}[{variable}._name_] if {variable}.__class__ is {of} else {response}"
        elif leaf.coerce_output_value is isoformat:
            response = f"{variable}.isoformat() if {variable}.__class__ in TEMPORAL else {response}"
            if self._keeps_dates:
                response = f"{variable} if {KEPT.format(variable)} else {response}"
        made = f"{variable} = {response}"
        return [made if nonnull else f"if {variable} is not None: {made}"]

    def list_of(self, variable: str, item: str, statements: Iterable[str]) -> list[str]:
        """Statements that turn the list in a variable into the list of what `statements` make of each `item`."""
        made = self.name("list")
        return [
            f"if {variable}.__class__ is not list and {variable}.__class__ is not tuple: raise Unusual",
            f"{made} = []",
            f"for {item} in {variable}:",
            *_indented(statements, 4),
            f"    {made}.append({item})",
            f"{variable} = {made}",
        ]

    def _constant(self, prefix: str, value: Any) -> str:
        name = self.name(prefix)
        self._names[name] = value
        return name

    def _coercion(self, leaf: GraphQLLeafType) -> Callable[[Any], Any]:
        coerce, takes = leaf.coerce_output_value, self.plain.takes

        def coerced(value: Any) -> Any:
            if not takes(value.__class__):
                raise Unusual
            response = coerce(value)
            if response is None or response is Undefined:
                raise Unusual
            return response

        return coerced


def _is_object(draft: Draft) -> str:
    """An expression: whether the draft's variable holds an object, and not the promise of one."""
    of = f"{draft.variable}.__class__"
    plain = f"{of} in plain or takes({of})"
    return f"({plain}) and isinstance({draft.variable}, {draft.instances_of})" if draft.instances_of else plain


def unless_null(variable: str, statements: Sequence[str], *, nonnull: bool) -> list[str]:
    """The statements, where the variable is not None; if it must not be, that is unusual."""
    if nonnull:
        return [f"if {variable} is None: raise Unusual", *statements]
    return [f"if {variable} is not None:", *_indented(statements, 4)]


def _names_of_members(leaf: GraphQLLeafType) -> dict[str, str]:
    """Of an enumeration of Strawberry's: name of the member -> name in the schema."""
    members = getattr(leaf, "wrapped_cls", None)
    if not isinstance(leaf, GraphQLEnumType) or members is None:
        return {}
    return {member._name_: leaf.coerce_output_value(member) for member in members}


def _indented(lines: Iterable[str], spaces: int) -> list[str]:
    return [" " * spaces + line for line in lines]
