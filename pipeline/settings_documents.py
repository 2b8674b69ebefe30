"""The settings of trusted documents: where applications' own lie, and whether anything else is run."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from .settings_values import Section, surroundings_of


def _documents(path: Path, info: ValidationInfo) -> Path:
    found = surroundings_of(info).directory / path
    if not found.is_dir() and not found.is_file():
        raise ValueError(f"there is no folder and no file {found}")
    return found


class Documents(Section):
    """Documents that are parsed, measured and validated when the gateway starts; the widgets' are always among them."""

    trusted: tuple[Annotated[Path, AfterValidator(_documents)], ...] = Field(
        default=(),
        description="Folders of `<id>.graphql`, or manifests (JSON) as build tools of Apollo, Relay or GraphQL Codegen "
        "write them. A document's id is what clients send as `documentId`.",
    )
    public_seconds: int = Field(
        default=30,
        ge=0,
        description="Seconds for which whoever stands in between, as a CDN, may answer a GET of a trusted document "
        "again by itself, if all of it is public and nobody is signed in.",
    )
    only_trusted: bool = Field(default=False, description="Whether documents of any other text are refused.")
