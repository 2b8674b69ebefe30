"""The settings of what the gateway keeps itself: in which database, and for how long."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from connectors.portal import Database

from .settings_values import Credential, ReadableFile, Section, surroundings_of

SQLITE = "sqlite:///"


def _database_url(text: str, info: ValidationInfo) -> str:
    if text.startswith(SQLITE):
        path = text.removeprefix(SQLITE)
        if not path or "?" in path:
            raise ValueError("not a database: SQLite needs a file, sqlite:///portal.sqlite")
        return f"{SQLITE}{surroundings_of(info).directory / path}"
    try:
        url = urlsplit(text)
        whole = url.scheme == "postgresql" and url.username and url.hostname and url.port != 0 and url.path[1:]
    except ValueError as error:
        raise ValueError(f"not a database: {error}") from error
    if url.password is not None:
        raise ValueError("holds a password; secrets belong into the environment or a file")
    if not whole or url.query or url.fragment:
        raise ValueError("not a database: it must look like sqlite:///file or postgresql://user@host/database")
    return text


class Retention(Section):
    """Days after which what was not changed since is deleted."""

    announcements: int = Field(default=400, ge=1, description="Announcements of the feeds, with who has read them.")
    application_drafts: int = Field(default=180, ge=1, description="Forms that were begun and not handed in.")
    dashboard_layouts: int = Field(default=1_500, ge=1, description="How people arranged their dashboards.")
    notification_preferences: int = Field(
        default=1_500, ge=1, description="What people want to be notified of, and when not."
    )
    notices: int = Field(default=180, ge=1, description="What the portal itself told single people.")
    outcomes: int = Field(
        default=30, ge=1, description="What came of changes that carried a key, so that repeats are told the same."
    )
    pending_writes: int = Field(
        default=90, ge=1, description="Contact details that a system has not taken, until it is given up."
    )

    @property
    def periods(self) -> Mapping[str, timedelta]:
        return {name: timedelta(days=days) for name, days in self.model_dump().items()}


class Portal(Section):
    """The gateway's own store."""

    url: Annotated[str, AfterValidator(_database_url)] = Field(
        default=f"{SQLITE}.campus-gateway/portal.sqlite",
        validate_default=True,
        description="sqlite:///file, or postgresql://user@host:port/database.",
    )
    credential: Credential | None = Field(default=None, description="The password of PostgreSQL's user.")
    ca_file: ReadableFile | None = Field(
        default=None,
        description="Certificates (PEM) to trust instead of the machine's; another machine's PostgreSQL needs TLS.",
    )
    retention: Retention = Retention()

    @property
    def database(self) -> Database:
        password = self.credential.secret.get_secret_value() if self.credential else ""
        return Database(self.url, password, self.ca_file)

    @model_validator(mode="after")
    def _fits_the_database(self) -> Self:
        if self.url.startswith(SQLITE) and (self.credential or self.ca_file):
            raise ValueError("a SQLite file needs neither `credential` nor `ca_file`")
        if self.credential and self.credential.username:
            raise ValueError("the user's name belongs into `url`")
        return self
