"""From four weeks before day 1 to three months after day 2, with 24 people.

Every mail comes once, every door is as it should be, and the certificates are right.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from course.accounts.models import Person
from course.certificates import service as certificates
from course.certificates.models import Certificate
from course.db.session import writing
from course.outbox.models import Message
from course.reviews import peers
from course.runs import attendance, completion
from course.runs import service as runs
from course.runs.attendance_reading import signature
from course.runs.attendance_rules import AttendanceState, Mark
from course.runs.models import Attendance, Membership, Run
from course.runs.rules import GateState
from course.teams import reading as teams_reading
from course.teams import service as teams
from course.work.models import PeerPair, Release, Work
from course.work.standing import standings_of_run
from tests.factories import actor_of, course
from tests.wholerun import DAY1, DAY2, LAST, OPENS, Play, at

NAMES = (
    *("anna", "bo", "carl", "dora", "erik", "fie", "gert", "hans", "ida", "jens", "kaja", "lars"),
    *("mona", "nils", "oda", "per", "rosa", "søren", "tine", "ulla", "vera", "william", "yrsa", "åse"),
)

LATE, EARLY, HALF, MISSED, ELSEWHERE, GRANTED = "bo", "carl", "dora", "erik", "fie", "gert"
"""The kinds of partial attendance beside being there the whole time. What each gets is in ``EXPECTED``."""
NO_HOMEWORK, LEAVES, LATE_HOMEWORK = "hans", "ida", "jens"
WITHOUT = {HALF, MISSED, NO_HOMEWORK}
"""Who lacks something when the certificates are issued."""

OPEN_FROM: dict[str, tuple[int, str, int | None]] = {
    # activity: days from an anchor until it opens, the anchor, and days from it until its last day (None: stays open)
    "gp-01.safety": (-28, "day1", None),
    "gp-02.confidence": (-28, "day1", None),
    "gp-03.test": (-28, "day1", None),
    "gp-05.case": (-28, "day1", -14),
    "gp-11.attend": (0, "day1", 0),
    "gp-13.worksheet": (0, "day1", None),
    "gp-17.commitment": (0, "day1", None),
    "gp-21.log": (0, "day1", 14),
    "gp-23.homework": (0, "day1", 25),
    "gp-31.attend": (0, "day2", 0),
    "gp-42.patient": (0, "day2", 28),
    "gp-43.followup": (90, "day2", None),
}


def test_a_whole_run(app: Flask) -> None:
    play = Play(app, at(OPENS, 9))
    play.begin(NAMES)
    before_day1(play)
    day1(play)
    between(play)
    day2(play)
    after(play)
    check_mails(play)
    check_certificates(play)


# -- before ------------------------------------------------------------------------------------------------------------


def before_day1(play: Play) -> None:
    """Everybody sends two cases; two come back, one is rejected and replaced; all are released and grouped."""
    play.turn_to(at(DAY1 - timedelta(days=18), 19))
    check_doors(play)
    for name in NAMES:
        play.write(name, "gp-05.case", "good")
        if name != "anna":
            play.write(name, "gp-05.case", "bad")
    play.turn_to(at(DAY1 - timedelta(days=15), 21))
    play.write("anna", "gp-05.case", "bad")  # reminded, and in time
    play.turn_to(at(DAY1 - timedelta(days=12), 10))
    check_doors(play)
    waiting = play.works("gp-05.case", "submitted")
    assert len(waiting) == 48
    verdicts = ["returned", "returned", "rejected"] + ["released"] * 45
    for number, (work_id, verdict) in enumerate(zip(waiting, verdicts, strict=True)):
        play.judge("mette" if number % 2 else "niels", work_id, verdict)
    play.turn_to(at(DAY1 - timedelta(days=10), 20))
    for name, slot in authors(play, "returned"):
        play.write(name, "gp-05.case", slot, did="jeg spurgte til arbejdet, og nu står der mere om lederen")
    ((name, slot),) = authors(play, "rejected")
    play.write(name, "gp-05.case", slot)
    play.turn_to(at(DAY1 - timedelta(days=5), 9))
    for work_id in play.works("gp-05.case", "submitted"):
        play.judge("mette", work_id, "released")
    assert len(play.works("gp-05.case", "accepted")) == 48
    make_groups(play)


def authors(play: Play, state: str) -> list[tuple[str, str]]:
    """Whose cases are in a state."""
    by_member = {member: name for name, member in play.members.items()}
    with play.session() as session:
        rows = session.execute(
            select(Work.membership_id, Work.slot).where(Work.run_id == play.run_id, Work.state == state)
        )
        return [(by_member[member or 0], slot) for member, slot in rows]


def make_groups(play: Play) -> None:
    with play.session() as session, writing(session):
        run = session.get_one(Run, play.run_id)
        found = teams_reading.teams(session, run.id, "day1")
        made = teams.make(
            session, actor=actor_of(session.get_one(Person, play.people["mette"])), now=play.now, run=run,
            course=course(), session_key="day1", seed=1, seen=teams_reading.version(session, found),
        )  # fmt: skip
        assert [len(team.members) for team in made] == [4] * 6
        for team in made:
            clinics = [seat.membership.clinic for seat in team.members]
            assert len(set(clinics)) == len(clinics)


# -- the days ----------------------------------------------------------------------------------------------------------


def note(play: Play, name: str, key: str, mark: Mark, run_id: int = 0) -> None:
    """A facilitator, or the organiser, notes somebody."""
    with play.session() as session, writing(session):
        row = session.scalars(
            select(Attendance).where(Attendance.membership_id == play.members[name], Attendance.session_key == key)
        ).one_or_none()
        attendance.mark(
            session, actor=actor_of(session.get_one(Person, play.people["olga"])), now=play.now,
            run=session.get_one(Run, run_id or play.run_id), session_key=key, membership_id=play.members[name],
            wanted=mark, seen=signature(row),
        )  # fmt: skip


def attend(play: Play, day_key: str, exceptions: dict[str, Mark]) -> None:
    for name, mark in exceptions.items():
        note(play, name, day_key, mark)
    with play.session() as session, writing(session):
        attendance.mark_rest_present(
            session, actor=actor_of(session.get_one(Person, play.people["mette"])), now=play.now,
            run=session.get_one(Run, play.run_id), session_key=day_key,
        )  # fmt: skip


HERE, AWAY = AttendanceState.PRESENT, AttendanceState.ABSENT


def day1(play: Play) -> None:
    play.turn_to(at(DAY1, 16))
    check_doors(play)
    attend(
        play,
        "day1",
        {
            LATE: Mark(HERE, at(DAY1, 9, 45)),
            EARLY: Mark(HERE, None, at(DAY1, 15, 15)),
            HALF: Mark(HERE, None, at(DAY1, 12, 30)),
            MISSED: Mark(AWAY),
            ELSEWHERE: Mark(AWAY),
            GRANTED: Mark(AWAY),
        },
    )
    with play.session() as session:
        groups = [
            [seat.membership_id for seat in team.members] for team in teams_reading.teams(session, play.run_id, "day1")
        ]
    by_member = {member: name for name, member in play.members.items()}
    for group in groups:
        first, second = by_member[group[0]], by_member[group[1]]
        play.save(first, "gp-13.worksheet")
        play.write(second, "gp-13.worksheet", dilemma="på den ene side arbejdet, på den anden side ryggen")
    for name in NAMES:
        play.write(name, "gp-17.commitment")
    play.turn_to(at(DAY1 + timedelta(days=1), 9))
    for work_id in play.works("gp-13.worksheet", "submitted"):
        play.judge("niels", work_id, "released")
    assert len(play.works("gp-13.worksheet", "accepted")) == 6
    with play.session() as session, writing(session):
        attendance.plan_elsewhere(
            session, actor=actor_of(session.get_one(Person, play.people["olga"])), now=play.now,
            run=session.get_one(Run, play.run_id), membership_id=play.members[ELSEWHERE], session_key="day1",
            host_id=play.other_id,
        )  # fmt: skip
    play.turn_to(at(DAY1 + timedelta(days=10), 15))
    note(play, ELSEWHERE, "day1", Mark(HERE), play.other_id)


def between(play: Play) -> None:
    """Try-outs, homework, a member who leaves, peers who are mended, words."""
    play.turn_to(at(DAY1 + timedelta(days=13), 20))
    check_doors(play)
    for name in NAMES:
        play.write(name, "gp-21.log")
    play.turn_to(at(DAY2 - timedelta(days=11), 20))
    for name in NAMES:
        if name not in (NO_HOMEWORK, LATE_HOMEWORK):
            play.write(name, "gp-23.homework")
    play.turn_to(at(DAY2 - timedelta(days=10), 21))
    play.write(LATE_HOMEWORK, "gp-23.homework")
    play.turn_to(at(DAY2 - timedelta(days=9), 9))
    check_doors(play)
    assert len(pairs(play)) == 23, "the worker has paired all who handed in"
    leave(play, LEAVES)
    found = pairs(play)
    assert len(found) == 22
    assert {giver for giver, _ in found} == {receiver for _, receiver in found}
    for work_id in play.works("gp-23.homework", "submitted"):
        play.judge("mette", work_id, "released")
    play.turn_to(at(DAY2 - timedelta(days=7), 20))
    for giver, _ in found:
        play.write(giver, "gp-23.peer")
    with play.session() as session:
        audiences = Counter(session.scalars(select(Release.audience).join(Work, Work.id == Release.work_id)))
    assert audiences["peer"] == 23, "one more is of her who left, and nobody can read it"


def pairs(play: Play) -> list[tuple[str, str]]:
    by_member = {member: name for name, member in play.members.items()}
    with play.session() as session:
        rows = session.scalars(select(PeerPair).where(PeerPair.run_id == play.run_id, PeerPair.ended_at.is_(None)))
        return [(by_member[row.giver_id], by_member[row.receiver_id]) for row in rows if row.giver_id]


def leave(play: Play, name: str) -> None:
    with play.session() as session, writing(session):
        run = session.get_one(Run, play.run_id)
        runs.remove_member(
            session, actor=actor_of(session.get_one(Person, play.people["olga"])), now=play.now, run=run,
            membership_id=play.members[name],
        )  # fmt: skip
        peers.repair_after_leaving(session, run, play.now)
    play.gone.add(name)


def day2(play: Play) -> None:
    play.turn_to(at(DAY2, 16, 5))
    check_doors(play)
    attend(play, "day2", {MISSED: Mark(HERE, at(DAY2, 9, 10))})
    for name in play.there:
        play.write(name, "gp-37.commitment")
        play.write(name, "gp-37.evaluation")


def after(play: Play) -> None:
    """The test, the certificates, a patient of one's own, and three months later what came of it."""
    play.turn_to(at(DAY2 + timedelta(days=10), 19))
    for name in play.there:
        play.quiz(name, "gp-41.test")
    play.turn_to(at(DAY2 + timedelta(days=12), 9))
    with play.session() as session, writing(session):
        run = session.get_one(Run, play.run_id)
        olga = actor_of(session.get_one(Person, play.people["olga"]))
        completion.grant(
            session, actor=olga, now=play.now, run=run, membership_id=play.members[GRANTED],
            reason="Har taget den første dag på et tilsvarende kursus.",
        )  # fmt: skip
        members = [session.get_one(Membership, play.members[name]) for name in play.there]
        certificates.issue_all(session, actor=olga, now=play.now, run=run, members=members)
    play.turn_to(at(DAY2 + timedelta(days=20), 19))
    check_doors(play)
    for name in play.there:
        play.write(name, "gp-42.patient")
    play.turn_to(at(LAST, 19))
    check_doors(play)
    for name in play.there[:10]:
        play.write(name, "gp-43.followup")


# -- what must hold ----------------------------------------------------------------------------------------------------


def check_doors(play: Play) -> None:
    """Nothing is closed that should be open, and nothing open that should be closed, for anybody."""
    anchors = {"day1": DAY1, "day2": DAY2}
    with play.session() as session:
        run = session.get_one(Run, play.run_id)
        people = [session.get_one(Membership, play.members[name]) for name in play.there]
        for member, stands in standings_of_run(session, run, people).items():
            for name, (opens, anchor, closes) in OPEN_FROM.items():
                gate = stands.gate(stands.course.activities[name], play.now, slot=None)
                day = anchors[anchor]
                from_at = at(day + timedelta(days=opens), 9) - timedelta(hours=1 if name.endswith("attend") else 0)
                is_open = play.now >= from_at and (
                    closes is None or play.now <= at(day + timedelta(days=closes), 23, 59)
                )
                if gate.state is GateState.NO_TEAM:
                    assert name == "gp-13.worksheet"
                    continue
                if any(
                    fact.replace_until or fact.returned_until for (of, _), fact in stands.facts.items() if of == name
                ):
                    continue  # sent back or rejected: it has a date of its own
                assert gate.is_open is is_open, (member, name, gate, play.now)


def check_mails(play: Play) -> None:
    """Every mail reached one person once; who had nothing to do was not reminded; nothing failed or waits."""
    with play.session() as session:
        states = set(session.scalars(select(Message.state)))
        emails = {name: session.get_one(Person, person).email for name, person in play.people.items()}
    assert states <= {"sent", "dropped"}, "sent ones older than ninety days are purged"
    twice = Counter((to, mail.subject, mail.body) for _, to, mail in play.post.taken)
    assert [mail for mail, count in twice.items() if count > 1] == []
    got = {name: [mail.subject for _, to, mail in play.post.taken if to == emails[name]] for name in NAMES}
    for name in play.there:
        count = Counter(subject.split(":")[0].split("»")[0].strip() for subject in got[name])
        assert count["Kvittering for"] >= (2 if name == NO_HOMEWORK else 3), (name, count)
        assert "»De næste ti, tredje gang« er åben nu" in got[name], name
        assert count["Dit kursusbevis"] == (0 if name in WITHOUT else 1), (name, count)
        assert count["Frist om 7 dage"] == 4, (name, count)
    assert sum("Afvist" in subject or "afvist" in subject for those in got.values() for subject in those) <= 1
    reminded = {
        to for when, to, mail in play.post.taken if when.date() == DAY1 - timedelta(days=16) and "Frist" in mail.subject
    }
    assert reminded == {emails["anna"]}, "of the cases only she lacked one two days before the deadline"
    assert [s for s in got[LEAVES] if "tredje gang" in s or "kursusbevis" in s] == []
    assert not any("aftalte en lille plan" in mail.subject + mail.body for _, _, mail in play.post.taken)
    assert all(6 <= when.hour <= 21 for when, _, _ in play.post.taken)


EXPECTED = {
    # minutes of teaching on site, by name; everybody else was there all the time
    "anna": [345, 345],
    LATE: [300, 345],
    EARLY: [285, 345],
    ELSEWHERE: [345, 345],
    GRANTED: [345],
}


def check_certificates(play: Play) -> None:
    """Who completed has one, with the right hours; it checks out by its number."""
    by_member = {member: name for name, member in play.members.items()}
    with play.session() as session:
        rows = {by_member[row.membership_id or 0]: row for row in session.scalars(select(Certificate))}
        assert set(rows) == set(play.there) - WITHOUT
        for name, minutes in EXPECTED.items():
            found = certificates.check(session, rows[name].number or "")
            assert found is not None
            assert [one.minutes for one in found.printed.sessions] == minutes, name
        made_up = certificates.check(session, rows[ELSEWHERE].number or "")
        assert made_up is not None
        assert made_up.printed.sessions[0].day == (DAY1 + timedelta(days=10)).isoformat()
        assert made_up.printed.activity_number == "SL-2026-44"
