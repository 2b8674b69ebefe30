"""What a query asks for further below a field, so that a call for it can leave at once."""

from collections.abc import Iterable

from strawberry.types.nodes import FragmentSpread, Selection

from .context import Info


def asked_below(info: Info, name: str) -> bool:
    """Whether a field of this name is asked for anywhere below the field that is being answered."""
    return _asked(info.selected_fields, name)


def _asked(selections: Iterable[Selection], name: str) -> bool:
    return any(
        (not isinstance(each, FragmentSpread) and getattr(each, "name", None) == name) or _asked(each.selections, name)
        for each in selections
        if not _left_out(each)
    )


def _left_out(selection: Selection) -> bool:
    """By @skip or @include."""
    told = selection.directives
    return told.get("skip", {}).get("if") is True or told.get("include", {}).get("if") is False
