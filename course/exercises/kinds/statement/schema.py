"""What an author may write of a statement: the same as of a plan."""

from typing import Literal

from course.exercises.kinds.plan.schema import WrittenPart


class StatementPart(WrittenPart):
    kind: Literal["statement"]  # type: ignore[assignment]
