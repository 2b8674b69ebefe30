"""Layouts, notification preferences, and announcements with who has read them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "dashboard_layout",
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("phase", sa.String(64)),
        sa.Column("widgets", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "name", name="pk_dashboard_layout"),
        sa.UniqueConstraint("person", "phase", name="uq_dashboard_layout_person_phase"),
    )
    op.create_table(
        "notification_setting",
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "category", "channel", name="pk_notification_setting"),
    )
    op.create_table(
        "quiet_hours",
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("matter", sa.String(64), nullable=False),
        sa.Column("starts", sa.Time()),
        sa.Column("ends", sa.Time()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "matter", name="pk_quiet_hours"),
    )
    op.create_table(
        "announcement",
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("entry", sa.String(512), nullable=False),
        sa.Column("campus", sa.String(64), nullable=False),
        sa.Column("sender_kind", sa.String(64), nullable=False),
        sa.Column("sender_name", sa.JSON(), nullable=False),
        sa.Column("priority", sa.String(64), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("link", sa.Text()),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("system", "entry", name="pk_announcement"),
    )
    op.create_index("ix_announcement_published_at", "announcement", ["published_at"])
    op.create_table(
        "announcement_audience",
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("entry", sa.String(512), nullable=False),
        sa.Column("part", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("system", "entry", "part", "code", name="pk_announcement_audience"),
        _with_its_announcement("announcement_audience"),
    )
    op.create_table(
        "announcement_read",
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("entry", sa.String(512), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "system", "entry", name="pk_announcement_read"),
        _with_its_announcement("announcement_read"),
    )
    op.create_index("ix_announcement_read_system_entry", "announcement_read", ["system", "entry"])
    op.create_table(
        "announcement_feed",
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("system", name="pk_announcement_feed"),
    )


def downgrade() -> None:
    op.drop_table("announcement_feed")
    op.drop_table("announcement_read")
    op.drop_table("announcement_audience")
    op.drop_table("announcement")
    op.drop_table("quiet_hours")
    op.drop_table("notification_setting")
    op.drop_table("dashboard_layout")


def _with_its_announcement(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["system", "entry"],
        ["announcement.system", "announcement.entry"],
        name=f"fk_{table}_announcement",
        ondelete="CASCADE",
    )
