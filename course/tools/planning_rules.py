"""A meeting minute by minute: how the minutes are shared among its parts, and when they do not do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from course.content.planners import MeetingGuide, MeetingPart, Technique
from course.web.danish import listing, minutes, plural

FEWEST, MOST = 2, 200
"""How few and how many people a meeting can be planned for."""
SHORTEST, LONGEST = 5, 180
"""How short and how long, in minutes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: people, minutes, the id of a technique, and whether the ideas are voted on in the end."""

    people: int
    minutes: int
    technique: str
    vote: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A part of the meeting with the minutes it begins and ends at, counted from the beginning."""

    begins: int
    ends: int
    title: str
    do: str
    say: str = ""

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, or why there is none: ``technique`` is the one in it, ``remarks`` say what to know in whole sentences,
    ``others`` are techniques that would do. Without lines it does not fit.
    """

    wanted: Wanted
    technique: Technique
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]
    others: tuple[Technique, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether there is a plan."""
        return bool(self.lines)


def plan(guide: MeetingGuide, wanted: Wanted) -> Plan:
    """Plan a meeting. Its minutes add up exactly; no part gets fewer than it needs, nor more than it can use."""
    technique, remarks = _chosen(guide, wanted)
    parts = _parts(guide, technique, wanted)
    problems = _problems(technique, parts, wanted)
    if problems:
        others = tuple(one for one in guide.techniques.values() if _would_do(guide, one, wanted))
        return Plan(wanted, technique, (), (*remarks, *problems), others)
    given, left = shares([_bounds(part, wanted.people) for part in parts], wanted.minutes)
    lines = _lines(parts, given, guide.spare, left)
    if left:
        remarks = (*remarks, f"Der er {minutes(left)} til overs. Brug dem til at tale videre, eller slut før tid.")
    return Plan(wanted, technique, lines, remarks)


def _chosen(guide: MeetingGuide, wanted: Wanted) -> tuple[Technique, tuple[str, ...]]:
    """The technique, or the one that takes its place when the people are too few for it."""
    technique = guide.techniques[wanted.technique]
    instead = guide.techniques.get(technique.below or "")
    if instead is None or wanted.people >= technique.people[0]:
        return technique, ()
    said = f"{technique.title} er til mindst {technique.people[0]}. I er {wanted.people}, så planen bruger i stedet "
    return instead, (f"{said}{instead.title}.",)


def _parts(guide: MeetingGuide, technique: Technique, wanted: Wanted) -> tuple[MeetingPart, ...]:
    vote = (guide.vote,) if wanted.vote and technique.gathers else ()
    return (guide.opening, *technique.parts, *vote, guide.closing)


def _bounds(part: MeetingPart, people: int) -> tuple[int, int]:
    times = people if part.each else 1
    return part.least * times, part.most * times


def _problems(technique: Technique, parts: Sequence[MeetingPart], wanted: Wanted) -> tuple[str, ...]:
    found = []
    fewest, most = technique.people
    if wanted.people < fewest:
        found.append(f"{technique.title} er til mindst {plural(fewest, 'person', 'personer')}. I er {wanted.people}.")
    if wanted.people > most:
        found.append(f"{technique.title} er til højst {plural(most, 'person', 'personer')}. I er {wanted.people}.")
    least = sum(_bounds(part, wanted.people)[0] for part in parts)
    if wanted.minutes < least:
        found.append(
            f"Det tager mindst {minutes(least)} med {technique.title}, når I er {wanted.people}. "
            f"Der mangler {minutes(least - wanted.minutes)}."
        )
    return tuple(found)


def _would_do(guide: MeetingGuide, technique: Technique, wanted: Wanted) -> bool:
    return not _problems(technique, _parts(guide, technique, wanted), wanted)


def shares(bounds: Sequence[tuple[int, int]], total: int) -> tuple[list[int], int]:
    """Share minutes among parts with a least and a most each, so that each grows by the same share of its room.

    Returns the minutes of each, and those that no part can use. ``total`` is at least the sum of the least.
    """
    room = [most - least for least, most in bounds]
    extra = min(total - sum(least for least, _ in bounds), sum(room))
    left = total - sum(least for least, _ in bounds) - extra
    whole = sum(room)
    grown = [extra * one // whole if whole else 0 for one in room]
    by_rest = sorted(range(len(room)), key=lambda at: (-(extra * room[at] % whole) if whole else 0, at))
    for at in by_rest[: extra - sum(grown)]:
        grown[at] += 1
    return [least + more for (least, _), more in zip(bounds, grown, strict=True)], left


def _lines(parts: Sequence[MeetingPart], given: Sequence[int], spare: MeetingPart, left: int) -> tuple[Line, ...]:
    """The parts one after the other; minutes to spare come before the last."""
    timed = list(zip(parts, given, strict=True))
    if left:
        timed.insert(-1, (spare, left))
    lines: list[Line] = []
    at = 0
    for part, amount in timed:
        lines.append(Line(at, at + amount, part.title, part.do, part.say))
        at += amount
    return tuple(lines)


def others_sentence(found: Plan) -> str:
    """Which techniques would do instead; empty when there is none, or none is needed."""
    titles = [technique.title for technique in found.others if technique.id != found.technique.id]
    return f"Det her passer til jer: {listing(titles)}." if titles else ""
