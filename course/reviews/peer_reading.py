"""How one homework of a run stands: who has handed in, who gives words to whom, and which words have been given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from course.content.catalogue import Activity, Course, Kind
from course.db.errors import NotAllowed
from course.runs.contents import course_of
from course.runs.models import Membership, Run
from course.runs.rules import Role
from course.work.models import PeerPair, Revision, Work
from course.work.rules import Projection, State
from course.work.standing import timetable_of

from .peer_rules import Colleague, Conflicts, conflicts_of

HANDED_IN = frozenset({State.SUBMITTED, State.RETURNED, State.ACCEPTED})
"""Whose homework is there: it gets words, and its author gives some. One that was sent back is on its way."""


@dataclass(frozen=True, slots=True)
class Written:
    """A work of one of the three activities, and its latest revision."""

    work: Work
    latest: Revision | None

    @property
    def data(self) -> dict[str, Any]:
        """What stands in it."""
        return (self.latest.data if self.latest else None) or {}


@dataclass(frozen=True, slots=True)
class Words:
    """Words that were handed in about one homework. ``is_hidden``: staff have taken them out of the author's sight."""

    work: Work
    giver_id: int
    receiver_id: int
    by: str
    data: Mapping[str, Any]
    given_at: datetime

    @property
    def is_hidden(self) -> bool:
        """Whether the author cannot see them."""
        return self.work.projection == Projection.RECALLED


def homeworks(course: Course) -> list[Activity]:
    """The homework activities of a course."""
    return [activity for activity in course.activities.values() if activity.kind is Kind.HOMEWORK]


def homework_of(course: Course, activity_id: str) -> Activity:
    """One of them.

    Raises:
        NotAllowed: it is none.
    """
    found = course.activities.get(activity_id)
    if found is None or found.kind is not Kind.HOMEWORK or found.form is None:
        raise NotAllowed
    return found


def about(course: Course, homework_id: str, kind: Kind) -> Activity | None:
    """The activity about a homework: the words of a peer (``Kind.PEER``), or the author's answer (``Kind.FORM``)."""
    found = (a for a in course.activities.values() if a.kind is kind and a.on and a.on.activity == homework_id)
    return next(found, None)


@dataclass(frozen=True)
class Exchange:
    """Everything about one homework of a run. ``members`` are the participants who are there now, by membership;
    ``everybody`` also those who have left. ``pairs`` holds those that were broken up too, the oldest first.
    ``is_due`` and ``are_words_due``: the deadline of the run for the homework, and for the words, has passed.
    """

    run: Run
    activity: Activity
    peer: Activity | None
    answer: Activity | None
    everybody: Mapping[int, Membership]
    works: Mapping[int, Written]
    words_works: Mapping[int, Written]
    answers: Mapping[int, Written]
    pairs: tuple[PeerPair, ...]
    is_due: bool
    are_words_due: bool

    @cached_property
    def members(self) -> dict[int, Membership]:
        """The participants who are there now."""
        return {id: member for id, member in self.everybody.items() if member.left_at is None}

    @cached_property
    def people(self) -> frozenset[int]:
        """Who is there and takes part: has handed in, or has taken it back once more while there is time."""
        return frozenset(
            member
            for member in self.members
            if member in self.works
            and (self.works[member].work.state in HANDED_IN or self._comes_again(self.works[member].work))
        )

    def _comes_again(self, work: Work) -> bool:
        is_paired = any(work.membership_id in (pair.giver_id, pair.receiver_id) for pair in self.live)
        return work.state == State.WITHDRAWN and is_paired and not self.is_due

    @cached_property
    def live(self) -> tuple[PeerPair, ...]:
        """The pairs that count now."""
        return tuple(pair for pair in self.pairs if pair.ended_at is None)

    @cached_property
    def conflicts(self) -> Conflicts:
        """Who gives no words to whom: people of one clinic, trainees and their tutors."""
        return conflicts_of(Colleague(m.id, m.clinic, m.tutor_id) for m in self.everybody.values())

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """The words that have been given, each by the pair that held when they were handed in."""
        found = []
        for giver, written in self.words_works.items():
            pair = self._pair_at(giver, written.work.submitted_at)
            if written.work.state == State.SUBMITTED and pair is not None and written.work.submitted_at is not None:
                by = self.everybody[giver].person.name
                words = Words(written.work, giver, pair.receiver_id, by, written.data, written.work.submitted_at)
                found.append(words)
        return tuple(sorted(found, key=lambda one: one.given_at))

    def _pair_at(self, giver: int, at: datetime | None) -> PeerPair | None:
        held = [
            pair
            for pair in self.pairs
            if at is not None
            and pair.giver_id == giver
            and pair.made_at <= at
            and (pair.ended_at is None or at <= pair.ended_at)
        ]
        return held[-1] if held else None

    @cached_property
    def done(self) -> dict[int, int]:
        """To whom each giver has given words."""
        return {one.giver_id: one.receiver_id for one in self.words}

    @cached_property
    def begun(self) -> frozenset[int]:
        """Who has begun to write to the one they give to now."""
        since = {pair.giver_id: pair.made_at for pair in self.live if pair.giver_id is not None}
        return frozenset(
            giver
            for giver, written in self.words_works.items()
            if giver in since and written.latest is not None and written.latest.saved_at >= since[giver]
        )

    def words_to(self, receiver_id: int) -> tuple[Words, ...]:
        """The words one homework got."""
        return tuple(one for one in self.words if one.receiver_id == receiver_id)

    def pair_of_receiver(self, receiver_id: int) -> PeerPair | None:
        """Who gives words to this homework now."""
        return next((pair for pair in self.live if pair.receiver_id == receiver_id), None)

    def pair_of_giver(self, giver_id: int) -> PeerPair | None:
        """Whose homework somebody gives words to now."""
        return next((pair for pair in self.live if pair.giver_id == giver_id), None)


def exchange_of(session: Session, run: Run, activity_id: str, now: datetime) -> Exchange:
    """How a homework stands. Four queries, however many take part.

    Raises:
        NotAllowed: the run's course has no such homework.
    """
    course = course_of(session, run)
    activity = homework_of(course, activity_id)
    peer, answer = about(course, activity_id, Kind.PEER), about(course, activity_id, Kind.FORM)
    everybody = session.scalars(
        select(Membership)
        .where(Membership.run_id == run.id, Membership.role == Role.PARTICIPANT)
        .options(joinedload(Membership.person))
        .execution_options(populate_existing=True)
    )
    pairs = session.scalars(
        select(PeerPair)
        .where(PeerPair.run_id == run.id, PeerPair.activity_id == activity_id)
        .order_by(PeerPair.id)
        .execution_options(populate_existing=True)
    )
    dates = timetable_of(session, run, course, None)
    due, words_due = dates.due(activity.due), dates.due(peer.due) if peer else None
    written = _written(session, run.id, [one.id for one in (activity, peer, answer) if one is not None])
    return Exchange(
        run,
        activity,
        peer,
        answer,
        {member.id: member for member in sorted(everybody, key=lambda member: (member.person.name, member.id))},
        written.get(activity.id, {}),
        written.get(peer.id, {}) if peer else {},
        written.get(answer.id, {}) if answer else {},
        tuple(pairs),
        due is not None and now > due,
        words_due is not None and now > words_due,
    )


def _written(session: Session, run_id: int, activity_ids: list[str]) -> dict[str, dict[int, Written]]:
    """The works that count, by activity and member: what was handed in, where something was."""
    rows = session.execute(
        select(Work, Revision)
        .outerjoin(
            Revision,
            and_(
                Revision.work_id == Work.id,
                or_(
                    Revision.no == Work.submitted_no,
                    and_(Work.submitted_no.is_(None), Revision.no == Work.latest_no),
                ),
            ),
        )
        .where(Work.run_id == run_id, Work.activity_id.in_(activity_ids), Work.state != State.REJECTED)
        .execution_options(populate_existing=True)
    )
    found: dict[str, dict[int, Written]] = {}
    for work, latest in rows:
        if work.membership_id is not None:
            found.setdefault(work.activity_id, {})[work.membership_id] = Written(work, latest)
    return found
