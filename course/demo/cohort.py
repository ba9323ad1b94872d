"""What the members and staff of one of the demo's later runs can do, each deed at its own time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from course.accounts.rules import Actor
from course.content.catalogue import MAIN, Course
from course.exercises.service import Sent, take_step
from course.learning.service import mark_read
from course.reviews import leases, profiles, remarks
from course.reviews.reading import audience_of
from course.runs import attendance
from course.runs.attendance_reading import signature
from course.runs.attendance_rules import AttendanceState, Mark
from course.runs.models import Attendance, Membership, Run
from course.runs.rules import COPENHAGEN, local_instant
from course.teams import reading as groups
from course.teams import service as teams
from course.work import judging
from course.work.finding import live_work
from course.work.models import Work
from course.work.standing import standing

from . import pen

CASE, SHEET = "gp-05.case", "gp-13.worksheet"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who runs the demo's runs."""

    organiser: Actor
    doctor: Actor
    physiotherapist: Actor


@dataclass(slots=True)
class Cohort:
    """One run with its members, each by the first name in the address, in the order in which they joined."""

    session: Session
    run: Run
    course: Course
    texts: Mapping[str, Any]
    members: dict[str, Membership]
    staff: Staff

    # -- times ---------------------------------------------------------------------------------------------------------

    def day(self, session_key: str, days: int = 0) -> date:
        """The Danish day so many days after a session (before it when negative)."""
        meeting = next(one for one in self.run.sessions if one.key == session_key)
        return meeting.starts_at.astimezone(COPENHAGEN).date() + timedelta(days=days)

    def at(self, session_key: str, days: int, hour: int, minute: int = 0, *, who: str = "") -> datetime:
        """A time of that day. Nobody does anything in the very same minute as somebody else (``who``)."""
        return local_instant(self.day(session_key, days), time(hour, minute)) + timedelta(minutes=3 * self.no(who))

    def due(self, deadline_id: str) -> datetime:
        """A deadline of the run."""
        found = standing(self.session, self.run, None).dates.due(deadline_id)
        assert found is not None, f"{deadline_id} has no date"
        return found

    # -- texts ---------------------------------------------------------------------------------------------------------

    def no(self, who: str) -> int:
        """The place of a member among the members."""
        return list(self.members).index(who) if who in self.members else 0

    def shared(self, kind: str, who: str) -> dict[str, Any]:
        """One of the texts that are shared out among the members."""
        texts = self.texts[kind]
        return dict(texts[self.no(who) % len(texts)])

    # -- members -------------------------------------------------------------------------------------------------------

    def write(
        self, who: str, activity_id: str, data: dict[str, Any], at: datetime, *, slot: str = MAIN, send: bool = True
    ) -> Work:
        """Write a text and hand it in (``send`` false: leave it as a draft)."""
        member = self.members[who]
        work = pen.write(self.session, self.course, member, activity_id, data, at, slot=slot)
        if send:
            pen.hand_in(self.session, self.course, member, work, at + timedelta(minutes=2))
        return work

    def read(self, who: str, activity_id: str, at: datetime) -> None:
        """Read a page."""
        member, activity = self.members[who], self.course.activities[activity_id]
        mark_read(
            self.session, actor=pen.actor_of(member.person), now=at, membership=member, activity=activity,
            gate=standing(self.session, self.run, member).gate(activity, at),
        )  # fmt: skip

    def quiz(self, who: str, activity_id: str, at: datetime, *, wrong: int) -> None:
        """Take a quiz with so many answers wrong."""
        member, activity = self.members[who], self.course.activities[activity_id]
        questions = activity.exercises[0].spec.questions
        answers = MultiDict[str, str]()
        for number, question in enumerate(questions):
            misses = (number + self.no(who)) % len(questions) < wrong
            options = [option.id for option in question.options if option.correct != misses]
            answers.setlist(question.id, options[: None if question.kind == "multiple" else 1])
        key = str(uuid5(NAMESPACE_URL, f"{self.run.id}-{who}-{activity_id}"))
        take_step(
            self.session, actor=pen.actor_of(member.person), now=at, membership=member, activity=activity,
            content_digest=self.run.content_digest, gate=standing(self.session, self.run, member).gate(activity, at),
            sent=Sent(key, key, activity.exercises[0].id, 0, answers),
        )  # fmt: skip

    def worksheet(self, about: str, at: datetime) -> Work:
        """Let the group that the author of a case sits in write its worksheet about it. A colleague holds the pen."""
        author = self.members[about]
        found = groups.teams(self.session, self.run.id, "day1")
        team = next(team for team in found if author.id in {seat.membership_id for seat in team.members})
        writer = next(member for member in groups.here(team) if member.id != author.id)
        cases = [live_work(self.session, author.id, CASE, "bad"), live_work(self.session, writer.id, CASE, "good")]
        teams.choose(
            self.session, actor=self.staff.doctor, now=at - timedelta(minutes=50), run=self.run, course=self.course,
            session_key="day1", team_id=team.id, work_ids={case.id for case in cases if case},
            case_ids=(),
            seen=groups.version(self.session, found),
        )  # fmt: skip
        data = self.texts["worksheets"][about]
        work = pen.write(self.session, self.course, writer, SHEET, data, at, team_id=team.id)
        pen.hand_in(self.session, self.course, writer, work, at + timedelta(minutes=4))
        return work

    # -- staff ---------------------------------------------------------------------------------------------------------

    def present(
        self, who: str, session_key: str, from_at: datetime | None = None, until: datetime | None = None
    ) -> None:
        """Note that a member came, and from and until when if not all the time."""
        self._mark(self.members[who], session_key, Mark(AttendanceState.PRESENT, from_at, until), from_at)

    def welcome(self, guest: Membership, session_key: str) -> None:
        """Note that a member of another run came as a guest, as was agreed."""
        self._mark(guest, session_key, Mark(AttendanceState.PRESENT), None)

    def _mark(self, member: Membership, session_key: str, wanted: Mark, at: datetime | None) -> None:
        _, row = attendance.locked(self.session, member.id, session_key)
        attendance.mark(
            self.session, actor=self.staff.doctor, now=at or self.at(session_key, 0, 9, 5), run=self.run,
            session_key=session_key, membership_id=member.id, wanted=wanted, seen=signature(row),
        )  # fmt: skip

    def elsewhere(self, who: str, session_key: str, host: Run, at: datetime) -> Attendance:
        """Agree that a member takes a session with another run."""
        return attendance.plan_elsewhere(
            self.session, actor=self.staff.organiser, now=at, run=self.run, membership_id=self.members[who].id,
            session_key=session_key, host_id=host.id,
        )  # fmt: skip

    def accept(self, work: Work, by: Actor, at: datetime, comment: str = "") -> None:
        """Accept a text."""
        judging.accept(
            self.session, actor=by, now=at, work_id=work.id, revision_no=work.submitted_no or 0, comment=comment
        )

    def release(self, work: Work, by: Actor, at: datetime) -> None:
        """Release an accepted text to whoever its activity is for: the run, or one peer."""
        activity = self.course.activities[work.activity_id]
        judging.release(
            self.session, actor=by, now=at, work_id=work.id, revision_no=work.submitted_no or 0,
            form=pen.form_of(activity), audience=audience_of(activity) or "run",
        )  # fmt: skip

    def set_profile(self, who: str, work: Work, by: Actor, at: datetime) -> None:
        """Set a profile, where there is one for this member's homework, and write a remark to a field."""
        activity = self.course.activities[work.activity_id]
        levels, remark = self.texts["profiles"].get(who), self.texts["remarks"].get(who)
        told: dict[str, Any] = {"actor": by, "now": at, "work_id": work.id, "revision_no": work.submitted_no or 0}
        if levels:
            rubric = self.course.rubrics[activity.rubric or ""]
            profiles.set_profile(self.session, **told, rubric=rubric, levels=levels)
        if remark:
            form = pen.form_of(activity)
            remarks.remark(self.session, **told, form=form, field_id=remark["field"], text=remark["text"])
            leases.let_go(self.session, actor=by, work_id=work.id)
