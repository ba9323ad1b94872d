"""The demo's two AMR runs: one live, between its sessions, with logs; one in one's own time, with a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates import service as certificates
from course.content.catalogue import LIVE, MAIN, OWN_TIME, Activity, Course, FieldType, Kind
from course.reviews import peers
from course.runs.models import Membership, Run
from course.runs.rules import COPENHAGEN, Role, local_instant
from course.runs.service import Meeting, add_member, create_run
from course.teams import partners
from course.teams import reading as groups
from course.teams import service as teams
from course.work import judging
from course.work.finding import live_work
from course.work.models import Work
from course.work.standing import activities_of, standing

from . import pen
from .cohort import Cohort, Staff
from .dates import nearest_weekday
from .pen import actor_of

LIVE_RUN, OWN_RUN = "AMR Lillebæk: på video", "AMR Lillebæk: i egen takt"
NAMES = {"live": f"{LIVE_RUN}, mellem kursusgangene", "own": f"{OWN_RUN}, afsluttet"}
LOG, POINTS, RULES = "amr-11.log", "amr-21.points", "amr-24.rules"
TEXTS = {
    "amr-02.scale": "scale", "amr-03.episode": "episode", "amr-05.opening": "opening", "amr-06.plan": "plan",
    POINTS: "points", "amr-22.table": "table", RULES: "rules",
}  # fmt: skip
"""Which of the shared texts is written in which activity; scales are counted up, and logs are everybody's own."""
RELEASED, RETURNED, BEHIND = ("oda", "wafa"), "benny", "marek"
CERTIFIED, LACKING = "gudrun", "ejnar"
WRONG = 1
"""So many answers of a quiz are wrong."""


def build_runs(
    session: Session,
    app: Flask,
    texts: Mapping[str, Any],
    people: Mapping[str, Person],
    organiser: Person,
    now: datetime,
) -> None:
    """Both runs, with their people and what they have written."""
    course: Course = app.extensions["catalogue"].courses["amr"]
    builder = _Builder(session, app, course, texts, people, organiser, now)
    live(builder.cohort("live", LIVE_RUN, LIVE, (-24, 4)))
    own_time(builder.cohort("own", OWN_RUN, OWN_TIME, (-70, -40)))


class _Builder:
    def __init__(
        self, session: Session, app: Flask, course: Course, texts: Mapping[str, Any], people: Mapping[str, Person],
        organiser: Person, now: datetime,
    ) -> None:  # fmt: skip
        self.session, self.app, self.course, self.texts, self.people = session, app, course, texts, people
        self.now, self.organiser = now, organiser
        facilitator = actor_of(people[self.of("staff")[0]["email"]])
        self.staff = Staff(actor_of(organiser), facilitator, facilitator)

    def of(self, run: str) -> list[dict[str, Any]]:
        return [given for given in self.texts["people"] if given["run"] == run]

    def cohort(self, key: str, name: str, mode: str, days: tuple[int, int]) -> Cohort:
        """A run whose sessions are, or begin, so many days from today, with its people."""
        today = self.now.astimezone(COPENHAGEN).date()
        firsts = [nearest_weekday(today + timedelta(days=day)) for day in days]
        created_at = local_instant(firsts[0] - timedelta(days=30), time(10))
        if mode == OWN_TIME:
            hours = [(local_instant(day, time(6)), local_instant(day + timedelta(13), time(23, 59))) for day in firsts]
        else:
            hours = [(local_instant(day, time(13)), local_instant(day, time(15))) for day in firsts]
        meetings = {
            key: Meeting(*at, "Mødet på video" if mode == LIVE else "")
            for key, at in zip(self.course.sessions, hours, strict=True)
        }
        run = create_run(
            self.session, actor=actor_of(self.organiser), now=created_at, course=self.course,
            packed=self.app.extensions["packed"]["amr"], name=name, cluster="Lillebæk", meetings=meetings, mode=mode,
            organised_by="Arbejdsmiljøhuset Lillebæk",
        )  # fmt: skip
        for given in self.of("staff"):
            self._join(run, given, Role.FACILITATOR, created_at)
        members = {
            given["email"].partition(".")[0]: self._join(run, given, Role.PARTICIPANT, created_at + timedelta(days=3))
            for given in self.of(key)
        }
        return Cohort(self.session, run, self.course, self.texts, members, self.staff)

    def _join(self, run: Run, given: Mapping[str, Any], role: Role, at: datetime) -> Membership:
        person = self.people[given["email"]]
        member = add_member(
            self.session, actor=actor_of(self.organiser), now=at, run=run, person_id=person.id, role=role,
            clinic=given["clinic"],
        )  # fmt: skip
        member.person, member.run = person, run
        return member


def live(cohort: Cohort) -> None:
    """Session 1 has been, five have held their meeting and sent a log; session 2 comes in a few days."""
    begins = cohort.at("session1", 0, 13)
    teams.make(
        cohort.session, actor=cohort.staff.doctor, now=begins, run=cohort.run, course=cohort.course,
        session_key="session1", seed=1, are_pairs=True,
        seen=groups.version(cohort.session, groups.teams(cohort.session, cohort.run.id, "session1")),
    )  # fmt: skip
    kept_back = {BEHIND: ("amr-06.plan",)}
    for who in cohort.members:
        cohort.present(who, "session1", begins + timedelta(minutes=5 if who == "tove" else 0))
        do_session(cohort, who, "session1", begins + timedelta(minutes=15), but=kept_back.get(who, ()))
    cohort.write(BEHIND, "amr-06.plan", dict(list(_text(cohort, "plan").items())[:2]), begins, send=False)
    due = cohort.due("log")
    for who in (one for one in cohort.members if one != BEHIND):
        write_log(cohort, who, due - timedelta(days=2))
    _judge(cohort, RELEASED, due - timedelta(days=1))
    judging.return_for_changes(
        cohort.session, actor=cohort.staff.doctor, now=due - timedelta(hours=20), work_id=_log(cohort, RETURNED).id,
        revision_no=1, comment=cohort.texts["returned"].strip(), until=cohort.at("session2", -1, 23, 59),
    )  # fmt: skip
    peers.arrange(cohort.session, actor=None, now=due + timedelta(minutes=5), run=cohort.run, activity_id=LOG)


def own_time(cohort: Cohort) -> None:
    """Two partners have taken both sessions; one is finished with a certificate, one lacks the ground rules."""
    teams.mend(cohort.session, now=cohort.at("session1", -3, 6), run=cohort.run, course=cohort.course)
    for who in cohort.members:
        do_session(cohort, who, "session1", cohort.at("session1", 4, 19, who=who))
    for who in cohort.members:
        _talk(cohort, who, "session1", cohort.at("session1", 5, 19, who=who))
        write_log(cohort, who, cohort.due("log") - timedelta(days=2))
    _judge(cohort, tuple(cohort.members), cohort.due("log") - timedelta(days=1))
    paired_at = cohort.due("log") + timedelta(minutes=5)
    peers.arrange(cohort.session, actor=None, now=paired_at, run=cohort.run, activity_id=LOG)
    for who in cohort.members:
        lacks = (RULES,) if who == LACKING else ()
        do_session(cohort, who, "session2", cohort.at("session2", 3, 19, who=who), but=lacks)
    _talk(cohort, CERTIFIED, "session2", cohort.at("session2", 4, 19))
    certificates.issue(
        cohort.session, actor=cohort.staff.organiser, now=cohort.at("session2", 15, 10), run=cohort.run,
        membership_id=cohort.members[CERTIFIED].id,
    )  # fmt: skip


def _talk(cohort: Cohort, who: str, session_key: str, at: datetime) -> None:
    member = cohort.members[who]
    partners.hold_talk(
        cohort.session, actor=actor_of(member.person), now=at, run=cohort.run, member=member, session_key=session_key
    )


def do_session(cohort: Cohort, who: str, key: str, at: datetime, *, but: tuple[str, ...] = ()) -> None:
    """Everything in a session that is open to a member and not done yet, in its order."""
    member = cohort.members[who]
    for activity in activities_of(cohort.course, key):
        stands = standing(cohort.session, cohort.run, member)
        is_todo = stands.fact(activity.id) is None and activity.kind is not Kind.ATTEND and activity.id not in but
        if is_todo and stands.gate(activity, at).is_open:
            _do(cohort, who, activity, at, stands.team_id(activity.session))


def _do(cohort: Cohort, who: str, activity: Activity, at: datetime, team_id: int | None) -> None:
    if activity.kind is Kind.READ:
        cohort.read(who, activity.id, at)
    elif activity.kind is Kind.QUIZ:
        cohort.quiz(who, activity.id, at, wrong=WRONG)
    else:
        member = cohort.members[who]
        work = pen.write(
            cohort.session, cohort.course, member, activity.id, _answers(cohort, who, activity), at,
            team_id=team_id if activity.is_shared else None,
        )  # fmt: skip
        pen.hand_in(cohort.session, cohort.course, member, work, at + timedelta(minutes=2))


def _answers(cohort: Cohort, who: str, activity: Activity) -> dict[str, Any]:
    """The shared text of an activity; the dates in it are a few weeks on, and scales go up a little for each."""
    data = _text(cohort, TEXTS[activity.id]) if activity.id in TEXTS else {}
    soon = cohort.day("session2", 35).isoformat()
    for field in pen.form_of(activity).fields.values():
        if field.type is FieldType.SCALE:
            data[field.id] = 4 + (cohort.no(who) * 3 + len(data)) % 5
        elif field.type is FieldType.DATE:
            data[field.id] = soon
    return data


def _text(cohort: Cohort, name: str) -> dict[str, Any]:
    return dict(cohort.texts[name])


def write_log(cohort: Cohort, who: str, at: datetime) -> None:
    """The log of the first meeting."""
    cohort.write(who, LOG, dict(cohort.texts["logs"][who]), at + timedelta(minutes=9 * cohort.no(who)))


def _log(cohort: Cohort, who: str) -> Work:
    found = live_work(cohort.session, cohort.members[who].id, LOG, MAIN)
    assert found is not None, f"{who} has a log"
    return found


def _judge(cohort: Cohort, authors: tuple[str, ...], at: datetime) -> None:
    """A facilitator reads the logs of these, accepts them and gives them to their partners."""
    for who in authors:
        work = _log(cohort, who)
        cohort.accept(work, cohort.staff.doctor, at, "Tak for en klar log.")
        cohort.release(work, cohort.staff.doctor, at + timedelta(minutes=1))
