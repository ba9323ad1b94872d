"""The worksheet: several write in it at once, one hands it in, staff judge it, the others read its release."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from course.db.errors import DomainError
from course.outbox.models import Message
from course.reviews import service as reviews
from course.runs.models import Team
from course.runs.rules import Role
from course.teams import service
from tests.factories import course, make_member
from tests.submissions.pages import fill, form_of, heading, links, main_text

from .conftest import SHEET, Hall

EMPTY = {"example_of": "", "dilemma": "", "limits": ""}


class Pen:
    """A member with the step »meaning« open: what stands in the page, and what the server was told last."""

    def __init__(self, hall: Hall, at: int) -> None:
        self.hall = hall
        self.client: FlaskClient = hall.client_for(hall.members[at].person)
        page = form_of(self.client.get(hall.step_url()), "/steps/meaning")
        self.hidden = {name: page.value(name) for name in ("base_no", "work_id", "team_id")}
        self.text = {name: page.value(name) or "" for name in EMPTY}

    def send(self, **changes: str) -> TestResponse:
        self.text |= changes
        data = {**self.hidden, **self.text, "save_id": str(uuid4())}
        return self.client.post(self.hall.step_url(tail="/autosave"), data=data)

    def save(self, **changes: str) -> dict[str, Any]:
        """Save as the page does, and take in what the answer brings."""
        response = self.send(**changes)
        assert response.status_code == 200, response.get_json()
        answer = response.get_json()
        self.hidden |= {"base_no": str(answer["no"]), "work_id": str(answer["work_id"])}
        self.take_in(answer["others"])
        return answer

    def take_in(self, others: dict[str, list[list[str]]]) -> None:
        for field, pairs in others.items():
            self.text[field] = pairs[0][1] if pairs else ""

    def look(self) -> dict[str, Any]:
        return self.client.get(self.hall.step_url(tail="/latest"), query_string=self.hidden).get_json()


@pytest.fixture
def group(hall: Hall) -> Team:
    """Four members in one group."""
    hall.arrive(*"abcd", cases="bad")
    (team,) = hall.make()
    return team


def test_two_pages_from_the_beginning_lose_no_word(hall: Hall, group: Team) -> None:
    """Both begin in the same empty field; both go on; one leaves a field the other has filled."""
    anna, bo = Pen(hall, 0), Pen(hall, 1)
    anna.save(example_of="Patienten bar beskeden.")
    bo.save(example_of="Lederen ventede.", dilemma="Ro over for rutine.")
    assert bo.text["example_of"] == "Patienten bar beskeden.\nLederen ventede."
    answer = anna.save(example_of="Patienten bar selv beskeden.")
    assert answer["others"] == {
        "example_of": [["example_of", "Patienten bar selv beskeden.\nLederen ventede."]],
        "dilemma": [["dilemma", "Ro over for rutine."]],
    }
    bo.save(limits="Når der ikke er et job.")
    assert hall.sheet_data() == {
        "example_of": "Patienten bar selv beskeden.\nLederen ventede.",
        "dilemma": "Ro over for rutine.",
        "limits": "Når der ikke er et job.",
    }
    assert len(hall.sheets()) == 1


def test_a_retry_whose_answer_was_lost_takes_nothing_away(hall: Hall, group: Team) -> None:
    anna, bo = Pen(hall, 0), Pen(hall, 1)
    anna.save(example_of="Annas linje.")
    data = {**bo.hidden, **EMPTY, "example_of": "Bos linje.", "save_id": str(uuid4())}
    numbers = [bo.client.post(hall.step_url(tail="/autosave"), data=data).get_json()["no"] for _ in range(2)]
    assert numbers == [2, 2]
    assert hall.sheet_data() == {"example_of": "Annas linje.\nBos linje."}


def test_who_writes_and_what_is_told_to_a_page_that_waits(
    hall: Hall, group: Team, clock: time_machine.Traveller
) -> None:
    anna, bo = Pen(hall, 0), Pen(hall, 1)
    assert bo.look() == {"no": 0, "work_id": 0, "others": {}, "writers": ""}
    anna.save(example_of="Annas linje.")
    clock.shift(timedelta(seconds=90))
    told = bo.look()
    assert told["others"] == {"example_of": [["example_of", "Annas linje."]]}
    assert told["writers"] == "Læge A skrev for 1 min. siden."
    assert anna.look()["writers"] == ""
    page = bo.client.get(hall.step_url())
    assert "Læge A skrev for 1 min. siden." in main_text(page)
    clock.shift(timedelta(minutes=20))
    assert bo.look()["writers"] == ""


def test_the_same_line_changed_by_two_shows_whose_is_whose(hall: Hall, group: Team) -> None:
    Pen(hall, 0).save(example_of="En linje.")
    anna, bo = Pen(hall, 0), Pen(hall, 1)
    anna.save(example_of="Annas linje.", limits="Annas grænse.")
    refused = bo.send(example_of="Bos linje.", dilemma="Bos dilemma.")
    assert refused.status_code == 409
    assert "En anden i gruppen" in refused.get_json()["error"]
    data = {**bo.hidden, **bo.text, "save_id": str(uuid4()), "action": "save"}
    page = bo.client.post(hall.step_url(), data=data)
    said = main_text(page)
    assert page.status_code == 409
    assert "Det, Læge A har gemt" in said
    assert "Bos linje." in said
    form = form_of(page, "/steps/meaning")
    pick = {"pick-example_of": "both", "both-example_of": "Annas og Bos linje."}
    assert bo.client.post(form.action, data=form.filled(pick)).status_code == 302
    assert hall.sheet_data() == {
        "example_of": "Annas og Bos linje.", "limits": "Annas grænse.", "dilemma": "Bos dilemma.",
    }  # fmt: skip


def test_without_javascript_two_forms_are_put_together_too(hall: Hall, group: Team) -> None:
    anna, bo = (hall.client_for(hall.members[i].person) for i in (0, 1))
    form = form_of(bo.get(hall.step_url()), "/steps/meaning")
    fill(anna, hall.step_url(), {"limits": "Anna."}, "/steps/meaning")
    assert bo.post(form.action, data=form.filled({"limits": "Bo."})).status_code == 302
    assert hall.sheet_data() == {"limits": "Anna.\nBo."}


def test_a_text_that_is_too_long_for_two_is_asked_about(hall: Hall, group: Team) -> None:
    anna, bo = Pen(hall, 0), Pen(hall, 1)
    anna.save(example_of="a" * 600)
    assert bo.send(example_of="b" * 600).status_code == 409


def test_what_cannot_be_kept_does_not_hide_what_another_wrote(hall: Hall, group: Team) -> None:
    """Bo's text is too long to be kept; Anna has written in the same field: he is asked, and nothing is lost."""
    anna, bo = Pen(hall, 0), Pen(hall, 1)
    anna.save(example_of="Anna.")
    assert bo.send(example_of="b" * 3000).status_code == 409
    assert hall.sheet_data() == {"example_of": "Anna."}


def test_nothing_red_is_kept_in_a_sheet(hall: Hall, group: Team) -> None:
    answer = Pen(hall, 0).save(example_of="Ring på 20 30 40 50.")
    assert [one["placeholder"] for one in answer["replaced"]] == ["[telefon]"]
    assert "20 30 40 50" not in str(hall.sheet_data())


# -- the group changes while it writes ---------------------------------------------------------------------------------


def test_a_group_dissolved_while_it_writes_gives_the_text_back(hall: Hall, group: Team) -> None:
    anna = Pen(hall, 0)
    anna.save(example_of="Det første.")
    service.dissolve(hall.session, **hall.values(team_id=group.id))
    hall.session.commit()
    for answer in (anna.send(example_of="Det andet."), anna.client.get(hall.step_url(tail="/latest"),
                                                                     query_string=anna.hidden)):  # fmt: skip
        assert answer.status_code == 409
        assert "Grupperne er lavet om" in answer.get_json()["error"]
    data = {**anna.hidden, **anna.text, "save_id": str(uuid4()), "action": "save"}
    page = anna.client.post(hall.step_url(), data=data)
    assert page.status_code == 409
    assert "Det andet." in main_text(page)
    assert hall.sheet_data() == {"example_of": "Det første."}


def test_the_old_sheet_stays_readable_for_those_who_wrote_it_and_for_staff(hall: Hall, group: Team) -> None:
    Pen(hall, 0).save(example_of="Det første.")
    others = hall.arrive("x")[-1]
    service.dissolve(hall.session, **hall.values(team_id=group.id))
    hall.make(seed=3)
    hall.session.commit()
    url = f"/runs/{hall.run.id}/teams/{group.id}"
    for person in (hall.members[0].person, hall.members[3].person, hall.mette, hall.organiser):
        assert "Det første." in main_text(hall.client_for(person).get(url))
    assert hall.client_for(others.person).get(url).status_code == 404
    own = hall.client_for(hall.members[0].person).get(f"/runs/{hall.run.id}/sessions/day1/group")
    assert url in links(own)
    assert url in links(hall.client_for(hall.mette).get(hall.url()))


def test_staff_do_not_read_along_while_a_group_writes(hall: Hall, group: Team) -> None:
    Pen(hall, 0).save(example_of="Vi er ikke færdige.")
    url = f"/runs/{hall.run.id}/teams/{group.id}"
    assert "Vi er ikke færdige." not in main_text(hall.client_for(hall.mette).get(url))
    assert "Vi er ikke færdige." in main_text(hall.client_for(hall.members[1].person).get(url))


def test_who_is_moved_writes_in_the_new_sheet_and_never_by_mistake_in_it(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    one, other = hall.make()
    at = next(i for i, member in enumerate(hall.members) if member.id in hall.groups()[one.no])
    anna = Pen(hall, at)
    service.move(hall.session, **hall.values(membership_id=hall.members[at].id, team_id=other.id))
    hall.session.commit()
    assert anna.send(example_of="Til den gamle gruppe.").status_code == 409
    assert hall.sheets() == []
    Pen(hall, at).save(example_of="Til den nye.")
    assert [work.team_id for work in hall.sheets()] == [other.id]


def test_somebody_without_a_group_keeps_the_text_too(hall: Hall, group: Team) -> None:
    outsider = hall.arrive("x")[-1]
    client = hall.client_for(outsider.person)
    page = client.post(hall.step_url(), data={**EMPTY, "example_of": "Min tekst.", "action": "save"})
    assert page.status_code == 409
    assert "Min tekst." in main_text(page)
    assert hall.sheets() == []


def test_a_sent_sheet_tells_the_others_pages(hall: Hall, group: Team) -> None:
    anna, bo = Pen(hall, 0), Pen(hall, 1)
    anna.save(example_of="Annas linje.")
    work = hall.sheets()[0]
    work.state, work.submitted_no, work.submitted_at = "submitted", 1, hall.now
    hall.session.commit()
    told = bo.look()
    assert told["closed"]
    assert "er sendt eller lukket" in told["error"]


# -- handed in, judged, released ---------------------------------------------------------------------------------------


def answers() -> dict[str, Any]:
    """A sheet in which nothing is missing."""
    form = course().activities[SHEET].form
    assert form is not None
    data: dict[str, Any] = {}
    for field in form.fields.values():
        if field.type == "rows":
            row = {c.id: c.options[0].id if c.type == "choice" else "det gav mening derfra" for c in field.columns}
            data[field.id] = [row] * 3
        elif field.required:
            data[field.id] = "når beskeder bæres af andre, hører to hver sin historie om det samme arbejde og forløb"
    return data


@pytest.fixture
def sent(hall: Hall, group: Team) -> Team:
    """A sheet that one member has handed in by the pages."""
    from course.submissions.conflicts import as_posted

    form = course().activities[SHEET].form
    assert form is not None
    client = hall.client_for(hall.members[0].person)
    for step in form.steps:
        changes: dict[str, Any] = dict(as_posted(step.fields, answers()))
        assert fill(client, hall.step_url(step.id), changes, f"/steps/{step.id}").status_code in {200, 302}
    other = hall.client_for(hall.members[1].person)
    checks = [str(i) for i in range(len(form.self_check))]
    answer = fill(other, hall.sheet_url("/submit"), {"check": checks}, "/submit")
    assert answer.status_code == 302, main_text(answer)
    hall.fresh()
    return hall.session.get_one(Team, group.id)


def test_any_member_hands_in_and_all_see_it(hall: Hall, sent: Team) -> None:
    (work,) = hall.sheets()
    assert (work.state, work.team_id, work.membership_id) == ("submitted", sent.id, None)
    page = hall.client_for(hall.members[3].person).get(hall.sheet_url())
    assert "Gruppen har sendt gruppearket" in main_text(page)
    receipts = list(hall.session.scalars(select(Message).where(Message.kind == "receipt")))
    assert receipts[-1].to == hall.members[1].person.email


def press(hall: Hall, client: FlaskClient, do: str, **values: str) -> TestResponse:
    (work,) = hall.sheets()
    page = {
        "revision_no": str(work.submitted_no),
        "state": work.state,
        "until_day": "2026-12-09",
        "until_time": "23:59",
    }
    return client.post(f"/runs/{hall.run.id}/reviews/works/{work.id}", data=page | {"do": do} | values)


def mails(hall: Hall, kind: str) -> list[str]:
    hall.fresh()
    return sorted(hall.session.scalars(select(Message.to).where(Message.kind == kind)))


def emails(hall: Hall) -> list[str]:
    return sorted(member.person.email for member in hall.members[:4])


def test_the_inbox_shows_it_as_the_groups(hall: Hall, sent: Team) -> None:
    mette = hall.client_for(hall.mette)
    for order in ("oldest", "author", "deadline"):
        inbox = main_text(mette.get(f"/runs/{hall.run.id}/reviews?order={order}"))
        assert "Gruppe 1" in inbox
    page = mette.get(f"/runs/{hall.run.id}/reviews/next", follow_redirects=True)
    assert (heading(page), "Gruppe 1" in main_text(page)) == ("Gruppens ark", True)
    assert "Jeg er inhabil for" not in main_text(page)
    assert press(hall, mette, "recuse").status_code == 422


def test_returned_to_every_member_and_sent_again(hall: Hall, sent: Team) -> None:
    mette = hall.client_for(hall.mette)
    assert press(hall, mette, "return", comment="Skriv lidt mere.").status_code == 303
    assert mails(hall, "returned") == emails(hall)
    bo = hall.client_for(hall.members[2].person)
    assert "Skriv lidt mere." in main_text(bo.get(hall.sheet_url()))
    assert "Gruppen har fået gruppearket tilbage" in main_text(bo.get(hall.sheet_url()))


def test_accepted_and_released_among_the_runs_cases(hall: Hall, sent: Team) -> None:
    mette = hall.client_for(hall.mette)
    assert press(hall, mette, "accept").status_code == 303
    assert mails(hall, "accepted") == emails(hall)
    (work,) = hall.sheets()
    copy = f"/runs/{hall.run.id}/reviews/works/{work.id}/copy"
    assert fill(mette, copy, {"do": "release"}, "/copy").status_code == 303
    assert mails(hall, "released") == emails(hall)
    outsider = hall.arrive("x")[-1]
    reader = hall.client_for(outsider.person)
    listed = reader.get(f"/runs/{hall.run.id}/releases")
    assert "Skrevet af Gruppe 1" in main_text(listed)
    address = next(href for href in links(listed) if "/releases/" in href and reader.get(href).status_code == 200
                   and heading(reader.get(href)) == "Gruppens ark")  # fmt: skip
    assert "Jeres eget" not in main_text(reader.get(address))
    assert "Jeres eget" in main_text(hall.client_for(hall.members[2].person).get(address))


def test_nobody_judges_what_the_own_group_wrote(hall: Hall, sent: Team) -> None:
    """A facilitator who takes part too sits in the group: the sheet is not there for them, before or after a move."""
    person = hall.members[0].person
    (work,) = hall.sheets()
    make_member(hall.session, hall.run, person, Role.FACILITATOR)
    url = f"/runs/{hall.run.id}/reviews/works/{work.id}"
    client = hall.client_for(person)
    assert client.get(url).status_code == 404
    assert "Gruppe 1" not in main_text(client.get(f"/runs/{hall.run.id}/reviews"))
    with pytest.raises(DomainError, match="Vælg en anden"):
        reviews.assign(
            hall.session, actor=hall.actor(hall.organiser), now=hall.now, work_id=work.id, person_id=person.id
        )
    service.dissolve(hall.session, **hall.values(team_id=sent.id))
    hall.session.commit()
    assert client.get(url).status_code == 404


def test_shared_out_to_somebody_outside_the_group(hall: Hall, sent: Team) -> None:
    person = hall.members[0].person
    make_member(hall.session, hall.run, person, Role.FACILITATOR)
    piles = reviews.share_out(
        hall.session, actor=hall.actor(hall.organiser), now=hall.now, run=hall.run,
        reviewers=[person.id, hall.mette.id],
    )  # fmt: skip
    assert piles == {person.id: 0, hall.mette.id: 1}


def test_a_dissolved_groups_sheet_is_still_judged_and_its_writers_hear_of_it(hall: Hall, sent: Team) -> None:
    service.dissolve(hall.session, **hall.values(team_id=sent.id))
    mette = hall.client_for(hall.mette)
    assert "Gruppe 1 (opløst)" in main_text(mette.get(f"/runs/{hall.run.id}/reviews"))
    assert press(hall, mette, "accept").status_code == 303
    assert mails(hall, "accepted") == emails(hall)


def test_a_flag_about_a_sheet_reaches_the_clinician(hall: Hall, sent: Team) -> None:
    hall.run.clinician_id = hall.mette.id
    olga = hall.client_for(hall.organiser)
    assert press(hall, olga, "risk", reason="Vi er bekymrede.").status_code == 303
    assert mails(hall, "risk_flag") == [hall.mette.email]
    assert "Gruppe 1" in main_text(hall.client_for(hall.mette).get(f"/runs/{hall.run.id}/reviews"))
