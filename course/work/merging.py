"""Two pages, one text: what came from where, field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course.content.catalogue import Field

from .weaving import Clash, merge_answer

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merge:
    """``data`` is the merged text; ``conflicts`` names the fields that both sides changed differently."""

    data: dict[str, Any]
    conflicts: tuple[str, ...]


def merge(base: Data, latest: Data, posted: Data, shared: Mapping[str, Field] | None = None) -> Merge:
    """Put ``posted`` (some fields, begun from ``base``) on top of ``latest``.

    A field conflicts when both the latest text and the posted one differ from the base, and from each other.
    ``shared`` are the fields that several people write in: there both changes are put together where they can be.
    None and a missing field are the same: not answered. In a conflict the latest text stays.
    """
    merged = dict(latest)
    conflicts = []
    for name, posted_value in posted.items():
        was, stands, value = base.get(name), latest.get(name), posted_value
        if value in (stands, was):
            continue
        if stands != was:
            try:
                value = _together(shared, name, was, stands, value)
            except Clash:
                conflicts.append(name)
                continue
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return Merge(merged, tuple(conflicts))


def _together(shared: Mapping[str, Field] | None, name: str, was: Any, stands: Any, value: Any) -> Any:
    if shared is None or name not in shared:
        raise Clash
    return merge_answer(shared[name], was, stands, value)
