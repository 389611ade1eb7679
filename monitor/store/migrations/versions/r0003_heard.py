"""What a line's device said, kept with the line's state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; nothing is known of what was said before."""
    op.add_column("line_state", sa.Column("heard", sa.Text()))
