"""What an analysis proposes from the case it is about. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course.content.catalogue import Field, FieldColumn, Form, Step


def shown(form: Form, data: Mapping[str, Any]) -> dict[str, str]:
    """Every answer as plain text, by field id: the texts of chosen options, not their ids."""
    return {name: _text(field, data[name]) for name, field in form.fields.items() if name in data}


def _text(field: Field, value: Any) -> str:
    match field.type:
        case "choice":
            return field.option_text(value)
        case "choices":
            return ", ".join(field.option_text(one) for one in value)
        case "lines":
            return "\n".join(value)
        case "rows":
            return "\n".join(_row(field.columns, row) for row in value)
        case "tally":
            return ""
    return str(value)


def _row(columns: tuple[FieldColumn, ...], row: Mapping[str, str]) -> str:
    return ": ".join(_cell(column, row[column.id]) for column in columns if row.get(column.id))


def _cell(column: FieldColumn, value: str) -> str:
    return next((option.text for option in column.options if option.id == value), value)


def proposals(step: Step, data: Mapping[str, Any], case: Form, case_data: Mapping[str, Any]) -> dict[str, str]:
    """Proposed texts by field id, for a step nobody has answered anything in yet."""
    if not case_data or any(field.id in data for field in step.fields):
        return {}
    answers = shown(case, case_data)
    return {field.id: field.prefill.fill(answers).strip() for field in step.fields if field.prefill}
