"""The settings of one campus system: what it is, where it is, and whose account a viewer has in it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator

from .settings_values import CampusCode, Credential, HttpUrl, Id, ReadableFile, Section

PROTOCOLS: Mapping[str, Mapping[str, bool]] = {
    "sis": {"oeapi": True, "class_schedule": False},
    "library": {"alma": True, "sru": False, "koha": True},
    "onestop": {"flowable": True, "request_tracker": True},
    "gz_campus": {"atom": False, "gtfs": False, "campus_life": True, "librebooking": True},
    "rates": {"hkma": False},
}
"""Kind of system -> protocol -> whether it holds personal data. A new wire module adds itself here."""

PARTS: Mapping[str, frozenset[str]] = {"campus_life": frozenset({"housing", "card"})}
"""Protocols of which a system may serve only some parts, and what these are called: endpoints of the wire module."""

POLITE_REFRESH = {"class_schedule": 900.0}
"""Protocols whose source asks to be read seldom, and the seconds between two readings at least."""

NAMED = frozenset({"flowable", "koha", "librebooking"})
"""Protocols that sign in with a name and a secret, so that `credential.username` is needed."""

NAME = r"(\S.*)?"

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "koha": {"currency": r"[A-Z]{3}", "link_field": NAME, "campuses_field": NAME, "affiliations_field": NAME},
    "librebooking": {"most_a_day": r"([1-9][0-9]?)?"},
    "request_tracker": {"user": r"[^\s]*"},
}
"""What a protocol has to be told besides: the pattern of each option, which may be left out where that allows nothing.

A Koha tells amounts, and not of what money, nor which of the fields that its library added mean what; a LibreBooking
tells nobody the quotas it holds its users to; a Request Tracker tells who wrote, and not for whom.
"""

TELLING = frozenset({"oeapi", "flowable", "request_tracker", "atom", "librebooking"})
"""Protocols of which a type of event is known in resolvers/events.py."""

SECRET_CHARACTERS = 32
"""Of what signs events, at least: as many bytes as SHA-256 gives (RFC 2104, section 3)."""


BY_CLAIM, BY_LOOK_UP = "<by claim>", "<by look-up>"
"""How pydantic tells the two ways apart in the place of an error; no key of the file is called like that."""


class ByClaim(Section):
    """The viewer's token names the account."""

    claim: str = Field(min_length=1, description="Claim of the access token; a string.")


class ByLookUp(Section):
    """Another system knows the account's name here."""

    system: Id = Field(description="Id of the system that is asked; the viewer's account there must be known.")
    identifier: str = Field(min_length=1, description="What that system calls the identifier, such as x-library-id.")


def _way(value: Any) -> str:
    if isinstance(value, ByLookUp) or (isinstance(value, dict) and "claim" not in value):
        return BY_LOOK_UP
    return BY_CLAIM


AccountWay = Annotated[
    Annotated[ByClaim, Tag(BY_CLAIM)] | Annotated[ByLookUp, Tag(BY_LOOK_UP)],
    Discriminator(_way),
]


class ClientCert(Section):
    """The certificate by which the gateway proves itself to a system (mutual TLS), in PEM."""

    cert: ReadableFile
    key: ReadableFile


class System(Section):
    """One campus system that the gateway asks."""

    id: Id = Field(description="Its name in errors, logs and ids; never reused for another system.")
    kind: str = Field(description="What it is for: " + ", ".join(sorted(PROTOCOLS)) + ".")
    campus: CampusCode = Field(description="The campus that runs it; one of [[campuses]].")
    protocol: str = Field(description="What it speaks.")
    url: HttpUrl = Field(description="Where its interface begins.")
    account: tuple[AccountWay, ...] = Field(
        default=(), description="How a viewer's account in it is found; the ways are tried in this order."
    )
    credential: Credential | None = Field(default=None, description="The gateway's own right to ask.")
    events: Credential | None = Field(
        default=None,
        description="The secret, of 32 characters at least, with which it signs what it sends to /events/<id>; none: "
        "it tells nothing by itself.",
    )
    parts: tuple[str, ...] = Field(
        default=(), description="What it serves of a protocol that has parts, such as housing; all, if not given."
    )
    ca_file: ReadableFile | None = Field(
        default=None, description="Certificates (PEM) to trust instead of the machine's."
    )
    client_cert: ClientCert | None = None
    proxy: HttpUrl | None = Field(
        default=None, description="HTTP proxy on the way; the environment's proxies are not used."
    )
    options: Mapping[str, str] = Field(
        default={},
        description="What its protocol has to be told besides; koha: currency, as in ISO 4217, and what the library "
        "called its additional fields: link_field (of packages), campuses_field and affiliations_field (of licences); "
        "librebooking: most_a_day, the bookings one person may have on a day, where its quota says so; "
        "request_tracker: user, the name of the gateway's own user, by which people write.",
    )
    timeout: float = Field(
        default=2.0, gt=0, le=2, description="Seconds one operation may spend on this system, at most 2."
    )
    change_limit: float = Field(
        default=60.0,
        ge=1,
        description="Seconds after which the system, and what is before it, works on no request any longer: until then "
        "a change whose answer was lost is only searched for, and not sent again.",
    )
    live_refresh: float = Field(
        default=15.0,
        ge=5,
        description="Seconds between two questions for what somebody follows (where buses are), while anybody does.",
    )
    personal_refresh: float = Field(
        default=60.0,
        ge=15,
        description="Seconds between two questions for what a person follows (tickets, applications, grades), while "
        "the person does; of a system that has `events`, index_refresh.",
    )
    index_refresh: float = Field(
        default=900.0,
        ge=1,
        description="Seconds after which its public lists (sections, services, stops, exchange rates) are read anew.",
    )

    @property
    def personal(self) -> bool:
        """Whether it holds data on people, so that asking needs an account."""
        return PROTOCOLS[self.kind][self.protocol]

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        if kind not in PROTOCOLS:
            raise ValueError(f"unknown kind {kind!r}; known are {', '.join(sorted(PROTOCOLS))}")
        return kind

    @field_validator("protocol")
    @classmethod
    def _known_protocol(cls, protocol: str, info: ValidationInfo) -> str:
        known = PROTOCOLS.get(info.data.get("kind", ""), {protocol: True})
        if protocol not in known:
            raise ValueError(f"unknown protocol {protocol!r} for this kind; known are {', '.join(sorted(known))}")
        return protocol

    @field_validator("parts")
    @classmethod
    def _known_parts(cls, parts: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = PARTS.get(info.data.get("protocol", ""), frozenset())
        if unknown := sorted(set(parts) - known):
            raise ValueError(
                f"no such part: {', '.join(unknown)}; this protocol has {', '.join(sorted(known)) or 'none'}"
            )
        return parts

    @model_validator(mode="after")
    def _may_be_asked(self) -> Self:
        if self.personal and not self.account:
            raise ValueError("holds personal data, so `account` must say how a viewer's account in it is found")
        if self.personal and self.credential is None and self.client_cert is None:
            raise ValueError("holds personal data, so a `credential` or a `client_cert` is needed to ask it")
        if self.index_refresh < (least := POLITE_REFRESH.get(self.protocol, 0.0)):
            raise ValueError(f"index_refresh: {self.protocol} is read every {least:.0f} seconds at most")
        if self.protocol in NAMED and (self.credential is None or not self.credential.username):
            raise ValueError(f"{self.protocol} signs in by name and secret: `credential` needs a `username`")
        return self

    @model_validator(mode="after")
    def _may_tell(self) -> Self:
        if self.events is None:
            return self
        if self.protocol not in TELLING:
            raise ValueError(f"events: nothing is known that {self.protocol} could tell; leave it out")
        if self.events.username is not None:
            raise ValueError("events: a signature has no user name")
        if len(self.events.secret.get_secret_value()) < SECRET_CHARACTERS:
            raise ValueError(f"events: the secret is shorter than {SECRET_CHARACTERS} characters")
        return self

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        known = OPTIONS.get(self.protocol, {})
        if odd := sorted(self.options.keys() - known.keys()):
            raise ValueError(f"options: {self.protocol} takes no {', '.join(odd)}")
        for name, pattern in known.items():
            if not re.fullmatch(pattern, self.options.get(name, "")):
                raise ValueError(f"options: {self.protocol} needs {name}, which looks like {pattern}")
        return self


def unending(systems: tuple[System, ...]) -> list[str]:
    """Ids of the systems whose account can be found for nobody, since their look-ups only lead to one another."""
    ends: set[str] = set()
    before = -1
    while len(ends) != before:
        before = len(ends)
        ends |= {
            system.id
            for system in systems
            if any(isinstance(way, ByClaim) or way.system in ends for way in system.account)
        }
    return [system.id for system in systems if system.account and system.id not in ends]
