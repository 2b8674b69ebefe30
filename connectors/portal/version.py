"""Of which version the tables are."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

LATEST = "head"
NONE = "base"

STEPS = Path(__file__).parent / "migrations"

NEWEST = max(step.stem[1:5] for step in (STEPS / "versions").glob("v*.py"))
"""What LATEST is in this release: steps are numbered, in their names too."""


def version_of(connection: Connection) -> str | None:
    """As alembic has written it; None before its first step, and after the last was taken back."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()
