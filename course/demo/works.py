"""The demo's works: written, sent, returned, accepted, released – by the same operations as on the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content.catalogue import Course, Form
from course.reviews import risk
from course.reviews import service as reviews
from course.runs.models import Membership, Run
from course.runs.rules import COPENHAGEN, local_instant
from course.work import fields as shape
from course.work import finding, judging
from course.work.models import Work

from . import pen
from .pen import actor_of, form_of

CASE, ANALYSIS, CONFIDENCE = "gp-05.case", "gp-05.analysis", "gp-02.confidence"


@dataclass(slots=True)
class Writer:
    """Writes the works of one run, its dates around ``now``."""

    session: Session
    run: Run
    course: Course
    texts: dict[str, Any]
    people: dict[str, Person]
    now: datetime

    def _actor(self, email: str) -> Actor:
        return actor_of(self.people[email])

    def _given(self, kind: str, email: str, slot: str | None = None) -> dict[str, Any] | None:
        rows = (r for r in self.texts[kind] if r["email"] == email and slot in (None, r.get("slot")))
        return next(rows, None)

    def _write(self, member: Membership, activity_id: str, slot: str, data: dict[str, Any], at: datetime) -> Work:
        return pen.write(self.session, self.course, member, activity_id, data, at, slot=slot)

    def _submit(self, member: Membership, work: Work, at: datetime) -> None:
        pen.hand_in(self.session, self.course, member, work, at)

    def confidence(self, member: Membership, at: datetime) -> None:
        """Fill in how sure the member is, each on their own level."""
        form = form_of(self.course.activities[CONFIDENCE])
        scales = [field for field in form.fields.values() if field.type == "scale"]
        data = {field.id: 3 + (member.id + i * 2) % 5 for i, field in enumerate(scales)}
        self._submit(member, self._write(member, CONFIDENCE, "main", data, at), at)

    def case(self, member: Membership, slot: str, state: str) -> None:
        """Bring one case of a member to a state: none, draft, submitted, returned, resubmitted, accepted, released."""
        given = self._given("cases", member.person.email, slot)
        if given is None or state == "none":
            return
        data = given["data"]
        if state == "draft":
            data = dict(list(data.items())[: len(data) // 2])
        work = self._write(member, CASE, slot, data, self.now - timedelta(days=6, hours=member.id % 9))
        if state == "draft":
            return
        self._submit(member, work, self.now - timedelta(days=5, hours=member.id % 7))
        if state in {"returned", "resubmitted"}:
            self._return(member, work)
        if state == "resubmitted":
            self._revise(member, work)
        if state in {"accepted", "released"}:
            self._accept(member, work)
        if state == "released":
            self._release(member, work)

    def _said(self, email: str, slot: str, action: str) -> dict[str, Any] | None:
        rows = self.texts["comments"]
        return next((r for r in rows if (r["email"], r["slot"], r["action"]) == (email, slot, action)), None)

    def _end_of_day(self, days: int) -> datetime:
        """The last minute of the Danish day that many days from now."""
        return local_instant(self.now.astimezone(COPENHAGEN).date() + timedelta(days=days), time(23, 59))

    def _return(self, member: Membership, work: Work) -> None:
        said = self._said(member.person.email, work.slot, "return")
        assert said is not None, "the demo's returned cases have words"
        at = self.now - timedelta(days=2)
        feared = self._said(member.person.email, work.slot, "risk")
        if feared is not None:
            risk.raise_flag(
                self.session, actor=self._actor(feared["by"]), now=at - timedelta(hours=3), run=self.run,
                work_id=work.id, reason=feared["text"].strip(),
            )  # fmt: skip
        judging.return_for_changes(
            self.session, actor=self._actor(said["by"]), now=at, work_id=work.id, revision_no=work.submitted_no or 0,
            comment=said["text"], until=self._end_of_day(said["days"]),
        )  # fmt: skip

    def _revise(self, member: Membership, work: Work) -> None:
        given = self._given("cases", member.person.email, work.slot)
        assert given is not None
        revised = given.get("revised") or {
            "workplace": given["data"]["workplace"].strip()
            + " Det svære var de tunge gryder og de lange stræk ved bordet. "
            "Lederen prøvede at bytte opgaver en enkelt uge."
        }
        at = self.now - timedelta(hours=20)
        self._write(member, CASE, work.slot, given["data"] | revised, at)
        self._submit(member, work, at)

    def _accept(self, member: Membership, work: Work) -> None:
        said = self._said(member.person.email, work.slot, "accept")
        by = self._actor(said["by"] if said else "maja.ellekaer@demo.example")
        judging.accept(
            self.session, actor=by, now=self.now - timedelta(days=1, hours=4), work_id=work.id,
            revision_no=work.submitted_no or 0, comment=said["text"] if said else "",
        )  # fmt: skip

    def _release(self, member: Membership, work: Work) -> None:
        said = self._said(member.person.email, work.slot, "redact")
        by = self._actor(said["by"] if said else "henrik.vangsted@demo.example")
        at = self.now - timedelta(days=1)
        form = form_of(self.course.activities[CASE])
        if said is not None:
            self._redact(work, by, at, form, said["words"])
        judging.release(self.session, actor=by, now=at, work_id=work.id, revision_no=work.submitted_no or 0, form=form)

    def _redact(self, work: Work, by: Actor, at: datetime, form: Form, words: list[str]) -> None:
        judged = finding.revision(self.session, work.id, work.submitted_no)
        for path, _, text in shape.texts(form.fields.values(), (judged and judged.data) or {}):
            for word in words:
                start = text.find(word)
                if start >= 0:
                    judging.redact(
                        self.session, actor=by, now=at, work_id=work.id, revision_no=work.submitted_no or 0, form=form,
                        path=path, start=start, end=start + len(word), replacement="[sted]",
                    )  # fmt: skip

    def analysis(self, member: Membership) -> None:
        """Write the first steps of the analysis, where the demo has them."""
        given = self._given("analyses", member.person.email)
        if given is not None:
            self._write(member, ANALYSIS, "main", given["data"], self.now - timedelta(days=3))

    def share_out(self) -> None:
        """Share the waiting cases out among the facilitators."""
        reviewers = [p["email"] for p in self.texts["people"] if p["role"] == "facilitator"]
        reviews.share_out(
            self.session,
            actor=self._actor("birgit.lundsgaard@demo.example"),
            now=self.now,
            run=self.run,
            reviewers=[self.people[email].id for email in reviewers],
        )
