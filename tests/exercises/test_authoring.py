"""An exercise written by the guide alone; a kind that is one folder and one line; what the check finds."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from course.content import kinds
from course.content.catalogue import Exercise
from course.content.pinning import unpack
from tests.factories import make_member

from .conftest import MakeRun, SignIn
from .playing import ROOT, course_with, drawn, faults_with, packed_with, posts_of, sample, without_database

GUIDE = (ROOT / "docs" / "forfatter.md").read_text("utf-8")
EXAMPLES = [text for text in re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.M | re.S) if text.startswith("format: 1")]
BY_KIND = {re.search(r"^kind: (\w+)$", text, re.M)[1]: text for text in EXAMPLES}  # type: ignore[index]


# -- the guide -------------------------------------------------------------------------------------------------------


def test_the_guide_has_an_example_of_every_kind_that_is_played() -> None:
    assert set(kinds.NAMES) <= set(BY_KIND)


@pytest.mark.parametrize("kind", [name for name in kinds.NAMES if name in BY_KIND])
def test_an_example_of_the_guide_is_checked_shown_and_scored(
    session: Session, run_with: MakeRun, client_for: SignIn, kind: str
) -> None:
    text = BY_KIND[kind]
    assert faults_with(text) == []
    run = run_with(text)
    member = make_member(session, run)
    session.commit()
    client: FlaskClient = client_for(member.person)
    url = f"/runs/{run.id}/exercises/demo-01.practice"
    page = client.get(url).get_data(as_text=True)
    exercise = course_with(text).activities["demo-01.practice"].exercises[0]
    assert exercise.title in page
    played, log = kinds.played(kind), []
    for _ in range(40):
        if played.is_over(exercise.spec, log):
            break
        asked = drawn(without_database(), exercise, "ask", played.page(exercise.spec, log))
        posts = first_choices(asked.choices())
        sent = MultiDict(
            {name: [value] for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}
        )
        sent.update(MultiDict(posts))
        page = client.post(url, data=sent, follow_redirects=True).get_data(as_text=True)
        log.append(played.read(exercise.spec, log, MultiDict(posts)))
    assert "Forklaringerne er det vigtige" in page
    score = played.score(exercise.spec, log)
    assert 0 <= score.points <= score.of


def first_choices(choices: dict[str, tuple[str, list[str]]]) -> dict[str, list[str]]:
    """The first thing one can choose everywhere; different numbers where an order is asked for."""
    selects = [name for name, (kind, _) in choices.items() if kind == "select"]
    found: dict[str, list[str]] = {}
    for name, (kind, values) in choices.items():
        same = [one for one in selects if one.partition(".")[0] == name.partition(".")[0]]
        at = same.index(name) if name in same and all(v.isdigit() for v in values) else 0
        if kind in ("submit", "button"):
            if found.get("pressed"):
                continue
            found["pressed"] = ["1"]
        found[name] = [values[min(at, len(values) - 1)] if values else "1"]
    found.pop("pressed", None)
    return found


# -- a new kind ------------------------------------------------------------------------------------------------------

TOY = """
from typing import Literal

from course.content.kinds import Score, Unclear
from course.content.schema import ExercisePart, Line


class ToyPart(ExercisePart):
    kind: Literal["toy"]
    word: Line
    why: Line


class Toy:
    name, model, ways = "toy", ToyPart, frozenset({"questions"})

    def problems(self, model):
        if " " in model.word:
            yield ("word",), "kun ét ord"

    def prose(self, model):
        yield ("why",), model.why

    def build(self, model, html):
        return (model.word, model.why)

    def read(self, spec, log, posted):
        if posted.get("guess") not in ("ja", "nej"):
            raise Unclear([("guess", "Vælg ja eller nej.")])
        return {"guess": posted.get("guess")}

    def is_over(self, spec, log):
        return bool(log)

    def score(self, spec, log):
        return Score(int(bool(log) and log[0]["guess"] == "ja"), 1)

    def page(self, spec, log):
        return {"word": spec[0]}

    def report(self, spec, log):
        return {"why": spec[1]}

    def missed(self, spec, log):
        return ()


KIND = Toy()
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A kind in a folder of its own, and the one line that names it."""
    import course.exercises.kinds as package

    folder = tmp_path / "toy" / "templates" / "exercises" / "toy"
    folder.mkdir(parents=True)
    (tmp_path / "toy" / "__init__.py").write_text(TOY)
    (folder / "ask.html").write_text(
        '<p id="guess">{{ view.word }}?</p>'
        '<button name="guess" value="ja">Ja</button><button name="guess" value="nej">Nej</button>'
    )
    (folder / "explain.html").write_text("<p>{{ view.why }}</p>")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(kinds, "NAMES", (*kinds.NAMES, "toy"))
    yield {"format": 1, "id": "sample", "kind": "toy", "title": "Legetøj", "word": "arbejde", "why": "Det hjælper."}
    sys.modules.pop(f"{kinds.PACKAGE}.toy", None)
    kinds._module.cache_clear()


def test_a_new_kind_needs_one_folder_and_one_line(
    session: Session, run_with: MakeRun, client_for: SignIn, toy: dict[str, Any]
) -> None:
    assert [fault.message for fault in faults_with(toy | {"word": "to ord"})] == ["kun ét ord"]
    run = run_with(toy)
    client = client_for(make_member(session, run).person)
    url = f"/runs/{run.id}/exercises/demo-01.practice"
    assert "arbejde?" in client.get(url).get_data(as_text=True)
    assert client.post(url, data={"guess": "måske"}).status_code == 422
    page = client.post(url, data={"guess": "ja"}, follow_redirects=True).get_data(as_text=True)
    assert "Det hjælper." in page
    assert "Trinnet er klaret" in page


# -- what the check finds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "spott"}, "»kind« kan ikke være »spott« – mente du »spot«?"),
        ({"kind": "gætteleg"}, "»kind« kan ikke være »gætteleg«: vælg mellem quiz"),
        ({"kind": None}, "nøglen »kind« mangler"),
        ({"case": "ingen"}, "casen »ingen« findes ikke"),
        ({"intro": "<b>fed</b>"}, "HTML"),
        ({"text": "[[a|et]] og [[b|to"}, "et mærke skal skrives som [[id|ordene]]"),
        ({"marks": []}, "der skal være mindst 6 steder"),
    ],
)
def test_faults_of_a_file(changes: dict[str, Any], said: str) -> None:
    exercise = {key: value for key, value in (sample("spot").exercise | changes).items() if value is not None}
    faults = faults_with(exercise)
    assert [said in fault.message for fault in faults if fault.path.endswith("exercises/sample.yaml")].count(True) == 1


@pytest.mark.parametrize(
    ("activity", "said"),
    [
        ({"exercises": ["sample", "nowhere"]}, "øvelsen »nowhere« findes ikke"),
        ({"exercises": ["sample", "sample"]}, "øvelsen »sample« står to gange"),
        ({"exercises": None}, "en aktivitet af slagsen exercise skal have »exercises:«"),
        ({"skill": "juggling"}, "færdigheden »juggling« findes ikke i course.yaml"),
        ({"level": 7}, "»level« må højst være 6"),
        ({"level": None}, "skriv også, hvilket trin det er"),
        ({"skill": None}, "et trin hører til en færdighed"),
        ({"pass": 101}, "»pass« må højst være 100"),
        ({"skips": ["nowhere.read"]}, "aktiviteten »nowhere.read« findes ikke"),
        ({"skips": ["demo-01.confidence"]}, "»demo-01.confidence« er af slagsen form og kan ikke springes over"),
        ({"skips": ["demo-01.practice"]}, "aktiviteten kan ikke springe sig selv over"),
        ({"kind": "plan", "exercises": None, "exercise": "sample"}, "»sample« er af slagsen spot, ikke plan"),
        ({"kind": "plan", "exercises": None}, "en aktivitet af slagsen plan skal have »exercise:«"),
        ({"kind": "plan", "exercises": None, "exercise": "nowhere"}, "øvelsen »nowhere« findes ikke"),
        ({"exercise": "sample"}, "en aktivitet af slagsen exercise kan ikke have »exercise:«"),
        ({"kind": "read"}, "en aktivitet af slagsen read kan ikke have »exercises:«"),
        ({"review": True}, "en aktivitet af slagsen exercise kan ikke vurderes"),
        ({"assesses": ["demo.P1.evne.1"]}, "kan ikke vurderes her: evner vurderes med"),
        ({"needs": [{"activity": "demo-01.myths", "state": "submitted"}]}, "kan ikke blive »submitted«"),
    ],
)
def test_faults_of_an_activity(activity: dict[str, Any], said: str) -> None:
    faults = faults_with(sample("spot").exercise, **activity)
    assert [said in fault.message for fault in faults if fault.path.endswith("demo-01/module.yaml")].count(True) == 1


def test_variants_are_of_one_kind() -> None:
    faults = faults_with(sample("spot").exercise, sample("key_features").exercise | {"id": "other"})
    assert ["parallelle udgaver skal være ens" in fault.message for fault in faults] == [True]


def test_an_exercise_nobody_uses_is_a_fault() -> None:
    faults = faults_with(sample("spot").exercise, sample("spot").exercise | {"id": "b"}, exercises=["sample"])
    assert [(fault.path, fault.message) for fault in faults] == [
        ("assessments/demo/exercises/b.yaml", "øvelsen bruges ikke af nogen aktivitet")
    ]


@pytest.mark.parametrize(("kind", "allowed"), [("spot", "viden"), ("screening", "evne"), ("key_features", "evne")])
def test_an_exercise_assesses_as_its_kind_does(kind: str, allowed: str) -> None:
    assert faults_with(sample(kind).exercise, assesses=[f"demo.P1.{allowed}.1"]) == []


def plan(**changes: Any) -> dict[str, Any]:
    """A plan about a case."""
    made = {"format": 1, "id": "sample", "kind": "plan", "title": "En plan", "case": "rengoering", "tool": 12,
            "criteria": [{"id": "a", "text": "Noget", "finds": "filled"}], "model": "Et godt svar."}  # fmt: skip
    return {key: value for key, value in (made | changes).items() if value is not None}


PLAN = {"kind": "plan", "exercises": None, "exercise": "sample"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tool": None}, "skriv enten »tool:« (et redskab) eller »form:«"),
        ({"form": "confidence"}, "skriv enten »tool:« (et redskab) eller »form:«"),
        ({"tool": None, "form": "nowhere"}, "formularen »nowhere« findes ikke"),
        ({"case": None}, "nøglen »case« mangler"),
        ({"criteria": [{"id": "a", "text": "Har et ord", "finds": "words"}]}, "skriv også de ord, der skal findes"),
        ({"criteria": None}, "nøglen »criteria« mangler"),
    ],
)
def test_faults_of_a_plan(changes: dict[str, Any], said: str) -> None:
    assert [said in fault.message for fault in faults_with(plan(**changes), **PLAN)] == [True]


def test_a_plan_is_written_in_the_form_of_its_tool_and_pins_it() -> None:
    course = course_with(plan(), **PLAN)
    activity = course.activities["demo-01.practice"]
    assert activity.form is not None
    assert activity.form.id == "tool-12"
    assert activity.kind.is_written
    assert "assessments/tools/dialogue.yaml" not in str(activity)
    pinned = unpack(packed_with(plan(), **PLAN))
    assert pinned.activities["demo-01.practice"].form == activity.form
    assert pinned.activities["demo-01.practice"].digest == activity.digest


def test_the_digest_of_what_is_asked_changes_with_an_exercise_and_not_with_its_place() -> None:
    def digest(**changes: Any) -> str:
        return course_with(sample("spot").exercise | changes).activities["demo-01.practice"].digest

    assert digest() == digest()
    assert digest() != digest(asks="Find noget andet")
    moved = course_with(sample("spot").exercise, level=4, title="Et andet navn")
    assert moved.activities["demo-01.practice"].digest == digest()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_same_answers_give_the_same_score_in_any_process(data: st.DataObject) -> None:
    """Scores come from the file and the log alone: an exercise built again scores a log as before."""
    name = data.draw(st.sampled_from(kinds.NAMES))
    kind = kinds.played(name)

    def built() -> Exercise:
        return course_with(sample(name).exercise).activities["demo-01.practice"].exercises[0]

    first, second = built(), built()
    log: list[Any] = []
    while not kind.is_over(first.spec, log) and len(log) < 40:
        page = drawn(without_database(), first, "ask", kind.page(first.spec, log))
        try:
            log.append(kind.read(first.spec, log, MultiDict(data.draw(posts_of(page)))))
        except kinds.Unclear:
            return
    assert kind.score(first.spec, log) == kind.score(second.spec, log)
    assert kind.missed(first.spec, log) == kind.missed(second.spec, log)


def test_an_example_is_one_yaml_document() -> None:
    assert all(isinstance(yaml.safe_load(text), dict) for text in EXAMPLES)
