"""The settings of the Redis through which processes of the gateway tell each other what is new."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from .settings_values import LOOPBACK, Credential, ReadableFile, Section


def _redis_url(text: str) -> str:
    try:
        url = urlsplit(text)
        whole = url.scheme in ("redis", "rediss") and url.hostname and url.port != 0
    except ValueError as error:
        raise ValueError(f"not a Redis: {error}") from error
    if url.username is not None or url.password is not None:
        raise ValueError("holds a user name or password; name them by `credential`")
    database = url.path.removeprefix("/")
    if not whole or url.query or url.fragment or not (database == "" or database.isdecimal()):
        raise ValueError("not a Redis: it must look like rediss://host:port/0")
    if url.scheme == "redis" and url.hostname not in LOOPBACK:
        raise ValueError("must be rediss: what goes over it may be personal, and another machine needs TLS")
    return text


class Redis(Section):
    """What several processes share; not needed by one."""

    url: Annotated[str, AfterValidator(_redis_url)] | None = Field(
        default=None,
        description="rediss://host:port/database, or redis:// on this machine; none for one process.",
    )
    credential: Credential | None = Field(
        default=None, description="The password, and with `username` whose it is; without, the default user's."
    )
    ca_file: ReadableFile | None = Field(
        default=None, description="Certificates (PEM) to trust instead of the machine's."
    )
    prefix: str = Field(
        default="campus-gateway",
        min_length=1,
        description="Begins every key and channel: others may use it too.",
    )

    @property
    def options(self) -> Mapping[str, Any]:
        """What redis-py's `Redis.from_url` takes beside the address."""
        given: dict[str, Any] = {}
        if self.credential:
            given["password"] = self.credential.secret.get_secret_value()
            if self.credential.username:
                given["username"] = self.credential.username
        if self.ca_file:
            given["ssl_ca_certs"] = str(self.ca_file)
        return given
