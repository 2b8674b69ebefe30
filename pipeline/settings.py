"""Everything that can be set: campus.toml, read once at start and checked before anything is opened."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from campus.grades import HKUST

from .settings_caches import Caches
from .settings_documents import Documents
from .settings_events import Events
from .settings_metrics import Metrics
from .settings_portal import Portal
from .settings_problems import SettingsError, sentences
from .settings_redis import Redis
from .settings_subscriptions import Subscriptions
from .settings_systems import ByClaim, ByLookUp, System, unending
from .settings_uploads import Uploads
from .settings_values import CampusCode, Id, IssuerUrl, Origin, ReadableFile, Section, Surroundings, TimeZone

__all__ = [
    "Caches",
    "Campus",
    "Documents",
    "Events",
    "Execution",
    "Issuer",
    "Limits",
    "Metrics",
    "Portal",
    "Server",
    "Settings",
    "SettingsError",
    "read_toml",
    "settings_from",
]


OWN = "portal"
"""What errors call the gateway's own store."""


class Server(Section):
    """Where the gateway listens, and which web pages may call it."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535, description="0 takes any free port.")
    cors_origins: tuple[Origin, ...] = Field(
        default=(),
        description="Exact origins of the web pages that may read answers; http://localhost:* takes any port.",
    )


class Limits(Section):
    """How much one request may ask for."""

    body_bytes: int = Field(default=262_144, ge=1, description="Bytes of a request body.")
    tokens: int = Field(default=4_000, ge=1, description="Lexical tokens of a document.")
    depth: int = Field(default=12, ge=1, description="Fields inside one another; introspection is not counted.")
    fields: int = Field(default=1_000, ge=1, description="Fields, those of a fragment as often as it is spread.")
    aliases: int = Field(default=30, ge=0)
    root_fields: int = Field(default=40, ge=1)
    directives: int = Field(default=50, ge=0)
    introspection: Literal["always", "signed_in", "never"] = Field(
        default="always", description="Who may ask for the schema itself."
    )
    operation_seconds: float = Field(
        default=8.0, gt=0, description="Seconds until an operation is answered, whatever stands."
    )
    remembered_characters: int = Field(
        default=200_000, ge=1, description="Text of the documents kept parsed; one character takes about 300 bytes."
    )


class Execution(Section):
    """How operations are run."""

    plans: bool = Field(default=True, description="By compiled plans; otherwise all by graphql-core, which is slower.")
    shadow: bool = Field(
        default=False,
        description="Queries run by graphql-core too, which asks systems twice; the log says where answers differ.",
    )

    @model_validator(mode="after")
    def _compares_something(self) -> Self:
        if self.shadow and not self.plans:
            raise ValueError("shadow: without plans there is nothing to compare")
        return self


class Library(Section):
    """Where a branch of a campus's library stands, which no catalogue tells."""

    name: str = Field(min_length=1, description="As the catalogue has it.")
    building: Mapping[Literal["en", "zh-Hant", "zh-Hans"], str] = Field(
        min_length=1, description="Name of the building by language."
    )
    room: str | None = Field(default=None, description="Where it has not a whole building.")
    latitude: float = Field(ge=-90, le=90, description="Degrees north (WGS 84).")
    longitude: float = Field(ge=-180, le=180, description="Degrees east (WGS 84).")


class Campus(Section):
    """One campus of the university."""

    code: CampusCode
    name: Mapping[Literal["en", "zh-Hant", "zh-Hans"], str] = Field(description="Its name by language.")
    timezone: TimeZone = Field(description="IANA name, such as Asia/Hong_Kong.")
    grade_points: Mapping[str, Decimal] = Field(
        default=HKUST.points, description="What a credit of each grade counts in averages."
    )
    uncounted_grades: tuple[str, ...] = Field(
        default=tuple(sorted(HKUST.uncounted)),
        description="Grades that count in no average. Over any other, none is worked out.",
    )
    libraries: tuple[Library, ...] = Field(default=(), description="Where its libraries stand.")

    @model_validator(mode="after")
    def _named_in_english(self) -> Self:
        if not self.name.get("en"):
            raise ValueError("name: `en` is needed, for whoever reads none of the other languages")
        return self


class Issuer(Section):
    """An OpenID Connect provider whose access tokens are believed."""

    id: Id = Field(description="Its name in errors and logs.")
    campus: CampusCode
    issuer: IssuerUrl = Field(description="Exactly as tokens have it in `iss`; discovery starts here.")
    audience: str = Field(min_length=1, description="What tokens for this gateway have in `aud`.")
    clients: tuple[str, ...] | None = Field(
        default=None, description="Applications (azp, client_id) whose tokens are taken; all, if not given."
    )
    accounts: tuple[str, ...] | None = Field(
        default=None,
        description="Claims in which its tokens may name accounts; all that systems ask for, if not given. "
        "Where different people run the issuers, say which of them is believed about which accounts.",
    )
    ca_file: ReadableFile | None = Field(
        default=None, description="Certificates (PEM) to trust instead of the machine's."
    )


class Settings(Section):
    """The whole of campus.toml."""

    server: Server = Server()
    limits: Limits = Limits()
    documents: Documents = Documents()
    execution: Execution = Execution()
    subscriptions: Subscriptions = Subscriptions()
    uploads: Uploads = Uploads()
    metrics: Metrics = Metrics()
    redis: Redis = Redis()
    caches: Caches = Caches()
    events: Events = Events()
    # Checked where it is left out as well, so that the default file lies where a relative path begins.
    portal: Portal = Field(default_factory=dict, validate_default=True)
    campuses: tuple[Campus, ...] = ()
    issuers: tuple[Issuer, ...] = ()
    systems: tuple[System, ...] = ()

    @property
    def campus_of(self) -> Mapping[str, str]:
        """Id of a system or an issuer -> code of the campus that runs it."""
        return {place.id: place.campus for place in self._places}

    @property
    def _places(self) -> tuple[System | Issuer, ...]:
        return (*self.systems, *self.issuers)

    @property
    def account_claims(self) -> frozenset[str]:
        """The claims in which tokens may name an account."""
        return frozenset(way.claim for system in self.systems for way in system.account if isinstance(way, ByClaim))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = [
            *_twice("campuses", "code", (campus.code for campus in self.campuses)),
            *_twice("issuers", "issuer", (issuer.issuer for issuer in self.issuers)),
            *_twice("systems and issuers", "id", (place.id for place in self._places)),
            *(f"systems and issuers: the id {OWN!r} is the gateway's own" for place in self._places if place.id == OWN),
            *self._campuses_missing(),
            *self._ways_missing(),
            *self._redis_missing(),
        ]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _redis_missing(self) -> Iterable[str]:
        if self.caches.shared and self.redis.url is None:
            yield "caches.shared: there is no [redis] to share them in"

    def _campuses_missing(self) -> Iterable[str]:
        declared = {campus.code for campus in self.campuses}
        for index, issuer in enumerate(self.issuers):
            if issuer.campus not in declared:
                yield f"issuers[{index}].campus: {issuer.campus!r} is not among the [[campuses]]"
        for index, system in enumerate(self.systems):
            if system.campus not in declared:
                yield f"systems[{index}].campus: {system.campus!r} is not among the [[campuses]]"

    def _ways_missing(self) -> Iterable[str]:
        ids = {system.id for system in self.systems}
        public = {system.id for system in self.systems if not system.personal}
        for index, system in enumerate(self.systems):
            for number, way in enumerate(system.account):
                if isinstance(way, ByLookUp) and way.system not in ids - {system.id}:
                    yield f"systems[{index}].account[{number}].system: there is no other system {way.system!r}"
                elif isinstance(way, ByLookUp) and way.system in public:
                    yield f"systems[{index}].account[{number}].system: {way.system!r} knows no persons"
        if lost := unending(self.systems):
            yield f"systems: the accounts in {', '.join(lost)} can never be found: their look-ups lead to no claim"


def _twice(section: str, key: str, values: Iterable[str]) -> Iterable[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{section}: {key} {value!r} is given {times} times; each must be its own"


def read_toml(path: Path) -> dict[str, Any]:
    """The file as it stands, unchecked. Raises SettingsError if it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(path.name, [f"cannot be read: {error.strerror} ({path})"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path.name, [f"not TOML: {error}"]) from error


def settings_from(document: Mapping[str, Any], *, source: str, surroundings: Surroundings) -> Settings:
    """Settings out of a parsed document; `source` names it in messages. Raises SettingsError with every fault found."""
    try:
        return Settings.model_validate(document, context=surroundings)
    except ValidationError as error:
        raise SettingsError(source, sentences(error)) from error
