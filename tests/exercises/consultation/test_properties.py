"""What holds of every talk, sound or not: bounds, going back, the best way, and that looking through it ends."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from course.exercises.kinds.consultation import paths, rules
from course.exercises.kinds.consultation.rules import State
from course.exercises.kinds.consultation.talk import Scene, Talk, Value

from .talks import said, small

VALUES = st.sampled_from(["best", "acceptable", "neutral", "harmful"])
CONDITIONS = st.sampled_from(["trust >= 6", "trust < 5", "husket", "not husket", "minutes < 2"])


@st.composite
def written(draw: st.DrawFn) -> Talk:
    """A talk of two to five scenes and two endings, with loops, conditions and a clock; eight choices at most."""
    scenes = [f"s{n}" for n in range(draw(st.integers(2, 5)))]
    ends = ["godt", "skidt"]
    anywhere = st.sampled_from([*scenes, *ends])
    conditions = st.lists(CONDITIONS, max_size=1)
    value: list[dict[str, Any]] = []
    number = 0
    for name in scenes:
        decision = draw(st.booleans())
        choices = []
        for _ in range(draw(st.integers(1, 2 if len(scenes) < 4 else 1)) + (name == "s0")):
            ways = [
                *({"when": [draw(CONDITIONS)], "scene": draw(anywhere)} for _ in range(draw(st.integers(0, 1)))),
                {"scene": draw(anywhere)},
            ]
            number += 1
            # The very first choice has no condition, so that there is always a way to begin.
            more = {"when": draw(conditions)} if number > 1 else {}
            if decision:
                more |= {"value": draw(VALUES), "work": draw(st.integers(0, 3))}
            choices.append(
                said(
                    f"c{number}",
                    ways,
                    minutes=draw(st.integers(0, 2)),
                    effects={"trust": draw(st.integers(-4, 4))},
                    sets=draw(st.lists(st.just("husket"), max_size=1)),
                    **more,
                )
            )
        value.append({"id": name, "decision": decision, "choices": choices})
    minutes = draw(st.sampled_from([0, 3]))
    return small(
        *value,
        {"id": "godt", "ends": "good"},
        {"id": "skidt", "ends": "poor"},
        minutes=minutes,
        time_up=draw(st.sampled_from(scenes)) if minutes else None,
    )


def with_expert(talk: Talk) -> Talk:
    """The talk with its best way as the expert's, as `course check` demands."""
    return replace(talk, expert=paths.survey(talk).rest.best_way)


@st.composite
def walked(draw: st.DrawFn) -> tuple[Talk, State]:
    """A talk and one whole way through it."""
    talk = with_expert(draw(written()))
    state = rules.begin(talk)
    while choices := rules.offered(talk, state):
        state = rules.choose(talk, state, draw(st.sampled_from(choices)).id)
    return talk, state


def decisions(talk: Talk, state: State) -> int:
    return sum(talk.scenes[talk.choices[each].scene].decision for each in state.way)


@given(written())
@settings(deadline=None)
def test_looking_through_a_talk_agrees_with_walking_every_way(talk: Talk) -> None:
    ends = list(paths.every(talk))
    found = paths.survey(talk)
    assert found.rest.paths == len(ends)
    assert found.rest.best == max(state.points for state in ends)
    assert found.rest.fewest == min(decisions(talk, state) for state in ends)
    assert found.rest.most == max(decisions(talk, state) for state in ends)
    assert found.scenes == {rules.play(talk, s.way[:n]).scene for s in ends for n in range(len(s.way) + 1)}
    assert found.offered == {each for state in ends for each in state.way}
    assert set(found.dead_ends) == {s.scene for s in ends if not rules.has_ended(talk, s)}
    good = {
        tuple(each for each in state.way if talk.scenes[talk.choices[each].scene].decision)
        for state in ends
        if talk.scenes[state.scene].ends == "good"
    }
    assert found.rest.good <= good
    assert len(found.rest.good) == min(2, len(good))
    for scene, way in found.dead_ends.items():
        assert rules.play(talk, way).scene == scene


@given(walked())
@settings(deadline=None)
def test_everything_stays_in_its_bounds(found: tuple[Talk, State]) -> None:
    talk, state = found
    assert all(rules.LOWEST <= number <= rules.HIGHEST for number in state.numbers)
    assert len(set(state.way)) == len(state.way) <= len(talk.choices)
    score = rules.score(talk, state)
    assert 0 <= score.points <= score.of == max(0, paths.survey(talk).rest.best)
    assert 0 <= rules.minutes_left(talk, state) <= talk.minutes
    assert score.points == max(0, state.points)


@given(walked(), st.data())
@settings(deadline=None)
def test_going_back_is_as_if_one_had_never_gone_on(found: tuple[Talk, State], data: st.DataObject) -> None:
    talk, state = found
    log: list[dict[str, Any]] = []
    way: list[str] = []
    for each in state.way:
        log.append({"choice": each})
        way.append(each)
        if data.draw(st.booleans()):
            n = data.draw(st.integers(0, len(way) - 1))
            log.append({"rewind": n})
            del way[n:]
            break
    played = rules.fold(talk, log)
    assert played.state == rules.play(talk, way)
    assert played.rewinds == sum("rewind" in step for step in log)
    assert rules.chosen_before(played) <= {each.id for each in rules.offered(talk, played.state)}


@given(walked(), VALUES, st.data())
@settings(deadline=None)
def test_a_better_value_never_lowers_a_score(found: tuple[Talk, State], value: str, data: st.DataObject) -> None:
    talk, state = found
    named = data.draw(st.sampled_from(sorted(talk.choices)))
    old = talk.choices[named]
    if old.value is None:
        return
    better = max(Value(value), old.value, key=lambda each: each.points)
    changed = revalued(talk, named, better)
    after = rules.play(changed, state.way)
    assert after.points >= state.points
    assert (after.points > state.points) == (named in state.way and better.points > old.points)
    assert replace(after, points=0) == replace(state, points=0)


def revalued(talk: Talk, named: str, value: Value) -> Talk:
    """A talk in which one choice is worth something else."""

    def scene(one: Scene) -> Scene:
        return replace(
            one, choices=tuple(replace(each, value=value) if each.id == named else each for each in one.choices)
        )

    scenes = {name: scene(one) for name, one in talk.scenes.items()}
    return replace(
        talk,
        scenes=MappingProxyType(scenes),
        choices=MappingProxyType({each.id: each for one in scenes.values() for each in one.choices}),
    )


@given(written())
@settings(deadline=None)
def test_the_lazy_end_too(talk: Talk) -> None:
    talk = with_expert(talk)
    for rule in paths.LAZY.values():
        state = paths.lazy(talk, rule)
        assert rules.offered(talk, state) == ()
        assert 0 <= paths.percent(talk, state) <= 100
