"""For how long a receiver asked to be left alone, so that the next run does so too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; what was asked for before is not known."""
    op.add_column("attempt", sa.Column("retry_after_s", sa.Float(53)))
