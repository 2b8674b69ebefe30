"""The settings of files that come with a mutation: how many, how large, and who looks for harm in them."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from .settings_values import Section


def _scanner(text: str) -> str:
    try:
        url = urlsplit(text)
        whole = (url.scheme == "tcp" and url.hostname and url.port) or (url.scheme == "unix" and url.path[1:])
    except ValueError as error:
        raise ValueError(f"not a scanner: {error}") from error
    if not whole or url.query or url.fragment or "@" in url.netloc:
        raise ValueError("not a scanner: it must look like tcp://host:port or unix:///path")
    return text


class Uploads(Section):
    """Files that come with a mutation."""

    files: int = Field(default=10, ge=0, description="Files of one request; 0 takes none.")
    file_bytes: int = Field(
        default=10_485_760, ge=1, description="Bytes of one file; a service may want less, and never gets more."
    )
    seconds: float = Field(default=120.0, gt=0, description="Seconds until an operation with files is answered.")
    scanner: Annotated[str, AfterValidator(_scanner)] | None = Field(
        default=None,
        description="Where clamd listens, tcp://host:port or unix:///path. What it finds harmful is not taken, "
        "and no file is while it does not answer. Without it nobody looks.",
    )
