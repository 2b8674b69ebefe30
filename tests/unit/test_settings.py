"""campus.toml: what is read from it, and what is said of what is wrong in it."""

import json
import re
import tomllib
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connectors.portal import Database, metadata
from pipeline.settings import Settings, SettingsError, read_toml, settings_from
from pipeline.settings_schema import FILE, settings_schema
from pipeline.settings_systems import ByClaim, ByLookUp
from pipeline.settings_values import Surroundings

EXAMPLE = Path(__file__).parents[2] / "campus.example.toml"
SECRETS = {
    name: f"secret-{name}"
    for name in (
        "SIS_CWB_TOKEN",
        "SIS_GZ_TOKEN",
        "ALMA_KEY",
        "KOHA_SECRET",
        "FLOWABLE_PASSWORD",
        "LIFE_CWB_TOKEN",
        "BOOKING_PASSWORD",
        "REDIS_PASSWORD",
        "ONESTOP_GZ_EVENTS_SIGNING_SECRET",
    )
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with every file that the example names."""
    for name in ("certs/campus-ca.pem", "certs/gateway.pem", "certs/gateway.key"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("-")
    (tmp_path / "documents").mkdir()
    (tmp_path / "portal-documents.json").write_text("{}")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/rt-token").write_text("1-14-abc\n")
    return tmp_path


def read(document: dict[str, Any], place: Path, environ: dict[str, str] = SECRETS) -> Settings:
    return settings_from(document, source="campus.toml", surroundings=Surroundings(place, environ))


def test_the_example_is_good_as_it_stands(place: Path) -> None:
    settings = read(read_toml(EXAMPLE), place)
    assert [system.id for system in settings.systems] == [
        "sis-cwb", "sis-gz", "library-cwb", "library-gz", "onestop-gz", "tickets-cwb", "shuttle-gz", "life-cwb",
        "schedule-cwb", "rates", "catalogue-cwb", "facilities-gz", "notices-cwb",
    ]  # fmt: skip
    sis, tickets, shuttle = settings.systems[0], settings.systems[5], settings.systems[6]
    assert sis.account == (
        ByClaim(claim="cwb_sis_id"),
        ByLookUp(system="sis-gz", identifier="x-cwb-student-number"),
    )
    assert (sis.personal, shuttle.personal) == (True, False)
    assert sis.credential.secret.get_secret_value() == "secret-SIS_CWB_TOKEN"
    assert tickets.credential.secret.get_secret_value() == "1-14-abc"
    assert settings.campus_of["tickets-cwb"] == settings.campus_of["login-cwb"] == "CWB"
    assert settings.account_claims == {
        "cwb_sis_id",
        "gz_sis_id",
        "library_id",
        "gz_library_id",
        "onestop_id",
        "ticket_address",
        "cwb_resident_id",
        "gz_booking_user",
    }
    assert settings.systems[3].options == {
        "currency": "CNY",
        "link_field": "Access link",
        "campuses_field": "Campuses",
        "affiliations_field": "Authorised users",
    }


def test_the_settings_it_leaves_out_are_the_defaults_it_shows(place: Path) -> None:
    with_all = re.sub(r"(?m)^#(?=[a-z])", "", EXAMPLE.read_text())
    settings = read(tomllib.loads(with_all), place)
    assert settings.limits == Settings().limits
    for name in ("only_trusted", "public_seconds"):
        assert getattr(settings.documents, name) == getattr(Settings().documents, name)
    assert settings.documents.trusted == (place / "documents", place / "portal-documents.json")
    assert settings.execution == Settings().execution
    assert settings.metrics.host == Settings().metrics.host
    assert settings.subscriptions == Settings().subscriptions
    assert settings.events == Settings().events
    assert settings.portal.retention == Settings().portal.retention
    plain = read(read_toml(EXAMPLE), place)
    assert settings.portal.url == plain.portal.url == f"sqlite:///{place}/.campus-gateway/portal.sqlite"
    for name in ("timeout", "index_refresh"):
        assert getattr(settings.systems[0], name) == getattr(plain.systems[0], name)
    assert settings.systems[0].client_cert.key == place / "certs/gateway.key"
    assert settings.issuers[0].ca_file == place / "certs/campus-ca.pem"


def test_the_example_shows_every_setting() -> None:
    text = EXAMPLE.read_text()
    schema = Settings.model_json_schema()
    keys = {key for section in (schema, *schema["$defs"].values()) for key in section["properties"]}
    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()


def test_the_schema_file_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == settings_schema(), "write it by python -m pipeline.settings_schema"
    assert json.loads(settings_schema())["additionalProperties"] is False


def test_an_editor_with_the_schema_finds_the_example_good() -> None:
    checker = Draft202012Validator(json.loads(FILE.read_text(encoding="utf-8")))
    assert list(checker.iter_errors(read_toml(EXAMPLE))) == []
    assert list(checker.iter_errors(_changed(read_toml(EXAMPLE), "server.prot", 1)))


def test_secrets_are_never_shown(place: Path) -> None:
    settings = read(read_toml(EXAMPLE), place)
    assert "secret-" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_nothing_needs_to_be_set(place: Path) -> None:
    assert Settings().server.host == "127.0.0.1"
    assert read({}, place).portal.database == Database(f"sqlite:///{place}/.campus-gateway/portal.sqlite")


def test_the_password_of_the_portals_database_lies_elsewhere_too(place: Path) -> None:
    portal = {"url": "postgresql://gateway@db.example.edu/portal", "credential": {"env": "ALMA_KEY"}}
    database = read({"portal": {**portal, "ca_file": "certs/campus-ca.pem"}}, place).portal.database
    assert database == Database(portal["url"], "secret-ALMA_KEY", place / "certs/campus-ca.pem")
    assert "secret-" not in repr(database)


def test_what_redis_is_told_comes_from_its_place(place: Path) -> None:
    (place / "password").write_text("s3cret\n")
    redis = {"url": "rediss://redis.example.edu:6379/2", "credential": {"file": "password", "username": "gateway"}}
    told = read({"redis": redis}, place).redis
    assert told.options == {"password": "s3cret", "username": "gateway"}
    assert (told.url, told.prefix) == ("rediss://redis.example.edu:6379/2", "campus-gateway")
    assert "s3cret" not in repr(told)


def test_retention_periods_are_days(place: Path) -> None:
    periods = read({"portal": {"retention": {"announcements": 30}}}, place).portal.retention.periods
    assert periods == {
        "announcements": timedelta(days=30),
        "application_drafts": timedelta(days=180),
        "dashboard_layouts": timedelta(days=1500),
        "notices": timedelta(days=180),
        "notification_preferences": timedelta(days=1500),
        "outcomes": timedelta(days=30),
        "pending_writes": timedelta(days=90),
    }
    assert set(periods) == {table.info["retention"] for table in metadata.tables.values() if table.info}


FAULTS: list[tuple[str, Any, str]] = [
    ("nope", 1, "campus.toml: unknown key 'nope'"),
    ("server.prot", 1, "campus.toml: server: unknown key 'prot'"),
    ("server.port", "eighty", "campus.toml: server.port: must be a valid integer"),
    ("server.port", 70000, "campus.toml: server.port: must be less than or equal to 65535"),
    ("server.cors_origins", ["*"], "campus.toml: server.cors_origins[0]: not an origin: "),
    ("server.cors_origins", ["https://a.edu/"], "campus.toml: server.cors_origins[0]: not an origin: "),
    ("server.cors_origins", ["https://a.edu:*"], "campus.toml: server.cors_origins[0]: any port (:*) is for localhost"),
    ("limits.introspection", "no", "campus.toml: limits.introspection: must be 'always', 'signed_in' or 'never'"),
    ("limits.depth", 0, "campus.toml: limits.depth: must be greater than or equal to 1"),
    ("execution", {"plans": False, "shadow": True}, "campus.toml: execution: shadow: without plans there is nothing"),
    ("caches", {"shared": True}, "campus.toml: caches.shared: there is no [redis] to share them in"),
    ("caches", {"scale": 0}, "campus.toml: caches.scale: "),
    ("redis", {"url": "memcached://h"}, "campus.toml: redis.url: not a Redis: it must look like rediss://host:port/0"),
    ("redis", {"url": "rediss://h/name"}, "campus.toml: redis.url: not a Redis: it must look like"),
    ("redis", {"url": "redis://h:6379"}, "campus.toml: redis.url: must be rediss: what goes over it may be personal"),
    ("redis", {"url": "redis://:s3cret@localhost"}, "campus.toml: redis.url: holds a user name or password"),
    *(
        ("uploads", {"scanner": wrong}, "campus.toml: uploads.scanner: not a scanner: it must look like tcp://host:port")
        for wrong in ("clamd", "tcp://scanner", "http://scanner:3310", "unix://", "tcp://user@scanner:3310")
    ),
    ("uploads", {"file_bytes": 0}, "campus.toml: uploads.file_bytes: must be greater than or equal to 1"),
    ("subscriptions", {"operations": 0}, "campus.toml: subscriptions.operations: must be greater than or equal to 1"),
    ("portal", {"url": "mysql://u@h/d"}, "campus.toml: portal.url: not a database: it must look like sqlite:///file"),
    ("portal", {"url": "sqlite:///"}, "campus.toml: portal.url: not a database: SQLite needs a file"),
    ("portal", {"url": "postgresql://u@h"}, "campus.toml: portal.url: not a database: it must look like"),
    ("portal", {"url": "postgresql://u@h:x/d"}, "campus.toml: portal.url: not a database: Port could not be"),
    ("portal", {"url": "postgresql://u:p@h/d"}, "campus.toml: portal.url: holds a password"),
    ("portal", {"credential": {"env": "ALMA_KEY"}}, "campus.toml: portal: a SQLite file needs neither"),
    ("portal", {"url": "postgresql://u@h/d", "credential": {"env": "ALMA_KEY", "username": "u"}},
     "campus.toml: portal: the user's name belongs into `url`"),
    ("portal", {"retention": {"announcements": 0}}, "campus.toml: portal.retention.announcements: must be greater"),
    ("systems.2.id", "portal", "campus.toml: systems and issuers: the id 'portal' is the gateway's own"),
    ("campuses.0.timezone", "Mars/Base", "campus.toml: campuses[0].timezone: not a time zone: "),
    ("campuses.0.name", {"zh-Hant": "清水灣"}, "campus.toml: campuses[0]: name: `en` is needed"),
    ("campuses.1.code", "CWB", "campus.toml: campuses: code 'CWB' is given 2 times"),
    ("issuers.0.issuer", "http://login.example.edu", "campus.toml: issuers[0].issuer: must be https"),
    ("issuers.1.id", "sis-cwb", "campus.toml: systems and issuers: id 'sis-cwb' is given 2 times"),
    ("issuers.0.campus", "MARS", "campus.toml: issuers[0].campus: 'MARS' is not among the [[campuses]]"),
    ("systems.2.url", "htp:/x", "campus.toml: systems[2].url: not a URL: it must look like https://host/path"),
    ("systems.2.url", "https://u:p@x.edu", "campus.toml: systems[2].url: holds a user name or password"),
    ("systems.2.url", "https://x.edu/?key=1", "campus.toml: systems[2].url: must end with the path"),
    ("systems.2.url", "https://x.edu:port", "campus.toml: systems[2].url: not a URL: "),
    ("systems.2.timeuot", 1, "campus.toml: systems[2]: unknown key 'timeuot'"),
    ("systems.2.timeout", 2.5, "campus.toml: systems[2].timeout: must be less than or equal to 2"),
    ("systems.2.campus", "MARS", "campus.toml: systems[2].campus: 'MARS' is not among the [[campuses]]"),
    ("systems.2.kind", "zoo", "campus.toml: systems[2].kind: unknown kind 'zoo'; known are gz_campus, library, "),
    ("systems.2.protocol", "gtfs", "campus.toml: systems[2].protocol: unknown protocol 'gtfs' for this kind; "),
    ("systems.2.id", "Library!", "campus.toml: systems[2].id: String should match pattern"),
    ("systems.2.account", [], "campus.toml: systems[2]: holds personal data, so `account` must say"),
    ("systems.2.account", [{"claim": 3}], "campus.toml: systems[2].account[0].claim: must be a valid string"),
    ("systems.2.account", [{"system": "x"}], "campus.toml: systems[2].account[0]: the key 'identifier' is missing"),
    ("systems.2.account", [{"claim": "a", "system": "x"}], "campus.toml: systems[2].account[0]: unknown key 'system'"),
    ("systems.2.account.1.system", "sis-mars", "campus.toml: systems[2].account[1].system: there is no other"),
    ("systems.2.account.1.system", "library-cwb", "campus.toml: systems[2].account[1].system: there is no other"),
    ("systems.2.account.1.system", "shuttle-gz", "campus.toml: systems[2].account[1].system: 'shuttle-gz' knows no"),
    ("systems.8.index_refresh", 899, "campus.toml: systems[8]: index_refresh: class_schedule is read every 900 sec"),
    ("systems.2.credential", None, "campus.toml: systems[2]: holds personal data, so a `credential` or"),
    ("systems.2.credential", {"env": "X"}, "campus.toml: systems[2].credential: the environment variable X is not set"),
    ("systems.2.credential", {"file": "x"}, "campus.toml: systems[2].credential: the secret's file "),
    ("systems.2.credential", {}, "campus.toml: systems[2].credential: name the secret's place by either env or file"),
    ("systems.4.credential", {"env": "ALMA_KEY"}, "campus.toml: systems[4]: flowable signs in by name and secret"),
    ("systems.3.credential", {"env": "KOHA_SECRET"}, "campus.toml: systems[3]: koha signs in by name and secret"),
    ("systems.3.options", None, "campus.toml: systems[3]: options: koha needs currency, which looks like [A-Z]{3}"),
    ("systems.3.options.currency", "yuan", "campus.toml: systems[3]: options: koha needs currency, which looks like"),
    ("systems.3.options.link_field", " ", "campus.toml: systems[3]: options: koha needs link_field, which looks like"),
    ("systems.3.options.colour", "red", "campus.toml: systems[3]: options: koha takes no colour"),
    ("systems.2.options", {"currency": "HKD"}, "campus.toml: systems[2]: options: alma takes no currency"),
    ("systems.2.ca_file", "no.pem", "campus.toml: systems[2].ca_file: there is no file "),
    ("systems.2.client_cert", {"cert": "certs/gateway.pem"}, "campus.toml: systems[2].client_cert: the key 'key' is"),
    ("systems.7.parts", ["card", "pool"], "campus.toml: systems[7].parts: no such part: pool; this protocol has "),
    ("systems.5.parts", ["card"], "campus.toml: systems[5].parts: no such part: card; this protocol has none"),
    ("systems.4.events", {"env": "ALMA_KEY"}, "campus.toml: systems[4]: events: the secret is shorter than 32"),
    ("systems.4.events.username", "u", "campus.toml: systems[4]: events: a signature has no user name"),
    ("systems.2.events", {"env": "ALMA_KEY"}, "campus.toml: systems[2]: events: nothing is known that alma could tell"),
    ("events", {"window_seconds": 4000}, "campus.toml: events.window_seconds: must be less than or equal to 3600"),
    ("systems.2.proxy", "socks://x", "campus.toml: systems[2].proxy: not a URL"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "value", "sentence"), FAULTS, ids=lambda part: str(part)[:40])
def test_each_fault_is_a_sentence_with_its_key(where: str, value: Any, sentence: str, place: Path) -> None:
    with pytest.raises(SettingsError) as error:
        read(_changed(read_toml(EXAMPLE), where, value), place)
    assert any(problem.startswith(sentence) for problem in error.value.problems), str(error.value)


def test_all_faults_are_told_at_once(place: Path) -> None:
    document = _changed(_changed(read_toml(EXAMPLE), "nope", 1), "server.port", -1)
    with pytest.raises(SettingsError) as error:
        read(document, place)
    assert len(error.value.problems) == 2
    assert str(error.value) == "\n".join(error.value.problems)


def test_accounts_that_only_point_at_one_another_are_refused(place: Path) -> None:
    document = read_toml(EXAMPLE)
    for system in document["systems"][:2]:
        system["account"] = system["account"][1:]
    with pytest.raises(SettingsError, match="the accounts in sis-cwb, sis-gz can never be found"):
        read(document, place)


def test_a_file_that_is_missing_or_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"campus\.toml: cannot be read: No such file"):
        read_toml(tmp_path / "campus.toml")
    (tmp_path / "campus.toml").write_text("[server\n")
    with pytest.raises(SettingsError, match=r"campus\.toml: not TOML: .*line 1"):
        read_toml(tmp_path / "campus.toml")


def test_a_third_campus_is_only_settings(place: Path) -> None:
    document = read_toml(EXAMPLE)
    document["campuses"].append({"code": "SZ", "name": {"en": "Shenzhen"}, "timezone": "Asia/Shanghai"})
    document["systems"].append({**deepcopy(document["systems"][0]), "id": "sis-sz", "campus": "SZ"})
    assert read(document, place).campus_of["sis-sz"] == "SZ"


def _changed(document: dict[str, Any], where: str, value: Any) -> dict[str, Any]:
    """The document with another value at a path; None takes the key away."""
    *trail, last = (int(step) if step.isdigit() else step for step in where.split("."))
    inner: Any = document
    for step in trail:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return document
