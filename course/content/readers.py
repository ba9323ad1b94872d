"""Readers of the formats a content file may be written in.

Every file says `format: N`. A run pins files as they were when it began, so a reader stays here for as long
as a pinned run may need it: it turns a file of its format into today's models (course.content.schema).
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from course.content import schema

M = TypeVar("M", bound=schema.Part)


class Reader(Protocol):
    """Turns the value of a file into a model; raises pydantic's ValidationError."""

    def __call__(self, model: type[M], value: Mapping[str, Any]) -> M: ...


def _read_format_1(model: type[M], value: Mapping[str, Any]) -> M:
    return model.model_validate(value)


READERS: Mapping[int, Reader] = {1: _read_format_1}


class UnknownFormat(ValueError):
    """A file is written in a format this version cannot read; the message is a Danish sentence."""


def reader_for(value: Mapping[str, Any]) -> Reader:
    """Return the reader of the format a file names; raise UnknownFormat when there is none.

    A file without `format` goes to today's reader, which says that the key is missing.
    """
    number = value.get("format", schema.FORMAT)
    if isinstance(number, int) and not isinstance(number, bool) and number in READERS:
        return READERS[number]
    known = ", ".join(str(known) for known in sorted(READERS))
    raise UnknownFormat(f"format {number} kendes ikke: denne version læser format {known}")
