"""The words that settings are made of: addresses, origins, files and secrets, each checked where it is written."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationInfo,
    model_validator,
)

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Surroundings:
    """What a settings file leans on besides itself."""

    directory: Path = field(default_factory=Path)
    """Relative paths in the file start here: the file's own directory."""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


class Section(BaseModel):
    """A table of the settings file: fixed once read, and a key it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def surroundings_of(info: ValidationInfo) -> Surroundings:
    return info.context if isinstance(info.context, Surroundings) else Surroundings()


def http_url(text: str) -> str:
    """The URL without its final slash. Raises ValueError if it is none, or holds more than scheme, host and path."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise ValueError(f"not a URL: {error}") from error
    if url.scheme not in {"http", "https"} or not url.hostname or port == 0:
        raise ValueError("not a URL: it must look like https://host/path")
    if url.username is not None or url.password is not None:
        raise ValueError("holds a user name or password; secrets belong into the environment or a file")
    if url.query or url.fragment:
        raise ValueError("must end with the path: no ? and no #")
    return text.rstrip("/")


def _origin(text: str) -> str:
    host, _, port = text.rpartition(":")
    url = urlsplit(host if port == "*" else http_url(text))
    if url.scheme not in {"http", "https"} or url.path or url.query or text.endswith("/"):
        raise ValueError("not an origin: it must look like https://host or https://host:port")
    if port == "*" and url.hostname not in LOOPBACK:
        raise ValueError("any port (:*) is for localhost only; name the port")
    return text.lower()


def _secure_url(text: str) -> str:
    url = urlsplit(http_url(text))
    if url.scheme != "https" and url.hostname not in LOOPBACK:
        raise ValueError("must be https: who can change an issuer's keys on their way can sign in as anybody")
    # Unlike other addresses an issuer's is compared letter by letter with the token's `iss`, so a final slash stays.
    return text


def _readable_file(path: Path, info: ValidationInfo) -> Path:
    found = surroundings_of(info).directory / path
    if not found.is_file():
        raise ValueError(f"there is no file {found}")
    return found


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("not a time zone: it must be a name of the IANA database, such as Asia/Hong_Kong") from error
    return name


HttpUrl = Annotated[str, AfterValidator(http_url)]
IssuerUrl = Annotated[str, AfterValidator(_secure_url)]
Origin = Annotated[str, AfterValidator(_origin)]
ReadableFile = Annotated[Path, AfterValidator(_readable_file)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
"""Small letters, digits and hyphens: it stands in errors, logs and opaque ids."""
CampusCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,15}$")]


class Credential(Section):
    """Where a secret lies; never the secret itself. It is read once, when the settings are."""

    env: str | None = Field(default=None, description="Name of the environment variable that holds the secret.")
    file: Path | None = Field(
        default=None, description="File that holds the secret and nothing else; a final newline is cut."
    )
    username: str | None = Field(
        default=None,
        description="For systems that want a name besides the secret: of HTTP Basic, or the id of an OAuth2 client.",
    )
    _secret: SecretStr = PrivateAttr(default=SecretStr(""))

    @property
    def secret(self) -> SecretStr:
        return self._secret

    @model_validator(mode="after")
    def _read(self, info: ValidationInfo) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("name the secret's place by either env or file")
        around = surroundings_of(info)
        if self.env is not None:
            secret = around.environ.get(self.env, "")
            if not secret:
                raise ValueError(f"the environment variable {self.env} is not set")
        else:
            place = around.directory / (self.file or "")
            try:
                secret = place.read_text(encoding="utf-8").strip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                raise ValueError(f"the secret's file {place} cannot be read") from error
            if not secret:
                raise ValueError(f"the secret's file {place} is empty")
        self._secret = SecretStr(secret)
        return self
