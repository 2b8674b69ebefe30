"""Settings for the simulated university, in the same words as campus.toml, so that nothing is special about it."""

from collections.abc import Collection, Mapping
from typing import Any

from pipeline.settings_systems import PROTOCOLS, TELLING

from .simulated import Announcement, SimulatedSystem

CAMPUSES = (
    {
        "code": "CWB",
        "name": {"en": "Clear Water Bay", "zh-Hant": "清水灣", "zh-Hans": "清水湾"},
        "timezone": "Asia/Hong_Kong",
        "libraries": (
            {
                "name": "Lee Shau Kee Library",
                "building": {"en": "Lee Shau Kee Library", "zh-Hant": "李兆基圖書館", "zh-Hans": "李兆基图书馆"},
                "latitude": 22.33806,
                "longitude": 114.26421,
            },
            {
                "name": "LSK Business Library",
                "building": {
                    "en": "Lee Shau Kee Business Building", "zh-Hant": "李兆基商學大樓", "zh-Hans": "李兆基商学大楼",
                },
                "room": "G/F",
                "latitude": 22.33336,
                "longitude": 114.26497,
            },
        ),
    },
    {
        "code": "GZ",
        "name": {"en": "Guangzhou", "zh-Hant": "廣州", "zh-Hans": "广州"},
        "timezone": "Asia/Shanghai",
        "libraries": (
            {
                "name": "Guangzhou Main Library",
                "building": {"en": "Library", "zh-Hant": "圖書館", "zh-Hans": "图书馆"},
                "latitude": 22.88962,
                "longitude": 113.47643,
            },
            {
                "name": "E1 Learning Commons",
                "building": {"en": "Building E1", "zh-Hant": "E1 座", "zh-Hans": "E1 座"},
                "room": "1F",
                "latitude": 22.88934,
                "longitude": 113.47781,
            },
        ),
    },
)  # fmt: skip

ACCOUNTS: Mapping[str, list[dict[str, str]]] = {
    "sis-cwb": [{"claim": "cwb_sis_id"}, {"system": "sis-gz", "identifier": "x-cwb-sis-id"}],
    "sis-gz": [{"claim": "gz_sis_id"}, {"system": "sis-cwb", "identifier": "x-gz-sis-id"}],
    "library-cwb": [{"claim": "library_id"}, {"system": "sis-cwb", "identifier": "x-library-id"}],
    "library-gz": [{"claim": "gz_library_id"}, {"system": "sis-gz", "identifier": "x-gz-library-id"}],
    "onestop-gz": [
        {"claim": "onestop_id"},
        {"system": "sis-gz", "identifier": "x-onestop-id"},
        {"system": "sis-cwb", "identifier": "x-onestop-id"},
    ],
    "tickets-cwb": [
        {"claim": "ticket_address"},
        {"system": "sis-cwb", "identifier": "x-ticket-address"},
        {"system": "sis-gz", "identifier": "x-ticket-address"},
    ],
    "life-gz": [{"claim": "gz_card_number"}, {"system": "sis-gz", "identifier": "x-gz-card-number"}],
    "life-cwb": [{"claim": "cwb_resident_id"}, {"system": "sis-cwb", "identifier": "x-cwb-resident-id"}],
    "facilities-gz": [
        {"claim": "gz_booking_user"},
        {"system": "sis-gz", "identifier": "x-gz-booking-user"},
        {"system": "sis-cwb", "identifier": "x-gz-booking-user"},
    ],
}
"""A campus's issuer releases its own people's accounts in every system; of a guest only the number at that campus."""

BASIC_USER = "gateway"
"""Systems that sign in by name and secret know the gateway by this name."""

OPTIONS: Mapping[str, dict[str, str]] = {
    "koha": {
        "currency": "CNY",
        "link_field": "Access link",
        "campuses_field": "Campuses",
        "affiliations_field": "Authorised users",
    },
    "librebooking": {"most_a_day": "2"},
    "request_tracker": {"user": "campus-portal"},
}
"""What protocols have to be told besides."""

PUBLIC = frozenset({"atom", "gtfs", "hkma", "sru"})
"""Protocols of the sandbox that are open to everybody."""


def document(told: Announcement, own: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of the simulated university under those of a file: whatever the file names, it replaces.

    The file's own entries stand first in each list, so that what is wrong with them is told by their place in the file.
    """
    own_systems = own.get("systems", [])
    replaced = {system.get("id"): system for system in own_systems if isinstance(system, dict)}
    public = {name for name, system in replaced.items() if not _personal(system)}
    own_campuses = own.get("campuses", [])
    described = {campus.get("code") for campus in own_campuses if isinstance(campus, dict)}
    issuers = [
        {
            "id": f"identity-{each.campus.lower()}",
            "campus": each.campus,
            "issuer": each.issuer,
            "audience": each.audience,
        }
        for each in told.issuers
    ]
    return {
        **own,
        "server": {"cors_origins": ["http://localhost:*", "http://127.0.0.1:*"], **own.get("server", {})},
        "portal": {"url": f"sqlite:///{told.data_dir}/portal.sqlite", **own.get("portal", {})},
        "campuses": [*own_campuses, *(each for each in CAMPUSES if each["code"] not in described)],
        "issuers": [*own.get("issuers", []), *issuers],
        "systems": [*own_systems, *(_system(each, public) for each in told.systems if each.id not in replaced)],
    }


def secrets(told: Announcement) -> dict[str, str]:
    """What stands in for the environment, where the settings look for each system's secret."""
    asked = {_variable(system): system.secret.removeprefix(f"{BASIC_USER}:") for system in told.systems}
    return asked | {f"{_variable(system)}_EVENTS": system.signing_secret for system in told.systems}


def _personal(system: Mapping[str, Any]) -> bool:
    """Whether a system of the file knows persons; one that is not understood is complained of elsewhere."""
    protocols = PROTOCOLS.get(str(system.get("kind")), {})
    return protocols.get(str(system.get("protocol")), True)


def _system(system: SimulatedSystem, public: Collection[Any]) -> dict[str, Any]:
    """Its settings. An account is not looked up in what the file replaced by a system that knows no persons."""
    settings: dict[str, Any] = {
        "id": system.id,
        "kind": system.kind,
        "campus": system.campus,
        "protocol": system.protocol,
        "url": system.url,
    }
    if system.protocol not in PUBLIC:
        ways = [way for way in ACCOUNTS[system.id] if way.get("system") not in public]
        settings |= {"account": ways, "credential": {"env": _variable(system)}}
    if system.protocol in TELLING:
        settings["events"] = {"env": f"{_variable(system)}_EVENTS"}
    if system.parts:
        settings["parts"] = system.parts
    if system.protocol in OPTIONS:
        settings["options"] = OPTIONS[system.protocol]
    if system.secret.startswith(f"{BASIC_USER}:"):
        settings["credential"]["username"] = BASIC_USER
    return settings


def _variable(system: SimulatedSystem) -> str:
    return f"SANDBOX_{system.id.upper().replace('-', '_')}"
