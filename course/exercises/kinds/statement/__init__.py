"""A functional description, or the doctor's part of a mulighedserklæring, written about a case."""

from course.exercises.kinds.plan import WrittenKind

from .schema import StatementPart

KIND = WrittenKind("statement", StatementPart)
