"""Where the store lies, and how each kind of database is opened: a SQLite file, or PostgreSQL."""

import sqlite3
import ssl
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SYSTEM = "portal"
"""What errors, logs and tallies call the store."""

CONNECTIONS = 10
"""Of one process to PostgreSQL. A visit takes milliseconds, so this many serve some thousand visits a second."""

PATIENCE = 1.5
"""Seconds to wait for a free connection, for PostgreSQL to accept one, and for another's write to SQLite to end."""

HERE = frozenset({None, "localhost", "127.0.0.1", "::1"})
"""Hosts whose connections do not leave the machine."""


@dataclass(frozen=True, slots=True)
class Database:
    """Where the store lies."""

    url: str
    """sqlite:///<path>, or postgresql://<user>@<host>/<database>, without a password."""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    """Certificates (PEM) to trust instead of the machine's, where PostgreSQL is on another machine."""


def engine_of(place: Database) -> AsyncEngine:
    """The engine, unconnected."""
    url = make_url(place.url)
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url.set(drivername="sqlite+aiosqlite"), connect_args={"timeout": PATIENCE, "isolation_level": None}
        )
        event.listen(engine.sync_engine, "connect", _as_we_need_it)
        event.listen(engine.sync_engine, "begin", _begin)
    else:
        arguments: dict[str, Any] = {"timeout": PATIENCE}
        if url.host not in HERE:
            arguments["ssl"] = ssl.create_default_context(cafile=place.ca_file)
        if place.password:
            url = url.set(password=place.password)
        engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            connect_args=arguments,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=PATIENCE,
            pool_pre_ping=True,  # a server that was restarted would else fail each connection of the pool once
        )
    event.listen(engine.sync_engine, "before_cursor_execute", _count)
    return engine


def _as_we_need_it(connection: sqlite3.Connection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # who reads waits for nobody who writes
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not just unlinked
    cursor.close()


def _begin(connection: Connection) -> None:
    """Python's sqlite3 begins transactions late and never around DDL; so this is ours, in the words the visit wants."""
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _count(connection: Connection, _: object, statement: str, *__: object) -> None:
    tally: Counter[str] | None = connection.get_execution_options().get("tally")
    if tally is not None and not statement.startswith("BEGIN"):
        tally[SYSTEM] += 1
