"""exercises: attempts as logs of steps

Every attempt there was becomes a practice with one step, asked with the content its run is pinned to now.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "practice",
        sa.Column("id", ID, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("activity_id", sa.String(length=80), nullable=False),
        sa.Column("exercise_id", sa.String(length=80), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_digest"], ["content_version.digest"], name=op.f("fk_practice_content_digest")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_practice_membership_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        sa.UniqueConstraint("membership_id", "key", name=op.f("uq_practice_membership_id_key")),
    )
    op.create_index(
        op.f("ix_practice_membership_id_activity_id_id"), "practice", ["membership_id", "activity_id", "id"]
    )
    op.create_table(
        "practice_step",
        sa.Column("practice_id", ID, nullable=False),
        sa.Column("no", ID, nullable=False),
        sa.Column("save_key", sa.String(length=36), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("no > 0", name=op.f("ck_practice_step_no_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_step_practice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("practice_id", "no", name=op.f("pk_practice_step")),
        sa.UniqueConstraint("practice_id", "save_key", name=op.f("uq_practice_step_practice_id_save_key")),
    )
    op.create_table(
        "recall",
        sa.Column("id", ID, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("activity_id", sa.String(length=80), nullable=False),
        sa.Column("exercise_id", sa.String(length=80), nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("was_right", sa.Boolean(), nullable=False),
        sa.Column("by_itself", sa.Boolean(), nullable=False),
        sa.Column("save_key", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_recall_membership_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint(
            "membership_id", "activity_id", "exercise_id", "item_id", "save_key", name="uq_recall_once"
        ),
    )
    _carry_over()
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("practice_id", ID, nullable=True))
        batch_op.add_column(sa.Column("exercise_id", sa.String(length=80), nullable=True))
    op.execute(
        "UPDATE attempt SET exercise_id = '', practice_id = (SELECT practice.id FROM practice"
        " WHERE practice.membership_id = attempt.membership_id AND practice.key = attempt.attempt_key)"
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_attempt_membership_id_attempt_key"), type_="unique")
        batch_op.drop_column("attempt_key")
        batch_op.drop_column("answers")
        batch_op.alter_column("practice_id", existing_type=ID, nullable=False)
        batch_op.alter_column("exercise_id", existing_type=sa.String(length=80), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_attempt_practice_id"), ["practice_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_attempt_practice_id"), "practice", ["practice_id"], ["id"], ondelete="CASCADE"
        )


def _carry_over() -> None:
    """Give every attempt its practice, and its answers as the only step. An empty ``exercise_id`` is the only one that
    the activity has.
    """
    op.execute(
        "INSERT INTO practice (membership_id, activity_id, exercise_id, content_digest, key, started_at)"
        " SELECT attempt.membership_id, attempt.activity_id, '', run.content_digest, attempt.attempt_key, attempt.at"
        " FROM attempt JOIN membership ON membership.id = attempt.membership_id"
        " JOIN run ON run.id = membership.run_id ORDER BY attempt.at, attempt.id"
    )
    name, data = sa.literal("answers"), sa.column("answers")
    if op.get_bind().dialect.name == "sqlite":
        data = sa.func.json_object(name, sa.func.json(data))
    else:
        data = sa.func.jsonb_build_object(name, data)
    practice = sa.table("practice", *map(sa.column, ("id", "membership_id", "key")))
    attempt = sa.table("attempt", *map(sa.column, ("membership_id", "attempt_key", "answers", "at")))
    same = (practice.c.membership_id == attempt.c.membership_id) & (practice.c.key == attempt.c.attempt_key)
    steps = sa.table("practice_step", *map(sa.column, ("practice_id", "no", "save_key", "data", "at")))
    rows = sa.select(practice.c.id, sa.literal(1), practice.c.key, data, attempt.c.at).join_from(
        attempt, practice, same
    )
    op.execute(sa.insert(steps).from_select(["practice_id", "no", "save_key", "data", "at"], rows))
