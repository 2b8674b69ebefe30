"""The objects of one selection, all that are known at once, and where each stands in the response."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from graphql.pyutils import Path

from .plan import PlannedField, Selection


class Siblings:
    """Objects that are asked for the same fields. They are numbered, and so are the response objects made of them."""

    __slots__ = ("_paths", "answers", "found", "objects", "selection")

    def __init__(
        self,
        selection: Selection,
        objects: Sequence[Any],
        answers: Sequence[dict[str, Any]],
        found: "Found | None" = None,
    ) -> None:
        """`found` says where; without it, it is the one object at the root."""
        self.selection = selection
        self.objects = objects
        self.answers = answers
        self.found = found
        self._paths: dict[int, Path] | None = None

    def path_of(self, number: int, field: PlannedField) -> Path:
        """Of a field of one of the objects; made only when somebody needs it."""
        above = None
        if self.found is not None:
            if self._paths is None:
                self._paths = {}
            above = self._paths.get(number)
            if above is None:
                above = self._paths[number] = self.found.position(number).path
        return Path(above, field.key, self.selection.type.name)

    def stands(self, number: int) -> bool:
        """Whether the object is still part of the response: nothing above it has become null."""
        siblings = self
        while siblings.found is not None:
            at = siblings.found.position(number)
            if at.response is not siblings.answers[number]:
                return False
            siblings, number = at.siblings, at.number
        return True


class Position(NamedTuple):
    """A place in the response: a field of an object, or an item of the field's list."""

    siblings: Siblings
    field: PlannedField
    number: int
    """Of the object among its siblings."""
    place: int | None = None
    """Of the item in the list; None for the field as a whole."""

    @property
    def path(self) -> Path:
        path = self.siblings.path_of(self.number, self.field)
        return path if self.place is None else path.add_key(self.place, None)

    @property
    def nullable(self) -> bool:
        return not (self.field.nonnull if self.place is None else self.field.item_nonnull)

    @property
    def response(self) -> Any:
        """What stands there now."""
        value = self.siblings.answers[self.number][self.field.key]
        return value if self.place is None or value is None else value[self.place]

    @property
    def above(self) -> "Position | None":
        """What is lost if this cannot be null; None for the whole response."""
        if self.place is not None:
            return self._replace(place=None)
        return self.siblings.found and self.siblings.found.position(self.number)


class Found(NamedTuple):
    """The objects that siblings have in a field."""

    siblings: Siblings
    field: PlannedField
    owners: Sequence[int]
    """For each object, the number of the sibling that has it."""
    places: Sequence[int] | None
    """For each object, its place in that sibling's list, if the field is one."""

    @classmethod
    def in_lists(cls, siblings: Siblings, field: PlannedField, lists: Sequence[tuple[int, int]]) -> "Found":
        """`lists`: of each sibling that has one, its number and how many objects are in it."""
        owners = [number for number, many in lists for _ in range(many)]
        return cls(siblings, field, owners, [place for _, many in lists for place in range(many)])

    def position(self, number: int) -> Position:
        place = None if self.places is None else self.places[number]
        return Position(self.siblings, self.field, self.owners[number], place)

    def only(self, numbers: Sequence[int]) -> "Found":
        places = None if self.places is None else [self.places[number] for number in numbers]
        return Found(self.siblings, self.field, [self.owners[number] for number in numbers], places)

    def put(self, answers: Sequence[Any]) -> None:
        """Puts what was made of each where it belongs, unless its list is lost."""
        owners, key = self.siblings.answers, self.field.key
        if self.places is None:
            for owner, answer in zip(self.owners, answers, strict=True):
                owners[owner][key] = answer
            return
        for owner, place, answer in zip(self.owners, self.places, answers, strict=True):
            if owners[owner][key] is not None:
                owners[owner][key][place] = answer

    def put_lists(self, lists: Sequence[tuple[int, int]], answers: Sequence[Any]) -> None:
        """Puts each sibling's list, cut out of what was made of the objects of all."""
        owners, key, start = self.siblings.answers, self.field.key, 0
        for owner, many in lists:
            owners[owner][key] = answers[start : start + many]
            start += many
