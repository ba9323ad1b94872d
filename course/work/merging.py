"""Two tabs, one text: what came from where, field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merge:
    """``data`` is the merged text; ``conflicts`` names the fields that both sides changed differently."""

    data: dict[str, Any]
    conflicts: tuple[str, ...]


def merge(base: Data, latest: Data, posted: Data) -> Merge:
    """Put ``posted`` (some fields, begun from ``base``) on top of ``latest``.

    A field conflicts when both the latest text and the posted one differ from the base, and from each other.
    None and a missing field are the same: not answered. In a conflict the latest text stays.
    """
    merged = dict(latest)
    conflicts = []
    for name, value in posted.items():
        was, stands = base.get(name), latest.get(name)
        if value in (stands, was):
            continue
        if stands != was:
            conflicts.append(name)
        elif value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return Merge(merged, tuple(conflicts))
