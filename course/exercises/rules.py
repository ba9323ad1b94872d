"""Which exercise one is given, and when it is done. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from course.content.catalogue import Activity, Exercise
from course.content.kinds import Score

FEWEST_TOGETHER = 5
"""Fewer answers of a run than this are not shown together: one could be told from another."""


def given(exercises: Sequence[Exercise], member: int, finished: int) -> Exercise:
    """The variant that a member is given after so many finished attempts: each in turn, not all members the same
    first.
    """
    return exercises[(member + finished) % len(exercises)]


def exercise_of(activity: Activity, exercise_id: str) -> Exercise | None:
    """One exercise of an activity; the only one for an attempt from before exercises had names."""
    return activity.exercise(exercise_id) or (activity.exercises[0] if not exercise_id else None)


def is_passed(score: Score, passes_at: int) -> bool:
    """Whether a score is enough for the activity to be done. At 0 it is done when it is answered."""
    return score.points * 100 >= passes_at * score.of
