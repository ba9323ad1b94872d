"""Which of one's own works a planner can make paper of. What a form asks tells it: a course decides by its files."""

from __future__ import annotations

from course.content.catalogue import Activity, FieldType, Form

MEETING, RULES, DISCUSSION = "meeting", "rules", "discussion"
_SAID = {MEETING: "Lav den til ark og skærm", RULES: "Lav dem til opslag", DISCUSSION: "Tag det med til drøftelsen"}
_ASKED = {
    MEETING: frozenset({"size", "length", "technique", "first"}),
    DISCUSSION: frozenset({"again", "different", "work", "others"}),
}
"""The fields that a form has which a planner can read."""


def planner_of(form: Form | None) -> str | None:
    """The planner that reads the answers of a form; None when none does."""
    if form is None:
        return None
    rules = form.fields.get("rules")
    if rules is not None and rules.type is FieldType.ROWS and {"owner", "consent"} <= {c.id for c in rules.columns}:
        return RULES
    return next((name for name, fields in _ASKED.items() if fields <= form.fields.keys()), None)


def planner_for(activity: Activity) -> str:
    """What the way to the planner of an activity is called; empty when it has none."""
    found = planner_of(activity.form)
    return _SAID[found] if found is not None else ""
