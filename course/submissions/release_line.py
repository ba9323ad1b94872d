"""The line by which one release is told from another without a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course.content.catalogue import Activity, Field

SHORT = 26
"""Chosen answers of at most so many signs make the line a release is recognised by."""
MOST = 4


def release_line(activity: Activity, data: Mapping[str, Any]) -> str:
    """The first short choices: »40–49 år · Rengøring · Ryg«; empty where none is chosen."""
    fields = activity.form.fields.values() if activity.form else ()
    texts = [text for field in fields if field.id in data for text in _chosen(field, data[field.id])]
    return " · ".join([text for text in texts if len(text) <= SHORT][:MOST])


def _chosen(field: Field, value: object) -> list[str]:
    if field.type == "choice":
        return [field.option_text(str(value))]
    if field.type == "choices" and isinstance(value, list):
        return [field.option_text(one) for one in value][:1]
    return []
