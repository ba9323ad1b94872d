"""A talk on a page: one step read from a form, where it stands, and the report when it is over. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course.content.kinds import Log, Posted, Score, Step, Unclear

from . import rules
from .rules import Played, State
from .talk import Choice, Counter, Scene, Talk, Value

LONGEST_LOG = 300
"""After so many steps one can only go on: a log is read anew at each step."""

CHOICES = "choices"
"""The id of the choices on the page."""

VERDICTS: Mapping[Value, tuple[str, str, str]] = {
    Value.BEST: ("Det bedste valg", "success", "check"),
    Value.ACCEPTABLE: ("Kan bruges", "info", "info"),
    Value.NEUTRAL: ("Flytter ikke noget", "neutral", "dot"),
    Value.HARMFUL: ("Gør det sværere", "warning", "warning"),
}
"""What a decision was, in words, with the kind of tag and its drawing."""

COUNTED: Mapping[Value, str] = {
    Value.BEST: "var det bedste valg",
    Value.ACCEPTABLE: "kan bruges",
    Value.NEUTRAL: "flyttede ikke noget",
    Value.HARMFUL: "gjorde det sværere",
}
ENDINGS: Mapping[str, tuple[str, str]] = {
    "good": ("Samtalen endte godt", "success"),
    "fair": ("Samtalen endte nogenlunde", "info"),
    "poor": ("Samtalen endte skidt", "warning"),
}
NO_SUCH = "Det svar kan ikke gives her. Samtalen står, hvor den stod: vælg et af svarene nedenfor."
NOT_CHOSEN = "Vælg ét af svarene."
NO_WAY_BACK = "Samtalen kan ikke gå længere tilbage. Vælg et af svarene."


def read(talk: Talk, log: Log, posted: Posted) -> Step:
    """One choice, or one step back. Raises Unclear for anything else."""
    played = rules.fold(talk, log)
    chosen, back = posted.getlist("choice"), posted.get("rewind")
    if not chosen and back is not None:
        if back not in map(str, range(len(played.state.way))) or len(log) >= LONGEST_LOG:
            raise Unclear([(CHOICES, NO_WAY_BACK)])
        return {"rewind": int(back)}
    if len(chosen) != 1 or not chosen[0]:
        raise Unclear([(CHOICES, NOT_CHOSEN)])
    if chosen[0] not in {choice.id for choice in rules.offered(talk, played.state)}:
        raise Unclear([(CHOICES, NO_SUCH)])
    return {"choice": chosen[0]}


def is_over(talk: Talk, log: Log) -> bool:
    return rules.has_ended(talk, rules.fold(talk, log).state)


def score(talk: Talk, log: Log) -> Score:
    """What the decisions of the way one kept are worth."""
    found = rules.score(talk, rules.fold(talk, log).state)
    return Score(found.points, found.of)


def missed(talk: Talk, log: Log) -> tuple[str, ...]:
    """The scenes of decisions that did not help."""
    way = (talk.choices[each] for each in rules.fold(talk, log).state.way)
    return tuple(choice.scene for choice in way if choice.value is not None and choice.points <= 0)


# --- while it lasts


@dataclass(frozen=True, slots=True)
class CounterView:
    """A counter as it is shown: a title, a number of 10, and what that looks like in words."""

    title: str
    number: int
    words: str

    @property
    def percent(self) -> int:
        return self.number * 100 // rules.HIGHEST


@dataclass(frozen=True, slots=True)
class ClockView:
    """The minutes of the story."""

    left: int
    of: int

    @property
    def percent(self) -> int:
        return 100 * self.left // self.of


@dataclass(frozen=True, slots=True)
class OptionView:
    """A choice one can make; ``before``: it was made here on a way that was left again."""

    id: str
    letter: str
    text: str
    before: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """A choice that was made: where, what it led to, and why."""

    scene: str
    text: str
    feedback: tuple[str, ...]
    verdict: tuple[str, str, str] | None
    changes: tuple[str, ...]
    other: str = ""
    """What was chosen in the same scene on the way beside it, where it was something else."""
    is_shared: bool = False
    """Whether the same was chosen on the way beside it."""


def page(talk: Talk, log: Log) -> Mapping[str, Any]:
    """What a talk under way shows."""
    played = rules.fold(talk, log)
    state = played.state
    scene = rules.scene_of(talk, state)
    return {
        "anchor": "talk",
        "scene": scene,
        "last": _steps(talk, state.way)[-1] if state.way else None,
        "is_late": state.is_time_up and scene.id == talk.time_up,
        "options": options(talk, played),
        "counters": _counters(talk, state),
        "clock": ClockView(rules.minutes_left(talk, state), talk.minutes) if talk.minutes else None,
        "back": len(state.way) - 1 if state.way and len(log) < LONGEST_LOG else None,
        "went_back": bool(log) and "rewind" in log[-1],
    }


def options(talk: Talk, played: Played) -> list[OptionView]:
    """The choices as they are offered, with the letters a room can vote by."""
    before = rules.chosen_before(played)
    return [
        OptionView(choice.id, chr(ord("A") + n), choice.text, choice.id in before)
        for n, choice in enumerate(rules.offered(talk, played.state))
    ]


def _counters(talk: Talk, state: State) -> list[CounterView]:
    return [
        CounterView(counter.title, number, _words(counter, number))
        for counter, number in zip(talk.counters, state.numbers, strict=True)
    ]


def _words(counter: Counter, number: int) -> str:
    if number <= 3:
        return counter.low.lstrip("… ") or "Lavt"
    return counter.high.lstrip("… ") or "Højt" if number >= 7 else "Midt imellem"


def _steps(talk: Talk, way: Sequence[str], beside: Sequence[str] = ()) -> list[StepView]:
    """The steps of a way, each with what was chosen there on the way beside it."""
    there = {talk.choices[each].scene: each for each in beside}
    steps, before = [], rules.begin(talk)
    for each in way:
        choice = talk.choices[each]
        after = rules.choose(talk, before, each)
        other = there.get(choice.scene, each)
        steps.append(
            StepView(
                talk.scenes[choice.scene].title,
                choice.text,
                choice.feedback,
                VERDICTS[choice.value] if choice.value is not None else None,
                changes(talk, before, after, choice),
                talk.choices[other].text if other != each else "",
                each in beside,
            )
        )
        before = after
    return steps


def changes(talk: Talk, before: State, after: State, choice: Choice) -> tuple[str, ...]:
    """What a choice changed, in words: counters that moved, and the minutes it took."""
    moved = [
        f"{counter.title}: {abs(new - old)} {'op' if new > old else 'ned'}"
        for counter, old, new in zip(talk.counters, before.numbers, after.numbers, strict=True)
        if new != old
    ]
    if talk.minutes and choice.minutes:
        moved.append(f"Det tog {choice.minutes} {'minut' if choice.minutes == 1 else 'minutter'}")
    return tuple(moved)


# --- when it is over


def report(talk: Talk, log: Log) -> Mapping[str, Any]:
    """The way one went, how the decisions scored in words, the ending, and the expert's way beside it."""
    played = rules.fold(talk, log)
    state = played.state
    scene = rules.scene_of(talk, state)
    heading, kind = ENDINGS[scene.ends or "poor"]
    return {
        "again": "Prøv en anden vej",
        "ending": scene,
        "heading": heading,
        "kind": kind,
        "summary": summary(talk, state),
        "rewinds": played.rewinds,
        "steps": _steps(talk, state.way, talk.expert),
        "counters": _counters(talk, state),
        "is_expert": state.way == talk.expert,
        "expert": _steps(talk, talk.expert, state.way),
        "expert_ending": _last_scene(talk),
        "thinking_html": talk.thinking_html,
    }


def _last_scene(talk: Talk) -> Scene:
    return rules.scene_of(talk, rules.play(talk, talk.expert))


def summary(talk: Talk, state: State) -> str:
    """How the decisions scored: »Af 4 beslutninger var 2 …« in whole words."""
    values = [value for each in state.way if (value := talk.choices[each].value) is not None]
    parts = [f"{values.count(value)} {words}" for value, words in COUNTED.items() if value in values]
    number = f"{len(values)} {'beslutning' if len(values) == 1 else 'beslutninger'}"
    return f"Du traf {number}: {joined(parts)}." if parts else "Du nåede ikke til en beslutning."


def joined(parts: Iterable[str]) -> str:
    """»a, b og c«."""
    *first, last = parts
    return f"{', '.join(first)} og {last}" if first else last
