"""`migrate` and `purge` as an operator runs them, and the purge that a gateway does by itself."""

import asyncio
import sqlite3
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from commands.check import settings_in
from commands.failure import Failure
from commands.migrate import migrate
from commands.purge import purge
from connectors.portal import LATEST, brought_to, metadata
from tests.simulated_campus import University, campus_over

from .command_line import CHECKOUT, Said, said

LAYOUT = "insert into dashboard_layout values (?, 'Exams', null, '[]', ?)"
VERSIONS = sorted(
    file.stem[1:5] for file in (CHECKOUT / "connectors" / "portal" / "migrations" / "versions").glob("v*.py")
)
TABLES = [table.name for table in metadata.sorted_tables if table.info]
"""Those that have a period."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = tmp_path / "campus.toml"
    config.write_text('[portal]\nurl = "sqlite:///kept/portal.sqlite"\nretention = { dashboard_layouts = 30 }\n')
    return config


def run(config: Path, *words: str) -> Said:
    return said(CHECKOUT, *words, "--config", str(config))


def rows(config: Path, statement: str, *values: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(config.parent / "kept/portal.sqlite")) as database, database:
        return database.execute(statement, values).fetchall()


def test_migrate_goes_up_and_down_and_says_so(config: Path) -> None:
    up = run(config, "migrate").out
    assert up == f"portal: the tables were of version none and are of version {VERSIONS[-1]}\n"
    rows(config, LAYOUT, "p-000001", "2020-01-01 00:00:00")
    failed = run(config, "migrate", "--to", "0815")
    assert (failed.status, failed.out) == (1, "")
    known = ", ".join(VERSIONS)
    assert failed.sentence == f"gateway: there is no version '0815'; known are {known}; nothing was changed"
    assert rows(config, "select count(*) from dashboard_layout") == [(1,)]
    down = run(config, "migrate", "--to", "base").out
    assert down.endswith(f"were of version {VERSIONS[-1]} and are of version none\n")
    assert rows(config, "select name from sqlite_master where type = 'table'") == [("alembic_version",)]


async def test_purge_deletes_what_is_over_its_time_or_all_of_one_person_and_counts_it(config: Path) -> None:
    await brought_to(settings_in(config).portal.database, LATEST)
    for person, moment in (("p-1", "2020-01-01"), ("p-2", "2999-01-01"), ("p-3", "2999-01-01")):
        rows(config, LAYOUT, person, f"{moment} 00:00:00.000000")
    purged = run(config, "purge")
    assert purged.out.splitlines() == [f"portal: {int('layout' in name)} deleted from {name}" for name in TABLES]
    assert rows(config, "select person from dashboard_layout order by person") == [("p-2",), ("p-3",)]
    assert "portal: 1 deleted from dashboard_layout" in run(config, "purge", "--person", "p-2").out.splitlines()
    assert rows(config, "select person from dashboard_layout") == [("p-3",)]


@pytest.mark.parametrize(("command", "done"), [(migrate, "changed"), (purge, "deleted")])
def test_where_the_database_cannot_be_reached_nothing_is_done_and_that_is_said(
    config: Path, command: Callable[[Namespace], None], done: str
) -> None:
    (config.parent / "kept").write_text("a file where a folder belongs")
    with pytest.raises(Failure, match=f"^portal: FileExistsError; nothing was {done}$"):
        command(Namespace(config=config, to=LATEST, person=None))


async def test_a_gateway_purges_by_itself(
    university: University, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await brought_to(settings_in(config).portal.database, LATEST)
    for person, moment in (("p-1", "2020-01-01"), ("p-2", "2999-01-01")):
        rows(config, LAYOUT, person, f"{moment} 00:00:00.000000")
    settings = university.settings({"portal": {"url": f"sqlite:///{config.parent}/kept/portal.sqlite"}})
    with caplog.at_level("INFO", logger="gateway.portal"):
        async with campus_over(university, settings) as campus:
            await campus.indexes_filled()
            for _ in range(200):  # in the background, so that nobody waits for it
                if "purged:" in caplog.text:
                    break
                await asyncio.sleep(0.05)
    assert rows(config, "select person from dashboard_layout") == [("p-2",)]
    assert "1 of dashboard_layout" in caplog.text
