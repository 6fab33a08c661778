"""Alembic's entry: runs the migrations on the connection that `data.database.migrate` gives it."""

from alembic import context

from data.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
