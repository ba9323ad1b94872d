"""Every way through a talk as text for a clinician who reviews it. Pure; lines of at most 100 characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from . import paths, playing, rules
from .conditions import Condition
from .rules import State
from .talk import Choice, Scene, Talk, Value

WIDTH = 100
VALUES = {Value.BEST: "bedst", Value.ACCEPTABLE: "kan bruges", Value.NEUTRAL: "neutralt", Value.HARMFUL: "skadeligt"}
ENDS = {"good": "godt", "fair": "nogenlunde", "poor": "skidt"}


def reviewed(talk: Talk) -> Iterator[str]:
    """Give a talk line by line: its figures, then every way with its words, effects, reasons, score and ending.

    The talk is one whose texts are as written (`problems.plain`).
    """
    yield from _head(talk)
    for number, state in enumerate(paths.every(talk), start=1):
        yield from _way(talk, state, number, shared=0)
    yield from _thinking(talk)


def read_through(talk: Talk) -> Iterator[str]:
    """Give the same, to be read from end to end: the steps a way has in common with the one before are not repeated."""
    yield from _head(talk)
    before: tuple[str, ...] = ()
    for number, state in enumerate(paths.every(talk), start=1):
        yield from _way(talk, state, number, shared=_shared(before, state.way))
        before = state.way
    yield from _thinking(talk)


def _shared(before: Sequence[str], way: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(before, way, strict=False)))


def shortened(talk: Talk) -> Iterator[str]:
    """Give a talk line by line: its figures, every scene once with all its choices, and every way on a line."""
    yield from _head(talk)
    for scene in talk.scenes.values():
        yield from _scene(talk, scene)
    yield from ("", "Vejene", "------")
    for number, state in enumerate(paths.every(talk), start=1):
        yield f"{number}. {_result(talk, state)}: {' → '.join(state.way)}"
    yield from _thinking(talk)


def _head(talk: Talk) -> Iterator[str]:
    yield from (talk.title, "=" * len(talk.title), "")
    yield from figures(talk)


def _thinking(talk: Talk) -> Iterator[str]:
    yield from ("", "Ekspertens tanker", "-----------------")
    yield from _text(talk.thinking_html, "")


def _result(talk: Talk, state: State) -> str:
    score = rules.score(talk, state)
    is_expert = " (ekspertens vej)" if state.way == talk.expert else ""
    return f"{score.points} af {score.of}, ender {ENDS[talk.scenes[state.scene].ends or 'poor']}{is_expert}"


def _scene(talk: Talk, scene: Scene) -> Iterator[str]:
    kind = "beslutning" if scene.decision else f"ender {ENDS[scene.ends]}" if scene.ends else "scene"
    heading = f"{scene.title} ({kind}: {scene.id})"
    yield from ("", heading, "-" * len(heading))
    yield from _text(scene.says_html, "    ")
    for choice in scene.choices:
        yield ""
        yield from _text(choice.text, "  > ")
        yield from _text(f"[{choice.id}: {'; '.join([*_written(talk, choice), *_noted(choice)])}]", "    ")
        for paragraph in choice.feedback:
            yield from _text(paragraph, "    ")


def _written(talk: Talk, choice: Choice) -> Iterator[str]:
    """What a choice does as it is written, wherever the talk stands."""
    titles = {counter.id: counter.title.lower() for counter in talk.counters}
    yield from (f"{titles[name]} {_signed(change)}" for name, change in choice.effects.items())
    if talk.minutes:
        yield f"{choice.minutes} {'minut' if choice.minutes == 1 else 'minutter'}"
    ways = [f"{_asked(way.when)}: {way.scene}" if way.when else way.scene for way in choice.ways]
    yield f"fører til {ways[0]}" if len(ways) == 1 else f"fører ved {'; '.join(ways[:-1])}; ellers til {ways[-1]}"


def figures(talk: Talk) -> Iterator[str]:
    """Give how many ways there are, how they end, the best, the expert's and what the lazy ones earn."""
    found = paths.survey(talk)
    ends = [talk.scenes[state.scene].ends or "" for state in paths.every(talk)]
    counted = [f"{ends.count(end)} ender {word}" for end, word in ENDS.items()]
    span = sorted({found.rest.fewest, found.rest.most})
    clock = f"{talk.minutes} minutter" if talk.minutes else "uden ur"
    decisions = "–".join(map(str, span))
    yield f"Med {talk.partner}. {len(talk.scenes)} scener, {clock}, {decisions} beslutninger på hver vej."
    yield f"{found.rest.paths} veje: {playing.joined(counted)}."
    yield f"Højeste sum: {found.rest.best}. Ekspertens vej: {talk.best} af {talk.best}."
    for name, rule in paths.LAZY.items():
        yield f"Hvem der altid vælger {name}, får {paths.percent(talk, paths.lazy(talk, rule))} %."


def _way(talk: Talk, state: State, number: int, shared: int) -> Iterator[str]:
    scene = talk.scenes[state.scene]
    heading = f"Vej {number}: {_result(talk, state)}"
    yield from ("", heading, "-" * len(heading), " → ".join(state.way))
    if shared:
        yield from ("", f"Trin {'1' if shared == 1 else f'1–{shared}'} er som i vej {number - 1}.")
    before = rules.begin(talk)
    for place, each in enumerate(state.way, start=1):
        if place > shared:
            yield from _step(talk, before, talk.choices[each], place)
        before = rules.choose(talk, before, each)
    yield from ("", f"Slut. {scene.title}")
    yield from _text(scene.says_html, "    ")


def _step(talk: Talk, before: State, choice: Choice, place: int) -> Iterator[str]:
    scene = talk.scenes[choice.scene]
    yield from ("", f"{place}. {scene.title}")
    yield from _text(scene.says_html, "    ")
    yield from _text(choice.text, "  > ")
    after = rules.choose(talk, before, choice.id)
    changed = [f"{each[:1].lower()}{each[1:]}" for each in playing.changes(talk, before, after, choice)]
    noted = "; ".join([*changed, *_noted(choice)])
    if noted:
        yield from _text(f"[{noted}]", "    ")
    for paragraph in choice.feedback:
        yield from _text(paragraph, "    ")


def _noted(choice: Choice) -> Iterator[str]:
    if choice.value is not None:
        yield f"{VALUES[choice.value]} ({_signed(choice.points)})"
    yield from (f"husker »{name}«" for name in sorted(choice.sets))
    if choice.when:
        yield f"tilbydes kun ved {_asked(choice.when)}"


def _signed(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


def _asked(conditions: Iterable[Condition]) -> str:
    return playing.joined(map(str, conditions))


def _text(text: str, indent: str) -> Iterator[str]:
    """Wrap a text; the first line of a paragraph has the indent, the others blanks of its length."""
    for paragraph in str(text).strip().split("\n\n"):
        yield from textwrap.wrap(
            " ".join(paragraph.split()),
            WIDTH,
            initial_indent=indent,
            subsequent_indent=" " * len(indent),
            break_long_words=False,
            break_on_hyphens=False,
        )
