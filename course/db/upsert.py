"""Insert a row, or change the one that is there: the same statement on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .base import Base


def upsert(
    session: Session,
    table: type[Base],
    key: dict[str, Any],
    new: dict[str, Any],
    change: dict[str, Any] | None = None,
    *,
    only_if: ColumnElement[bool] | None = None,
) -> bool:
    """Insert ``key | new``; when ``key`` (a primary or unique key) is there, apply ``change`` – or leave the row alone.

    ``only_if`` is asked of the row that is there. The answer is whether a row was written.
    """
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    statement = insert(table).values(**key, **new)
    if change:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=change, where=only_if)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    assert isinstance(result, CursorResult)
    return result.rowcount > 0
