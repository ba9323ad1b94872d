"""The AMR course from invitation to certificate, live and in one's own time, with the clock moved.

Every mail comes once, nobody is left without a partner, and the certificates say what they should.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from course.accounts.models import Person
from course.certificates import service as certificates
from course.certificates.models import Certificate
from course.certificates.rules import ONLINE_HOURS, OWN_TIME_HOURS
from course.content.catalogue import LIVE, OWN_TIME, Activity, Kind
from course.db.session import writing
from course.outbox.models import Message
from course.runs import attendance, invitation_rows, invitations
from course.runs import service as runs
from course.runs.attendance_rules import code, slot_at
from course.runs.models import Attendance, Membership, Progress, Run
from course.runs.rules import GateState, Role
from course.teams import reading as teams_reading
from course.teams import service as teams
from course.work.models import PeerPair, Work
from course.work.standing import activities_of, standing
from tests.clients import Client
from tests.conftest import SECRET
from tests.factories import actor_of, make_person, packed
from tests.submissions.pages import fill
from tests.wholerun import Play, at

START, FIRST, SECOND = date(2026, 12, 28), date(2027, 1, 12), date(2027, 2, 9)
SPAN = timedelta(days=13)
NAMES = ("anna", "bo", "carl", "dora", "erik", "fie", "gert")
PLACES = {"anna": "Skolen", "bo": "Skolen", "carl": "Lageret", "dora": "Lageret", "erik": "Køkkenet"}
SESSION1, SESSION2 = "session1", "session2"
LOG, POINTS, RULES, OPENING, TABLE = "amr-11.log", "amr-21.points", "amr-24.rules", "amr-05.opening", "amr-22.table"


def begin(app: Flask, mode: str) -> Play:
    """A run of the AMR course that an organiser has made, and everybody invited and in it by their link."""
    play = Play(app, at(START, 9), course_id="amr")
    with play.session() as session, writing(session):
        olga = make_person(session, "Olga Organiser", may_create_runs=True, now=play.now)
        play.people["olga"] = olga.id
        ends = {SESSION1: at(FIRST, 15), SESSION2: at(SECOND, 15)}
        if mode == OWN_TIME:
            ends = {SESSION1: at(FIRST + SPAN, 23, 59), SESSION2: at(SECOND + SPAN, 23, 59)}
        starts = {SESSION1: at(FIRST, 13), SESSION2: at(SECOND, 13)}
        run = runs.create_run(
            session, actor=actor_of(olga), now=play.now, course=play.course, packed=packed("amr"), name="AMR vinter",
            cluster="", mode=mode, organised_by="Arbejdsmiljøhuset",
            meetings={key: runs.Meeting(starts[key], ends[key], "https://video.example/amr") for key in starts},
        )  # fmt: skip
        play.run_id = run.id
        rows = invitation_rows.read_pasted("\n".join(f"{name.title()} <{name}@arbejde.example>" for name in NAMES))
        invitations.invite(session, actor=actor_of(olga), now=play.now, run=run, rows=rows)
        mette = make_person(session, "Mette Underviser", now=play.now)
        runs.add_member(session, actor=actor_of(olga), now=play.now, run=run, person_id=mette.id, role=Role.FACILITATOR)
        play.people["mette"] = mette.id
    play.work()
    for name in NAMES:
        accept(play, name)
    return play


def accept(play: Play, name: str) -> None:
    """Follow the link of the invitation, choose a password, and be in."""
    (mail,) = [mail for _, to, mail in play.post.taken if to == f"{name}@arbejde.example"]
    assert "patient" not in mail.body
    assert "læge" not in mail.body.lower()
    link = re.search(r"http://\S+", mail.body)
    assert link is not None
    with time_machine.travel(play.now, tick=False):
        play.app.test_client_class = Client
        client = play.app.test_client()
        path = link[0].partition("localhost")[2]
        words = "stol lampe vindue gardin " + name
        answer = fill(client, path, {"name": name.title(), "password": words}, path)
        assert answer.status_code == 302, answer.get_data(as_text=True)[-2000:]
    with play.session() as session, writing(session):
        person = session.scalars(select(Person).where(Person.email == f"{name}@arbejde.example")).one()
        member = session.scalars(select(Membership).where(Membership.person_id == person.id)).one()
        member.clinic = PLACES.get(name, "")
        play.people[name], play.members[name] = person.id, member.id


def do_session(play: Play, name: str, key: str) -> None:
    """Everything in the modules of a session, as far as it is open to somebody."""
    for activity in activities_of(play.course, key):
        with play.session() as session:
            _, stands = play.here(session, name)
            is_done = stands.fact(activity.id) is not None and stands.fact(activity.id).state != "draft"  # type: ignore[union-attr]
            is_open = stands.gate(activity, play.now).is_open
        if is_open and not is_done and activity.kind is not Kind.ATTEND:
            do(play, name, activity)


def do(play: Play, name: str, activity: Activity) -> None:
    if activity.kind is Kind.QUIZ:
        play.quiz(name, activity.id)
    elif activity.kind is Kind.EXERCISE:
        play.exercise(name, activity.id)
    elif activity.kind is Kind.READ:
        with time_machine.travel(play.now, tick=False):
            client = play.client(name)
            page = f"/runs/{play.run_id}/modules/{activity.module_id}/{activity.page_id}"
            assert fill(client, page, {}, "/read").status_code == 302
    else:
        play.write(name, activity.id)


def log_and_words(play: Play) -> None:
    """Everybody who is there holds the first meeting, logs it, and has it read; the partners are shared out."""
    play.turn_to(at(SECOND - timedelta(days=8), 19))
    for name in play.there:
        play.write(name, LOG)
    play.turn_to(at(SECOND - timedelta(days=4), 9))
    for work_id in play.works(LOG, "submitted"):
        play.judge("mette", work_id, "released")


def issue(play: Play) -> None:
    play.turn_to(at(SECOND + SPAN + timedelta(days=2), 10))
    with play.session() as session, writing(session):
        olga = actor_of(session.get_one(Person, play.people["olga"]))
        members = [session.get_one(Membership, play.members[name]) for name in play.there]
        certificates.issue_all(
            session, actor=olga, now=play.now, run=session.get_one(Run, play.run_id), members=members
        )
    play.turn_to(at(SECOND + timedelta(days=100), 19))


def check_mails(play: Play) -> None:
    """Every mail once, none failed, none holds what anybody wrote."""
    with play.session() as session:
        assert set(session.scalars(select(Message.state))) <= {"sent", "dropped"}
    twice = Counter((to, mail.subject, mail.body) for _, to, mail in play.post.taken)
    assert [mail for mail, count in twice.items() if count > 1] == []
    for _, to, mail in play.post.taken:
        said = (mail.subject + mail.body).lower()
        assert not re.search(r"\b(patient|læge|klinik|kliniker|forløb)\w*", said), (to, mail.subject)
        assert "aftalte en lille plan" not in said


def printed_of(play: Play) -> dict[str, certificates.Printed]:
    by_member = {member: name for name, member in play.members.items()}
    with play.session() as session:
        found = {}
        for row in session.scalars(select(Certificate)):
            checked = certificates.check(session, row.number or "")
            assert checked is not None
            found[by_member[row.membership_id or 0]] = checked.printed
    return found


# -- live --------------------------------------------------------------------------------------------------------------


def attend_live(play: Play, key: str, day: date, by_code: str, absent: str = "") -> None:
    """One types the code on the screen, staff note the rest."""
    with time_machine.travel(play.now, tick=False):
        client = play.client(by_code)
        typed = code(SECRET, play.run_id, key, slot_at(play.now))
        answer = fill(client, f"/runs/{play.run_id}/attend?code={typed}", {}, "/attend")
        assert answer.status_code == 303, answer.get_data(as_text=True)[-2000:]
    with play.session() as session, writing(session):
        mette = actor_of(session.get_one(Person, play.people["mette"]))
        run = session.get_one(Run, play.run_id)
        if absent:
            attendance.mark(
                session, actor=mette, now=play.now, run=run, session_key=key, membership_id=play.members[absent],
                wanted=attendance.Mark(attendance.AttendanceState.ABSENT), seen="-",
            )  # fmt: skip
        attendance.mark_rest_present(session, actor=mette, now=play.now, run=run, session_key=key)


def make_pairs(play: Play, key: str) -> None:
    with play.session() as session, writing(session):
        found = teams_reading.teams(session, play.run_id, key)
        made = teams.make(
            session, actor=actor_of(session.get_one(Person, play.people["mette"])), now=play.now,
            run=session.get_one(Run, play.run_id), course=play.course, session_key=key, seed=1, are_pairs=True,
            seen=teams_reading.version(session, found),
        )  # fmt: skip
        assert sorted(len(team.members) for team in made) == [2, 2, 3]
        for team in made:
            places = [seat.membership.clinic for seat in team.members if seat.membership.clinic]
            assert len(set(places)) == len(places), "two of one workplace are no partners"


def test_a_whole_run_live(app: Flask) -> None:
    play = begin(app, LIVE)
    play.turn_to(at(FIRST, 13, 5))
    make_pairs(play, SESSION1)
    attend_live(play, SESSION1, FIRST, by_code="anna")
    for name in play.there:
        do_session(play, name, SESSION1)
    log_and_words(play)
    play.turn_to(at(SECOND, 13, 5))
    make_pairs(play, SESSION2)
    attend_live(play, SESSION2, SECOND, by_code="bo", absent="gert")
    for name in play.there:
        do_session(play, name, SESSION2)
    issue(play)
    check_mails(play)
    with play.session() as session:
        pairs = session.scalars(select(PeerPair).where(PeerPair.ended_at.is_(None))).all()
        assert len({pair.giver_id for pair in pairs}) == len(NAMES), "one circle"
        assert len(play.works(POINTS, "submitted")) == len(NAMES)
        how = Counter(session.scalars(select(Attendance.how)))
        assert how == {"staff": 12, "code": 2}
    found = printed_of(play)
    assert set(found) == set(NAMES) - {"gert"}, "who missed a session has none"
    for printed in found.values():
        assert printed.hours_word == ONLINE_HOURS
        assert [one.minutes for one in printed.sessions] == [105, 105]
        assert [one.place for one in printed.sessions] == ["https://video.example/amr"] * 2
        assert printed.session_word == "kursusgang"
        assert "supplerer" in printed.note
        assert printed.organiser == "Arbejdsmiljøhuset"
        assert printed.minutes_online > 0
        assert len(printed.objectives) > 10


# -- in one's own time -------------------------------------------------------------------------------------------------


def groups(play: Play, key: str) -> set[frozenset[str]]:
    """Who are partners in a session: those who have left keep their seat on paper, and are nobody's partner."""
    by_member = {member: name for name, member in play.members.items()}
    with play.session() as session:
        found = teams_reading.groups_of(teams_reading.teams(session, play.run_id, key))
        return {frozenset(by_member[member] for member in members) for members in found.values()}


def talk(play: Play, name: str, key: str) -> int:
    """Press "Vi har holdt den"; the status of the answer."""
    with time_machine.travel(play.now, tick=False):
        url = f"/runs/{play.run_id}/sessions/{key}/partner"
        client = play.client(name)
        page = client.get(url)
        if "Vi har holdt den" not in page.get_data(as_text=True):
            return client.post(url).status_code
        return fill(client, url, {}, "/partner").status_code


def gate_of(play: Play, name: str, activity_id: str) -> GateState:
    with play.session() as session:
        member = session.get_one(Membership, play.members[name])
        stands = standing(session, member.run, member)
        return stands.gate(stands.course.activities[activity_id], play.now).state


@pytest.mark.parametrize("size", [2, pytest.param(3, marks=pytest.mark.one_database)])
def test_a_whole_run_in_ones_own_time(app: Flask, size: int) -> None:
    play = begin(app, OWN_TIME)
    assert gate_of(play, "anna", "amr-01.attend") is GateState.NOT_YET
    assert groups(play, SESSION1) == set()
    play.turn_to(at(FIRST - timedelta(days=2), 9))
    first = groups(play, SESSION1)
    assert sorted(map(len, first)) == [2, 2, 3]
    assert first == groups(play, SESSION2), "the same partners all along"
    assert all({"anna", "bo"} - group and {"carl", "dora"} - group for group in first)
    play.turn_to(at(FIRST, 18))
    leaver = min(next(group for group in first if len(group) == size))
    late = max(set(play.there) - {leaver})
    assert gate_of(play, late, "amr-01.attend") is GateState.NEEDS
    for name in play.there:
        if name != leaver:
            do_session(play, name, SESSION1)
    assert gate_of(play, late, "amr-01.attend") is GateState.OPEN
    assert talk(play, leaver, SESSION1) == 409, "something is left"
    for name in play.there:
        if name not in (leaver, late):
            assert talk(play, name, SESSION1) == 303
            assert talk(play, name, SESSION1) == 303, "said again it changes nothing"
    play.turn_to(at(FIRST + SPAN, 12))
    assert talk(play, late, SESSION1) == 303
    reminded = {to for _, to, mail in play.post.taken if "Frist" in mail.subject and "kursusgang 1" in mail.body}
    assert reminded == {f"{leaver}@arbejde.example", f"{late}@arbejde.example"}
    leave(play, leaver, first)
    log_and_words(play)
    for giver, receiver in pairs(play):
        assert {giver, receiver} <= next(group for group in groups(play, SESSION2) if giver in group)
    play.turn_to(at(SECOND, 18))
    for name in play.there:
        do_session(play, name, SESSION2)
        assert talk(play, name, SESSION2) == 303
    issue(play)
    check_mails(play)
    check_own_time(play, late)


def pairs(play: Play) -> set[tuple[str, str]]:
    by_member = {member: name for name, member in play.members.items()}
    with play.session() as session:
        rows = session.scalars(select(PeerPair).where(PeerPair.ended_at.is_(None)))
        return {(by_member[row.giver_id or 0], by_member[row.receiver_id]) for row in rows}


def leave(play: Play, name: str, before: set[frozenset[str]]) -> None:
    """Somebody leaves: nobody is left alone, and as few as can be have another partner."""
    with play.session() as session, writing(session):
        runs.remove_member(
            session, actor=actor_of(session.get_one(Person, play.people["olga"])), now=play.now,
            run=session.get_one(Run, play.run_id), membership_id=play.members[name],
        )  # fmt: skip
    play.gone.add(name)
    play.work()
    after = groups(play, SESSION1)
    assert sorted(map(len, after)) == [2, 2, 2]
    assert after == groups(play, SESSION2)
    whole = {group for group in before if name not in group}
    assert len(after & whole) >= 1, "a pair that is whole stays"


def check_own_time(play: Play, late: str) -> None:
    told = Counter(to for _, to, mail in play.post.taken if mail.subject.startswith("Din makker på"))
    assert set(told) == {f"{name}@arbejde.example" for name in NAMES}
    assert max(told.values()) <= 2
    with play.session() as session:
        assert set(session.scalars(select(Attendance.how))) == {"talk"}
        done = select(Progress.membership_id).where(Progress.activity_id == "amr-21.attend")
        assert len(session.scalars(done).all()) == len(play.there)
        assert session.scalars(select(Work).where(Work.activity_id == TABLE)).first() is not None
    found = printed_of(play)
    assert set(found) == set(play.there)
    for name, printed in found.items():
        assert printed.hours_word == OWN_TIME_HOURS
        assert [one.minutes for one in printed.sessions] == [105, 105]
        assert [one.place for one in printed.sessions] == ["I egen takt"] * 2
        first = FIRST + SPAN if name == late else FIRST
        assert [one.day for one in printed.sessions] == [first.isoformat(), SECOND.isoformat()]


@pytest.mark.parametrize("mode", ["halvt", OWN_TIME])
def test_a_course_is_held_only_as_it_can_be(app: Flask, mode: str) -> None:
    play = Play(app, at(START, 9))
    with play.session() as session, writing(session):
        olga = make_person(session, "Olga", may_create_runs=True, now=play.now)
        meetings = {key: runs.Meeting(at(day, 9), at(day, 16), "") for key, day in (("day1", FIRST), ("day2", SECOND))}
        with pytest.raises(runs.DomainError, match="på den måde"):
            runs.create_run(
                session, actor=actor_of(olga), now=play.now, course=play.course, packed=packed("gp"), name="GP",
                cluster="", meetings=meetings, mode=mode,
            )  # fmt: skip
