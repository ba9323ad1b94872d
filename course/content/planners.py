"""The meeting planner's content: what a meeting is made of, and the techniques to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass

from course.content.forms import Reference


@dataclass(frozen=True, slots=True)
class MeetingPart:
    """A part of a meeting, and how few and how many minutes it can take; with `each` they are one person's."""

    title: str
    least: int
    most: int
    do: str
    say: str = ""
    each: bool = False


@dataclass(frozen=True, slots=True)
class Technique:
    """A way to get people talking. `gathers`: it ends in ideas, which can be voted on. `below`: the technique that
    takes its place when there are too few people for it.
    """

    id: str
    title: str
    minutes: tuple[int, int]
    people: tuple[int, int]
    parts: tuple[MeetingPart, ...]
    pitfall: str
    remedy: str
    gathers: bool = False
    below: str | None = None


@dataclass(frozen=True, slots=True)
class MeetingGuide:
    """Everything the planner needs. `leave` is what may leave the meeting, `leader` what the leader is asked for."""

    title: str
    lede: str
    first_rules: tuple[str, ...]
    leave: tuple[str, ...]
    leader: tuple[str, ...]
    bring: tuple[str, ...]
    opening: MeetingPart
    vote: MeetingPart
    closing: MeetingPart
    spare: MeetingPart
    techniques: Mapping[str, Technique]
    references: tuple[Reference, ...] = ()
