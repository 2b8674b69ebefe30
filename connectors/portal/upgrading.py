"""The steps from one version of the tables to another, by alembic; imported only where some are to be taken."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from connectors.wire import UpstreamError

from .database import SYSTEM
from .version import LATEST, NONE, STEPS, version_of

LOCK = 7_201_993_114
"""The advisory lock of PostgreSQL that whoever migrates the portal holds; any number, the same in each version."""


@cache
def versions() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def upgraded(connection: Connection, target: str) -> tuple[str | None, str | None]:
    """The version before and after, within the connection's transaction. See migrate."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    before = version_of(connection)
    known = {each.revision for each in versions().walk_revisions()}
    if before not in {None, *known}:
        raise UpstreamError(SYSTEM, f"its tables are of version {before}, which is not known here")
    if target not in {LATEST, NONE, *known}:
        raise ValueError(f"there is no version {target!r}; known are {', '.join(sorted(known))}")
    if target == LATEST and before == versions().get_current_head():
        return before, before
    config = _config()
    config.attributes["connection"] = connection
    if _below(target, before):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
    return before, version_of(connection)


def _below(target: str, version: str | None) -> bool:
    if target == NONE:
        return True
    older = {each.revision for each in versions().iterate_revisions(version, NONE)} if version else set()
    return target in older - {version}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(STEPS))
    return config
