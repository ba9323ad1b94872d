import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from course.content import loader
from course.content.catalogue import (
    ActivityRef,
    Catalogue,
    Comment,
    Course,
    FieldType,
    Guard,
    Kind,
    Need,
    Requirement,
    Target,
)
from course.content.faults import ContentFaults
from course.content.root import REPOSITORY
from course.content.source import MappingSource
from course.content.symbolic import parse

from .conftest import SAMPLE, Change


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return loader.load(SAMPLE)


@pytest.fixture(scope="module")
def course(catalogue: Catalogue) -> Course:
    return catalogue.courses["demo"]


def test_a_sound_course_has_no_faults() -> None:
    assert loader.check(SAMPLE) == []


def test_the_content_of_the_repository_has_no_faults() -> None:
    assert [str(fault) for fault in loader.check(REPOSITORY)] == []


def test_course(course: Course) -> None:
    assert (course.id, course.status, course.language_level) == ("demo", "complete", 45)
    assert list(course.sessions) == ["day1", "day2"]
    assert course.sessions["day1"].starts == dt.time(9)
    assert course.deadlines["cases"].at == parse("14 days before day1 at 12.00")
    assert course.completion == (
        Requirement("demo-02.case", "accepted"),
        Requirement("demo-01.myths", "done"),
        Requirement("demo-03.attend", "done"),
        Requirement("demo-04.homework", "accepted"),
    )
    assert course.invitation.days == 14
    assert course.is_complete
    assert course.phase_of("demo-02").session == "day1"
    assert course.comments == (Comment("close", "For tæt på", "Lav tre ting om."),)
    assert list(course.rubrics) == ["reflection"]
    assert list(course.cases) == ["rengoering"]
    assert course.figures["demo-01/vej.svg"].media_type == "image/svg+xml"


def test_activities_stand_in_the_order_of_the_path(course: Course) -> None:
    assert list(course.activities) == [
        "demo-01.read",
        "demo-01.confidence",
        "demo-01.myths",
        "demo-02.case",
        "demo-02.analysis",
        "demo-03.attend",
        "demo-03.worksheet",
        "demo-03.commitment",
        "demo-04.homework",
        "demo-04.peer",
    ]


def test_activity(course: Course) -> None:
    case = course.activities["demo-02.case"]
    assert (case.kind, case.review, case.release, case.due) == (Kind.CASE, True, True, "cases")
    assert [slot.id for slot in case.slots] == ["good", "bad"]
    assert case.slot("bad") is case.slots[1]
    assert case.opens == parse("start")
    analysis = course.activities["demo-02.analysis"]
    assert analysis.on == Target("demo-02.case", "bad")
    assert analysis.needs == (Need("demo-02.case", "submitted", "bad"), Need("demo-01.read", "done"))
    assert [slot.id for slot in analysis.slots] == ["main"]
    assert analysis.kind.is_written
    assert not course.activities["demo-01.myths"].kind.is_written


def test_form(course: Course) -> None:
    form = course.activities["demo-02.case"].form
    assert form is not None
    assert list(form.fields) == ["age_band", "wanted", "trade", "helped", "weeks", "my_part"]
    wanted = form.fields["wanted"]
    assert (wanted.type, wanted.max, wanted.words, wanted.guard) == (
        FieldType.TEXT,
        2000,
        (20, 120),
        Guard.PATIENT,
    )
    assert (form.fields["trade"].max, form.fields["trade"].guard) == (200, Guard.WORKPLACE)
    assert form.fields["my_part"].max == 4000
    assert form.fields["my_part"].is_free_text
    assert not form.fields["age_band"].is_free_text
    assert form.fields["age_band"].option_text("18-29") == "18–29 år"
    assert form.intro_html == "<p>Skriv fra <strong>hukommelsen</strong>.</p>"
    assert 'class="box box-fact"' in form.steps[0].help_html
    assert form.step("forloebet") is form.steps[0]


def test_prefill(course: Course) -> None:
    form = course.activities["demo-02.analysis"].form
    assert form is not None
    prefill = form.fields["seen"].prefill
    assert prefill is not None
    assert prefill.fields == ("age_band", "wanted")
    assert prefill.fill({"age_band": "18–29 år", "wanted": "{age_band}"}) == "Patienten (18–29 år) ønskede: {age_band}"
    assert prefill.fill({}) == "Patienten (…) ønskede: …"
    assert form.steps[1].opens == parse("day1")
    assert form.fields["actors"].is_free_text


def test_quiz(course: Course) -> None:
    quiz = course.activities["demo-01.myths"].exercises[0].spec
    assert [question.right for question in quiz.questions] == [{"false"}, {"a", "b"}]


def test_page(course: Course) -> None:
    page = course.modules["demo-01"].page("hej")
    assert page is not None
    assert [s.activity_id for s in page.segments if isinstance(s, ActivityRef)] == [
        "demo-01.read",
        "demo-01.confidence",
    ]
    assert page.words == 29
    assert 0 < page.lix < 45


def test_the_catalogue_cannot_be_changed(course: Course) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        course.title = "Noget andet"  # type: ignore[misc]
    with pytest.raises(TypeError):
        course.activities["x"] = course.activities["demo-01.read"]  # type: ignore[index]


def test_load_tells_every_fault(tmp_path: Path) -> None:
    with pytest.raises(ContentFaults) as raised:
        loader.load(tmp_path)
    assert [str(fault) for fault in raised.value.faults] == [
        "modules:1: her er intet kursus: læg et i modules/<kursus>/course.yaml"
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "changes"),
    [
        ("assessments/demo/forms/case.yaml", "Hvad ønskede patienten?", "Hvad ville patienten?", True),
        ("assessments/demo/forms/case.yaml", "format: 1", "# en bemærkning\nformat: 1", False),
        ("modules/demo/demo-02/module.yaml", "title: To forløb", "title: Dine forløb", False),
        (
            "modules/demo/demo-02/module.yaml",
            "{id: good, title: Et forløb",
            "{id: good, title: Dit forløb",
            True,
        ),
    ],
)
def test_the_digest_of_an_activity_covers_what_is_asked(
    sample_files: dict[str, bytes], course: Course, path: str, old: str, new: str, changes: bool
) -> None:
    files = sample_files | {path: sample_files[path].decode().replace(old, new, 1).encode()}
    loaded = loader.load_source(MappingSource(files))
    assert loaded.catalogue is not None
    after = loaded.catalogue.courses["demo"]
    name = "demo-02.case"
    assert (after.activities[name].digest != course.activities[name].digest) is changes
    assert after.digest != course.digest


def test_renaming_files_breaks_nothing(sample_files: dict[str, bytes], course: Course) -> None:
    files = dict(sample_files)
    files["assessments/demo/forms/forloeb.yaml"] = files.pop("assessments/demo/forms/case.yaml")
    for path in list(files):
        if path.startswith("modules/demo/demo-02/"):
            files[path.replace("demo-02/", "dit-forloeb/")] = files.pop(path)
    loaded = loader.load_source(MappingSource(files))
    assert loaded.faults == ()
    assert loaded.catalogue is not None
    after = loaded.catalogue.courses["demo"].activities
    assert {name: a.digest for name, a in after.items()} == {name: a.digest for name, a in course.activities.items()}


def test_a_fault_of_language_leaves_the_page_to_be_seen(sample_files: dict[str, bytes]) -> None:
    path = "modules/demo/demo-02/skriv.md"
    files = sample_files | {path: sample_files[path] + b"\nTODO: mere.\n"}
    loaded = loader.load_source(MappingSource(files))
    assert [str(fault) for fault in loaded.faults] == [f"{path}:13: teksten er ikke færdig: »TODO«"]
    assert loaded.catalogue is not None


def test_a_page_that_is_too_hard_to_read(changed: Change) -> None:
    hard = "Arbejdsfastholdelse forudsætter sygedagpengereglernes tværsektorielle koordineringsforpligtelser " * 12
    faults = changed("modules/demo/demo-02/skriv.md", "Slå ikke op i journalen.", f"{hard}.")
    assert [(fault.path, fault.line) for fault in faults] == [("modules/demo/demo-02/skriv.md", 1)]
    assert "LIX" in faults[0].message


def test_a_sentence_longer_than_the_course_promises(sample_files: dict[str, bytes]) -> None:
    course, sheet = "modules/demo/course.yaml", "modules/demo/day1.sheet.yaml"
    page = "modules/demo/demo-02/skriv.md"
    files = sample_files | {
        course: sample_files[course] + b"longest_sentence: 10\n",
        page: sample_files[page] + b"\nEt to tre fire fem seks syv otte ni ti elleve.\n",
        sheet: sample_files[sheet].replace(
            "how: Gå".encode(), "how: Et to tre fire fem seks syv otte ni ti gå".encode()
        ),
    }
    found = {(fault.path, fault.message) for fault in loader.load_source(MappingSource(files)).faults}
    words = "sætningen »Et to tre fire fem seks …« har 11 ord, men kurset højst 10: del den"
    assert (page, words) in found
    assert any(path == sheet and "men kurset højst 10" in message for path, message in found)


def test_a_translated_page_says_its_language_and_is_not_measured(sample_files: dict[str, bytes]) -> None:
    module, page = "modules/demo/demo-03/module.yaml", "modules/demo/demo-03/ark.md"
    hard = "Multidisciplinary rehabilitation programmes necessitate considerable organisational coordination "
    handout = b"title: Et ark til lommen, audience: handout}"
    assert handout in sample_files[module]
    files = sample_files | {
        module: sample_files[module].replace(handout, b"title: A sheet, audience: handout, language: en}"),
        page: (hard * 12).encode(),
    }
    loaded = loader.load_source(MappingSource(files))
    assert loaded.faults == ()
    assert loaded.catalogue is not None
    shown = loaded.catalogue.courses["demo"].modules["demo-03"].page("ark")
    assert shown is not None
    assert shown.language == "en"
