"""Two people changed one answer since they both last saw it: put both changes together, or say that they clash. Pure.

Texts are put together line by line, lists item by item, rows also cell by cell, choices option by option. What both
wrote at the same place is kept one after the other; what both wrote *instead of* the same is a clash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from course.content.catalogue import Field

from .fields import problem_of

Items = list[Any]


class Clash(Exception):
    """The two changes cannot be put together; somebody must choose."""


@dataclass(frozen=True, slots=True)
class Edit:
    """``new`` stands in the place of the items ``start`` to ``end`` of what both began from."""

    start: int
    end: int
    new: Items


def edits(base: Sequence[Any], changed: Sequence[Any]) -> list[Edit]:
    """What turns ``base`` into ``changed``, from the first place to the last. The items are hashable."""
    matcher = SequenceMatcher(None, base, changed, autojunk=False)
    return [Edit(a, b, list(changed[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def weave(left: Sequence[Any], right: Sequence[Any]) -> Items:
    """Both lists in one: every item of each in its order, what they have in common once."""
    woven: Items = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        woven += left[a:b] if tag == "equal" else [*left[a:b], *right[c:d]]
    return woven


@dataclass(slots=True)
class _Place:
    """A stretch of the base that one side changed, or both, with each side's changes in it."""

    start: int
    end: int
    left: list[Edit]
    right: list[Edit]

    def takes(self, edit: Edit) -> bool:
        """Whether an edit that begins no earlier belongs to the same place."""
        if edit.start == edit.end:
            return self.start < edit.start < self.end or self.start == self.end == edit.start
        return edit.start < self.end


def _places(left: list[Edit], right: list[Edit]) -> list[_Place]:
    places: list[_Place] = []
    both = [(e.start, e.end, 0, e) for e in left] + [(e.start, e.end, 1, e) for e in right]
    for start, end, side, edit in sorted(both, key=lambda one: one[:3]):
        if not places or not places[-1].takes(edit):
            places.append(_Place(start, end, [], []))
        place = places[-1]
        place.end = max(place.end, end)
        (place.right if side else place.left).append(edit)
    return places


def _version(base: Sequence[Any], place: _Place, changes: list[Edit]) -> Items:
    items: Items = []
    at = place.start
    for edit in changes:
        items += [*base[at : edit.start], *edit.new]
        at = edit.end
    return [*items, *base[at : place.end]]


MergeOne = Callable[[Any, Any, Any], Any]


def put_together(
    base: Sequence[Any], left: Sequence[Any], right: Sequence[Any], merge_one: MergeOne | None = None
) -> Items:
    """``base`` with the changes of both sides. ``merge_one`` puts two versions of one item together, where it can.

    Raises:
        Clash: both sides changed the same items, each in its own way.
    """
    merged: Items = []
    at = 0
    for place in _places(edits(base, left), edits(base, right)):
        merged += base[at : place.start]
        merged += _resolved(base, place, merge_one)
        at = place.end
    return [*merged, *base[at:]]


def _resolved(base: Sequence[Any], place: _Place, merge_one: MergeOne | None) -> Items:
    if not (place.left and place.right):
        return _version(base, place, place.left or place.right)
    ours, theirs = _version(base, place, place.left), _version(base, place, place.right)
    if ours == theirs or place.start == place.end:
        return weave(ours, theirs)
    woven = weave(ours, theirs)
    for whole, part in ((ours, theirs), (theirs, ours)):
        if part and woven == whole:  # all of the one stands in the other: it was there before, and has grown
            return whole
    if merge_one is not None and len(ours) == len(theirs) == place.end - place.start:
        before = base[place.start : place.end]
        return [merge_one(*versions) for versions in zip(before, ours, theirs, strict=True)]
    raise Clash


# -- one answer, by the type of its field --------------------------------------------------------------------------


def merge_answer(field: Field, base: Any, latest: Any, posted: Any) -> Any:
    """Both changes of one answer in one. None is not answered.

    Raises:
        Clash: they cannot be put together, or there is no room for both.
    """
    merged = _MERGES.get(field.type, _clash)(field, base, latest, posted)
    if problem_of(field, merged or None) is not None:
        raise Clash
    if field.type in {"lines", "rows"} and len(merged) > (field.max_items or 10):
        raise Clash
    return merged or None


def _clash(_field: Field, _base: Any, _latest: Any, _posted: Any) -> Any:
    raise Clash


def _text(_field: Field, base: str | None, latest: str | None, posted: str | None) -> str:
    if not (latest and posted):
        raise Clash  # one emptied what the other changed
    return "\n".join(put_together(base.split("\n") if base else [], latest.split("\n"), posted.split("\n")))


def _lines(_field: Field, base: Items | None, latest: Items | None, posted: Items | None) -> Items:
    return put_together(base or [], latest or [], posted or [])


def _rows(_field: Field, base: Items | None, latest: Items | None, posted: Items | None) -> Items:
    def merge_row(was: str, ours: str, theirs: str) -> str:
        return _key(_merge_cells(json.loads(was), json.loads(ours), json.loads(theirs)))

    was, ours, theirs = ([_key(row) for row in side or []] for side in (base, latest, posted))
    rows = put_together(was, ours, theirs, merge_row)
    return [row for one in rows if (row := json.loads(one))]


def _key(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _merge_cells(base: dict[str, Any], latest: dict[str, Any], posted: dict[str, Any]) -> dict[str, Any]:
    merged = {}
    for name in {**base, **latest, **posted}:
        was, ours, theirs = base.get(name), latest.get(name), posted.get(name)
        if ours != was and theirs not in (was, ours):
            raise Clash
        value = theirs if ours == was else ours
        if value is not None:
            merged[name] = value
    return merged


def _ticked(known: Iterable[str], base: Items, latest: Items, posted: Items) -> Items:
    """What is ticked after both: what one of them added, and what neither took away."""
    kept = (set(latest) & set(posted)) | (set(latest) - set(base)) | (set(posted) - set(base))
    return [one for one in dict.fromkeys([*known, *latest, *posted]) if one in kept]


def _choices(field: Field, base: Items | None, latest: Items | None, posted: Items | None) -> Items:
    return _ticked([option.id for option in field.options], base or [], latest or [], posted or [])


def _tally(field: Field, base: Items | None, latest: Items | None, posted: Items | None) -> Items:
    known = [column.id for column in field.columns]
    sides = (base or [], latest or [], posted or [])
    rows = [_ticked(known, was, ours, theirs) for was, ours, theirs in zip_longest(*sides, fillvalue=[])]
    return rows if any(rows) else []


def _profile(_field: Field, base: Any, latest: Any, posted: Any) -> dict[str, Any]:
    return _merge_cells(base or {}, latest or {}, posted or {})


_MERGES: dict[str, Callable[[Field, Any, Any, Any], Any]] = {
    "text": _text,
    "lines": _lines,
    "rows": _rows,
    "choices": _choices,
    "tally": _tally,
    "profile": _profile,
}
