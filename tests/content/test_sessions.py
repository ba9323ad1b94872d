"""What the days of a course are made of: attendance, worksheets, run sheets, cards, homework and peers."""

import datetime as dt

import pytest

from course.content import loader
from course.content.catalogue import Course, Keep, Kind, Target
from course.content.pages import ActivityRef

from .conftest import SAMPLE


@pytest.fixture(scope="module")
def course() -> Course:
    return loader.load(SAMPLE).courses["demo"]


def test_the_attendance_of_a_session(course: Course) -> None:
    attend = course.attend_activity("day1")
    assert attend is not None
    assert attend is course.activities["demo-03.attend"]
    assert (attend.kind, attend.session, attend.minutes) == (Kind.ATTEND, "day1", 0)
    assert not attend.kind.is_written
    assert course.attend_activity("day2") is None
    assert course.attendance_percent == 75


def test_a_worksheet_is_shared_and_shown_as_figures(course: Course) -> None:
    worksheet = course.activities["demo-03.worksheet"]
    assert worksheet.is_shared
    assert (worksheet.session, worksheet.figures, worksheet.announce) == ("day1", True, False)
    assert worksheet.kind.is_written
    assert not course.activities["demo-03.commitment"].is_shared
    assert course.activities["demo-03.commitment"].announce


def test_the_words_of_a_peer(course: Course) -> None:
    peer = course.activities["demo-04.peer"]
    assert (peer.kind, peer.on) == (Kind.PEER, Target("demo-04.homework", "main"))
    assert peer.form is not None
    assert peer.form.fields["profile"].rubric == "reflection"
    assert course.activities["demo-04.homework"].kind is Kind.HOMEWORK


def test_only_an_analysis_tells_of_the_text_it_is_on(course: Course) -> None:
    assert list(course.analyses_of("demo-02.case", "bad")) == ["demo-02.analysis"]
    assert course.analyses_of("demo-04.homework", "main") == {}


def test_how_long_an_answer_is_kept(course: Course) -> None:
    def kept(activity: str) -> dict[str, Keep]:
        form = course.activities[activity].form
        assert form is not None
        return {field.id: field.keep for field in form.fields.values()}

    assert kept("demo-03.commitment") == {"what": Keep.LONG, "why": Keep.SHORT}
    assert kept("demo-04.homework") == {"reflection": Keep.SHORT, "next": Keep.COURSE}
    assert set(kept("demo-02.case").values()) == {Keep.SHORT}
    assert set(kept("demo-01.confidence").values()) == {Keep.COURSE}


def test_pages_by_audience(course: Course) -> None:
    module = course.modules["demo-03"]
    assert [page.id for page in module.pages_for(is_staff=False)] == ["dagen", "ark"]
    assert [page.id for page in module.pages_for(is_staff=True)] == ["dagen", "noter", "tavle", "ark"]
    assert [page.audience for page in module.pages] == ["everyone", "facilitator", "projector", "handout"]
    assert [page.is_for_staff for page in module.pages] == [False, True, True, False]
    assert any(isinstance(segment, ActivityRef) for segment in module.pages[0].segments)


def test_a_run_sheet_by_the_clock(course: Course) -> None:
    times = course.sheet_times("day1")
    assert [(start, end, item.title) for start, end, item in times] == [
        (dt.time(9, 0), dt.time(9, 30), "Velkommen"),
        (dt.time(9, 30), dt.time(10, 30), "Se på jeres forløb"),
        (dt.time(10, 30), dt.time(10, 45), "Kaffe"),
        (dt.time(10, 45), dt.time(16, 15), "I grupper"),
    ]
    assert times[-1][1] == course.sessions["day1"].ends
    assert course.sheet_times("day2") == []
    sheet = course.sheets["day1"]
    assert sheet.net_minutes == 420
    assert sheet.before_html == "<p>Sæt bordene til fire. Skriv <strong>dagens spørgsmål</strong> på tavlen.</p>"
    first, second, coffee, _ = sheet.items
    assert (first.module_id, first.bring, first.how_html) == (
        "demo-03",
        "Navneskilte",
        "<p>Gå en runde, så alle får sagt noget.</p>",
    )
    assert (second.shrink, second.late) == (True, "Nøjes med ét forløb.")
    assert (coffee.is_pause, coffee.module_id) == (True, None)


def test_cards(course: Course) -> None:
    roles = course.cards["roles"]
    assert (roles.session, roles.module_id, roles.intro_html) == ("day1", "demo-03", "<p>Træk et kort hver.</p>")
    assert [card.id for card in roles.cards] == ["leader", "patient"]
    assert roles.cards[0].html == "<p>Du mangler <strong>to</strong> folk i dag.</p>"


def test_an_anchor_has_its_reasons(course: Course) -> None:
    [anchor] = course.rubrics["reflection"].anchors
    assert (anchor.id, dict(anchor.levels)) == ("short", {"description": 1})
    assert dict(anchor.why) == {"description": "Man ser, hvad lægen gjorde, men ikke hvad der skete."}


def test_reminders(course: Course) -> None:
    assert course.deadlines["homework"].remind == (7, 2)
    assert course.deadlines["cases"].remind == ()
