"""What the token says of the viewer."""

from datetime import datetime

from strawberry import Parent

from .context import Info
from .viewer import Viewer


def viewer(info: Info) -> Viewer:
    return info.context.viewer


def person(viewer: Parent[Viewer]) -> str | None:
    return viewer.person or None


def client(viewer: Parent[Viewer]) -> str | None:
    return viewer.client or None


def affiliations(viewer: Parent[Viewer]) -> list[str]:
    return sorted(viewer.affiliations)


def campuses(viewer: Parent[Viewer]) -> list[str]:
    return sorted(viewer.campuses)


def languages(viewer: Parent[Viewer]) -> list[str]:
    return list(dict.fromkeys(viewer.languages))


def scopes(viewer: Parent[Viewer]) -> list[str]:
    return sorted(viewer.scopes)


def expires_at(viewer: Parent[Viewer]) -> datetime | None:
    return viewer.expires_at
