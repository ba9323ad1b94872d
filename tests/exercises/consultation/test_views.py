"""A talk on its pages: step by step, back and on, and on the screen of a room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.exercises.kinds.consultation import playing
from course.exercises.models import Attempt, PracticeStep
from course.runs.models import Membership, Run
from course.runs.rules import Role
from tests.factories import NOW, make_member, make_person
from tests.runs.small_course import make_organiser

from .stage import ACTIVITY, talk_run
from .talks import EXPERT, sample

TALK = sample()
MOST = 8
SignIn = Callable[[Person], FlaskClient]


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    """The time of the factories."""
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Player:
    """A participant in front of the talk."""

    session: Session
    client: FlaskClient
    run: Run
    member: Membership

    @property
    def url(self) -> str:
        return f"/runs/{self.run.id}/exercises/{ACTIVITY}"

    def page(self, query: str = "") -> str:
        answer = self.client.get(self.url + query)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def form(self, query: str = "") -> dict[str, str]:
        """The hidden fields of the page."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page(query))
        return {name: value for name, value in found if name != "csrf_token"}

    def post(self, fields: dict[str, str], **step: str) -> tuple[int, str]:
        answer = self.client.post(self.url, data={**fields, **step})
        return answer.status_code, answer.get_data(as_text=True)

    def take(self, **step: str) -> None:
        """One step from the page as it stands."""
        assert self.post(self.form(), **step)[0] == 302

    def steps(self) -> list[dict[str, object]]:
        self.session.rollback()
        return list(self.session.scalars(select(PracticeStep.data).order_by(PracticeStep.practice_id, PracticeStep.no)))


@pytest.fixture
def player(session: Session, client_for: SignIn) -> Player:
    run = talk_run(session, make_organiser(session), NOW + timedelta(days=30))
    member = make_member(session, run, make_person(session, "Karen Holm"))
    return Player(session, client_for(member.person), run, member)


@pytest.fixture
def screen(player: Player, client_for: SignIn) -> Callable[[str], tuple[int, str]]:
    """The plenary page as a facilitator sees it, by its query."""
    facilitator = make_member(player.session, player.run, make_person(player.session, "Maja"), Role.FACILITATOR)
    client = client_for(facilitator.person)

    def look(query: str = "") -> tuple[int, str]:
        answer = client.get(f"{player.url}/plenary{query}")
        return answer.status_code, answer.get_data(as_text=True)

    return look


def words(choice: str) -> str:
    return str(escape(TALK.choices[choice].text))


def test_a_whole_talk(player: Player) -> None:
    page = player.page()
    assert "Planen holdt i fire dage" in page
    assert "Gå et skridt tilbage" not in page
    for each in EXPERT:
        assert words(each) in page
        player.take(choice=each)
        page = player.page()
        assert TALK.choices[each].feedback[0].split("»")[0][:60] in page
    assert "Samtalen endte godt" in page
    assert "Dine beslutninger gav 8 af 8." in page
    assert "Eksperten gik den samme vej." in page
    assert "Prøv en anden vej" in page
    attempt = player.session.scalars(select(Attempt)).one()
    assert (attempt.points, attempt.points_of) == (8, 8)


def test_the_reason_stands_before_the_next_scene(player: Player) -> None:
    player.take(choice="femte-dag")
    page = player.page()
    said, reason = page.index(words("femte-dag")), page.index("det, der lykkedes")
    scene, answers = page.index("En kollega meldte sig syg"), page.index("Hvad siger eller gør du?")
    counters = page.index("Sådan står samtalen")
    assert said < reason < scene < answers < counters
    assert "Tillid: 2 op" in page
    assert "8 af 10 minutter tilbage" in page
    assert "7 af 10 · Pernille taler frit" in page


def test_going_back_marks_the_way_that_was_left(player: Player) -> None:
    player.take(choice="hold-fast")
    player.take(rewind="0")
    page = player.page()
    assert page.count("Det har du prøvet") == 1
    assert page.index(words("hold-fast")) < page.index("Det har du prøvet") < page.index(words("femte-dag"))
    for each in EXPERT:
        player.take(choice=each)
    page = player.page()
    assert "En gang gik du tilbage" in page
    assert player.session.scalars(select(Attempt.points)).one() == 8
    assert player.steps()[:2] == [{"choice": "hold-fast"}, {"rewind": 0}]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"choice": "saetningen"}, playing.NO_SUCH),
        ({"choice": "<b>"}, playing.NO_SUCH),
        ({}, playing.NOT_CHOSEN),
        ({"rewind": "7"}, playing.NO_WAY_BACK),
    ],
)
def test_a_choice_that_is_not_offered_loses_nothing(player: Player, step: dict[str, str], sentence: str) -> None:
    player.take(choice="femte-dag")
    status, page = player.post(player.form(), **step)
    assert status == 422
    assert page.count(sentence) == 2
    assert "En kollega meldte sig syg" in page
    assert player.steps() == [{"choice": "femte-dag"}]
    player.take(choice="spoerg-leder")
    assert player.steps() == [{"choice": "femte-dag"}, {"choice": "spoerg-leder"}]


def test_the_same_step_twice_is_one(player: Player) -> None:
    form = player.form()
    assert player.post(form, choice="femte-dag")[0] == 302
    assert player.post(form, choice="femte-dag")[0] == 302
    assert player.steps() == [{"choice": "femte-dag"}]


def test_a_stale_page_changes_nothing(player: Player) -> None:
    form = player.form()
    player.take(choice="femte-dag")
    assert player.post({**form, "save_key": str(uuid4())}, choice="hold-fast")[0] == 302
    assert "Siden var ikke den nyeste." in player.page()
    assert player.steps() == [{"choice": "femte-dag"}]


def test_the_report_of_a_poor_way_shows_the_experts(player: Player) -> None:
    for each in ("en-uges-ro", "ro-fasthold", "ring-til-leder", "albuebind", "vendt-fasthold", "ring-hvis"):
        player.take(choice=each)
    page = player.page()
    assert "Samtalen endte skidt" in page
    assert "2 flyttede ikke noget og 2 gjorde det sværere" in page
    assert page.count("Her valgte eksperten:") == 4
    assert page.count("Gør det sværere") == 2
    assert "Sådan tænkte eksperten" in page
    assert page.index("Din vej") < page.index("Ekspertens vej")


def test_another_way_begins_anew(player: Player) -> None:
    for each in EXPERT:
        player.take(choice=each)
    again = player.form("?again=1")
    assert player.post(again, choice="hold-fast")[0] == 302
    assert "Pernille lægger armene over kors." in player.page()
    assert player.session.scalars(select(func.count()).select_from(Attempt)).one() == 1


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []
    engine = session.get_bind().engine

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_step_and_its_page_are_cheap(player: Player) -> None:
    for each in EXPERT[:-1]:
        player.take(choice=each)
    form = player.form()
    with counted(player.session) as sent:
        player.page()
    assert len(sent) <= MOST, sent
    with counted(player.session) as sent:
        assert player.post(form, rewind="3")[0] == 302
    assert len(sent) <= MOST, sent


# --- on the screen


def test_the_room_begins(screen: Callable[[str], tuple[int, str]]) -> None:
    status, page = screen("")
    assert status == 200
    assert "Pernille er i trediverne" in page
    assert "Hænder for A" in page
    assert "Begynd forfra" not in page


def test_the_room_goes_on_and_back(screen: Callable[[str], tuple[int, str]], player: Player) -> None:
    _, page = screen("?way=femte-dag&hands-femte-dag=12&hands-hold-fast=4")
    assert "En kollega meldte sig syg" in page
    assert '<input type="hidden" name="way" value="femte-dag">' in page
    assert '<input type="hidden" name="hands-femte-dag" value="12">' in page
    back = re.search(r'href="([^"]+)"[^>]*>\s*<svg[^>]*>.*?</svg><span>Gå et skridt tilbage', page)
    assert back is not None
    assert "hands-femte-dag=12" in back[1]
    assert "way=" not in back[1]
    _, page = screen("?hands-femte-dag=12&hands-hold-fast=4")
    assert "75 %" in page
    assert "25 %" in page


def test_the_room_comes_to_the_report(screen: Callable[[str], tuple[int, str]], player: Player) -> None:
    way = "&".join(f"way={each}" for each in EXPERT)
    _, page = screen(f"?{way}&hands-femte-dag=12&hands-hold-fast=4")
    assert "Salens vej" in page
    assert "Hænder: A 4 · B 12 · C 0" in page
    assert "Samtalen endte godt" in page
    assert player.steps() == []


@pytest.mark.parametrize("query", ["?way=findes-ikke", "?way=femte-dag&way=femte-dag", "?way=" + "x" * 2000])
def test_an_address_written_by_hand(screen: Callable[[str], tuple[int, str]], query: str) -> None:
    status, page = screen(query)
    assert status == 200
    assert "Et valg i adressen kan ikke gives her." in page


@pytest.mark.parametrize("query", ["?exercise=en-anden", "?exercise="])
def test_a_talk_the_activity_has_not(screen: Callable[[str], tuple[int, str]], query: str) -> None:
    assert screen(query)[0] == 404


def test_the_screen_is_for_staff_alone(player: Player) -> None:
    assert player.client.get(f"{player.url}/plenary").status_code in {403, 404}
