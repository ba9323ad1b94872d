"""Every table, so that the metadata is complete; and the one way to bring a database up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData

from course.accounts import models as accounts
from course.db import audit
from course.db.base import Base
from course.db.engine import WRITE
from course.exercises import models as exercises
from course.outbox import models as outbox
from course.reviews import models as reviews
from course.runs import models as runs
from course.work import models as work

SUBJECTS = (accounts, audit, exercises, outbox, reviews, runs, work)


def metadata() -> MetaData:
    """The tables as the models describe them."""
    return Base.metadata


def alembic_config() -> Config:
    """Alembic set up without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "db" / "migrations"))
    config.attributes["metadata"] = metadata()
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; does nothing when it is there already."""
    config = alembic_config()
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
