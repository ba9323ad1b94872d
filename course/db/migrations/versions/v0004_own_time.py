"""own time: a run is held live, or its sessions are taken in one's own time with a partner

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mode", sa.String(length=80), server_default=sa.text("'live'"), nullable=False))
        batch_op.create_check_constraint("mode_known", "mode IN ('live', 'own-time')")

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_attendance_how_known"), type_="check")
        batch_op.create_check_constraint("how_known", "how IN ('staff', 'code', 'talk')")
