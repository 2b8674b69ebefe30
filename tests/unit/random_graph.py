"""A random schema of Strawberry's, and a world for it in which much is not as the schema says."""

import asyncio
import datetime
import enum
import random
import sys
from types import ModuleType
from typing import Annotated, Any, NamedTuple

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission

from connectors.reads import Loader
from execution.derived import derived
from execution.guard import Guard
from execution.relation import relation

LEAVES = ("str", "int", "float", "bool", "strawberry.ID", "datetime.datetime", "Colour")

RIGHT: dict[str, list[Any]] = {
    "str": ["a", "", "某"],
    "int": [0, -7, 2**31 - 1],
    "float": [0.5, 3, -1e300],
    "bool": [True, False],
    "strawberry.ID": ["x", 7],
    "datetime.datetime": [datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)],
}

WRONG: list[Any] = [
    None,
    "wrong",
    2**40,
    float("nan"),
    [],
    ["wrong"],
    {},
    b"bytes",
    object,
    ValueError("as a value"),
    True,
]


@strawberry.enum
class Colour(enum.Enum):
    RED = 1
    GREEN = "green"


RIGHT["Colour"] = [Colour.RED, Colour.GREEN, "RED"]


class Kind(NamedTuple):
    """The type of a field: of what, how deep in lists, and at which of these depths it may be null."""

    of: str
    nullable: tuple[bool, ...]
    """For the value and then each item within; as many as it is deep, and one more."""

    def written(self, depth: int = 0) -> str:
        inner = self.of if depth == len(self.nullable) - 1 else f"list[{self.written(depth + 1)}]"
        return f"{inner} | None" if self.nullable[depth] else inner


class Member(NamedTuple):
    kind: Kind
    way: str
    """How the field is answered."""


class Refuses(BasePermission):
    message = "refused"

    def has_permission(self, source: Any, info: Any, **arguments: Any) -> bool:
        return chance(source, "permission").random() < 0.8


class RefusesLater(Refuses):
    async def has_permission(self, source: Any, info: Any, **arguments: Any) -> bool:  # type: ignore[override]
        await asyncio.sleep(0)
        return chance(source, "permission").random() < 0.8


class Passes(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
        return next_(source, info, **arguments)

    async def resolve_async(self, next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
        return await next_(source, info, **arguments)


class Watches(Guard):
    def lets_in(self, info: Any) -> bool:
        chosen = chance(None, info.path.as_list()).random()
        if chosen < 0.1:
            raise LookupError("refused")
        return chosen < 0.8


def root(name: str, many: int = 0) -> Any:
    """A resolver for a field of Query."""

    async def found(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        graph = sys.modules[info._field.origin.__module__].graph
        return graph.answer(root, name, Member(Kind(name, (False, True) if many else (True,)), "root"), many)

    return found


def chance(source: Any, *what: Any) -> random.Random:
    """The same for the same object and question, whoever asks and however often."""
    return random.Random(f"{getattr(source, 'seed', None)} {what}")  # noqa: S311  the same each time


class RandomGraph:
    """Types T0, T1, …; some implement Named, some are members of Mixed; every way to answer a field is there."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311  the same each time
        self.names = [f"T{number}" for number in range(rng.randint(2, 4))]
        self.named = [name for name in self.names if rng.random() < 0.6] or self.names[:1]
        self.mixed = rng.sample(self.names, 2)
        self._answers: dict[Any, Any] = {}
        self.fields = {name: self._fields(rng, name) for name in self.names}
        self._module = ModuleType(f"random_graph_{seed}")
        known = {name: value for name, value in globals().items() if not name.startswith("__")}
        vars(self._module).update(known, graph=self, relation=relation, derived=derived, Annotated=Annotated)
        sys.modules[self._module.__name__] = self._module  # where Strawberry looks names of types up
        self.source = self._source()
        exec(self.source, vars(self._module))  # noqa: S102 - written a few lines above
        self.schema: strawberry.Schema = self._module.schema

    def _fields(self, rng: random.Random, owner: str) -> dict[str, Member]:
        fields = {}
        for number in range(rng.randint(5, 8)):
            of = rng.choice([*LEAVES, *self.names, *self.names, "Named", "Mixed"])
            deep = rng.choice([0, 0, 0, 1, 1, 2])
            kind = Kind(of, tuple(rng.random() < 0.6 for _ in range(deep + 1)))
            ways = ["now", "later", "argument", "guarded", "guarded later", "extended", "watched", "watched later"]
            way = rng.choice(["attribute"] * 4 + ["derived"] * 2 + ways)
            if way == "now" and kind.of in self.names and deep == 0 and rng.random() < 0.7:
                way = "relation"
            fields[f"f{number}"] = Member(kind, way)
        return fields

    def _source(self) -> str:
        lines = ["@strawberry.interface", "class Named:", "    name: str | None", ""]
        for name in self.names:
            lines += ["@strawberry.type", f"class {name}({'Named' if name in self.named else ''}):"]
            lines += ["    own: int"]
            for field, member in self.fields[name].items():
                lines += [f"    {line}" for line in _declared(field, member)]
            lines += [""]
        lines += [f"Mixed = Annotated[{' | '.join(self.mixed)}, strawberry.union('Mixed')]", ""]
        lines += ["@strawberry.type", "class Query:"]
        for name in (*self.names, "Named", "Mixed"):
            lines += [
                f"    one_{name}: {name} | None = strawberry.field(resolver=root('{name}'))",
                f"    all_{name}: list[{name} | None] = strawberry.field(resolver=root('{name}', 3))",
            ]
        lines += ["schema = strawberry.Schema(Query, types=[" + ", ".join(self.names) + "])"]
        return "\n".join(lines)

    def made(self, kind: Kind, rng: random.Random, depth: int, at: int = 0) -> Any:
        """A value for a field, or something else in its stead."""
        if rng.random() < 0.06:
            return rng.choice(WRONG)
        if kind.nullable[at] and rng.random() < 0.2:
            return None
        if at < len(kind.nullable) - 1:
            items = [self.made(kind, rng, depth, at + 1) for _ in range(rng.choice([0, 1, 2, 2]))]
            return rng.choice([items, items, items, tuple(items), Iterated(items)])
        if kind.of in RIGHT:
            return rng.choice(RIGHT[kind.of])
        members = {"Named": self.named, "Mixed": self.mixed}.get(kind.of, [kind.of])
        return self.object(rng.choice(members), rng.randrange(10**6), depth - 1)

    def object(self, name: str, seed: int, depth: int) -> Any:
        """An object of a type, its attributes filled in as far as there are any to `depth`."""
        cls = vars(self._module)[name]
        made = object.__new__(cls)
        made.seed = seed
        rng = random.Random(f"{name} {seed} {depth}")  # noqa: S311  the same each time
        made.own = seed
        if name in self.named:
            made.name = rng.choice(["n", None, 5])
        for field, member in self.fields[name].items():
            if member.way == "attribute" and depth > 0 and rng.random() > 0.02:
                setattr(made, field, self.made(member.kind, rng, depth))
        return made

    def answer(self, source: Any, field: str, member: Member, *arguments: Any) -> Any:
        """What a resolver of the field gives: the same objects, whoever asks. Raises now and then."""
        key = (type(source), source.seed, field, arguments)
        if key not in self._answers:
            rng = chance(source, field, arguments)
            broken = member.way != "root" and rng.random() < 0.08
            depth = 3 if member.way == "root" else 2
            self._answers[key] = LookupError if broken else self.made(member.kind, rng, depth)
        if self._answers[key] is LookupError:
            raise LookupError(f"{field} of {source.seed}")
        return self._answers[key]

    def context(self) -> Any:
        """For one operation: a loader by which related objects are found, most of them."""

        async def load(keys: list[tuple[str, int]]) -> list[Any]:
            await asyncio.sleep(0)
            return [KeyError(seed) if seed % 11 == 0 else self._related(name, seed) for name, seed in keys]

        return Loader(load)

    def _related(self, name: str, seed: int) -> Any:
        if (name, seed) not in self._answers:
            self._answers[name, seed] = self.object(name, seed, 2)
        return self._answers[name, seed]


class Iterated:
    """Not a list, but it can be iterated over; and more than once, since two executors do."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __iter__(self) -> Any:
        return iter(self.items)


def _declared(field: str, member: Member) -> list[str]:
    kind, way = member
    said = kind.written()
    quoted = f'"{said}"'
    if way == "attribute":
        return [f"{field}: {quoted}"]
    if way == "relation":
        key = f"lambda source: ({kind.of!r}, source.seed + 1) if source.seed % 7 else None"
        then = (
            f"lambda source, found: found if found.seed % 2 else graph.answer(source, {field!r}, Member({kind!r}, ''))"
        )
        given = f"key={key}, by=lambda loader: loader, then={then}"
        return [f"{field}: {quoted} = strawberry.field(resolver=relation({given}))"]
    if way == "derived":
        read = f"lambda source, *_: graph.answer(source, {field!r}, Member({kind!r}, {way!r}))"
        by = ", by=lambda loader: loader.load" if len(kind.of) % 2 else ""
        return [f"{field}: {quoted} = strawberry.field(resolver=derived({read}{by}))"]
    options = {
        "guarded": "permission_classes=[Refuses]",
        "guarded later": "permission_classes=[RefusesLater]",
        "extended": "extensions=[Passes()]",
        "watched": "extensions=[Watches()]",
        "watched later": "extensions=[Watches()]",
    }.get(way, "")
    argument, given = (
        (", n: int = 1, w: list[str] | None = None", ", n, *(w or ())") if way in ("argument", "watched") else ("", "")
    )
    lines = [f"@strawberry.field({options})"]
    if way in ("later", "extended", "watched later"):
        lines += [f"async def {field}(self) -> {quoted}:", "    await asyncio.sleep(0)"]
    else:
        lines += [f"def {field}(self{argument}) -> {quoted}:"]
    return [*lines, f"    return graph.answer(self, {field!r}, Member({kind!r}, {way!r}){given})"]
