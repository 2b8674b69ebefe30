"""What alembic runs around the versions: they share the connection, and the transaction, that it was given."""

from alembic import context

from connectors.portal import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
