"""Brings the tables to another version, by whichever process comes first while all others wait."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from .version import LATEST, NEWEST, version_of


async def migrate(engine: AsyncEngine, target: str = LATEST) -> tuple[str | None, str | None]:
    """The version before and after; `target` is a revision of migrations/versions, LATEST, or NONE.

    All steps or none are taken. Raises UpstreamError where the tables are of a version unknown here, as those of a
    newer gateway; ValueError where there is no such target.
    """
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
    if target == LATEST:
        async with engine.connect() as connection:
            if await connection.run_sync(version_of) == NEWEST:
                return NEWEST, NEWEST
    # Alembic takes 12 MB of each process that has read it, and most start with nothing to migrate.
    from .upgrading import upgraded

    async with engine.connect() as connection:
        # On SQLite this waits for all writers and keeps them out; PostgreSQL has a lock for it.
        await connection.execution_options(begin="BEGIN EXCLUSIVE")
        async with connection.begin():
            return await connection.run_sync(upgraded, target)
