"""Several members and facilitators at the same moment, each with a connection of their own, on both databases."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from course.db.session import new_session
from course.runs.models import Membership, Run, Team, TeamMember
from course.teams import service
from course.teams.service import TeamsChanged
from course.work import checking
from course.work import service as spine
from course.work.finding import TeamChanged
from course.work.models import Revision, Work
from course.work.service import Saved
from course.work.standing import standing
from tests.factories import actor_of, course, form_of
from tests.reviews.test_together import at_once, refusals

from .conftest import SHEET, Hall

WRITERS = 4
LINES = 5


@pytest.fixture
def group(hall: Hall) -> Team:
    hall.arrive(*"abcd")
    (team,) = hall.make()
    hall.session.commit()
    return team


def write(
    session: Session, hall: Hall, member: Membership, team_id: int, text: str, base_no: int, save_id: str = ""
) -> Saved:
    """Save one text as the page of a member does that was opened at revision ``base_no``."""
    run = session.get_one(Run, hall.run.id)
    own = session.get_one(Membership, member.id)
    activity = course().activities[SHEET]
    gate = standing(session, run, own).gate(activity, hall.now)
    actor = actor_of(own.person)
    work = spine.open_work(
        session, actor=actor, now=hall.now, membership=own, activity=activity, slot="main", gate=gate, team_id=team_id
    )
    return spine.save(
        session, actor=actor, now=hall.now, work=work, form=form_of(SHEET), gate=gate, base_no=base_no,
        content=checking.check_data(form_of(SHEET), {"limits": text}), save_id=save_id or str(uuid4()),
    )  # fmt: skip


def test_four_who_begin_at_once_write_one_sheet(hall: Hall, engine: Engine, group: Team) -> None:
    texts = [f"Linje fra {member.person.name}" for member in hall.members]
    acts = [
        lambda s, m=member, t=text: write(s, hall, m, group.id, t, 0)
        for member, text in zip(hall.members, texts, strict=True)
    ]
    assert refusals(at_once(engine, *acts)) == []
    with new_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Work)) == 1
        last = session.scalars(select(Revision).order_by(Revision.no.desc())).first()
        assert last is not None
        assert last.no == WRITERS
        assert sorted((last.data or {})["limits"].split("\n")) == sorted(texts)


def test_everybody_adds_line_after_line_and_none_is_lost(hall: Hall, engine: Engine, group: Team) -> None:
    """Each goes on from what came back with the last answer, as the pages do."""
    at = {member.id: (0, "") for member in hall.members}

    def add(session: Session, member: Membership, turn: int) -> None:
        base_no, text = at[member.id]
        line = f"{member.person.name} {turn}"
        saved = write(session, hall, member, group.id, f"{text}\n{line}".strip(), base_no)
        at[member.id] = saved.no, saved.data["limits"]

    for turn in range(LINES):
        assert refusals(at_once(engine, *(lambda s, m=m, t=turn: add(s, m, t) for m in hall.members))) == []
    with new_session(engine) as session:
        last = session.scalars(select(Revision).order_by(Revision.no.desc())).first()
        assert last is not None
        lines = (last.data or {})["limits"].split("\n")
        assert sorted(lines) == sorted(f"{m.person.name} {turn}" for m in hall.members for turn in range(LINES))


def test_one_save_sent_twice_at_once_is_one_revision(hall: Hall, engine: Engine, group: Team) -> None:
    key = str(uuid4())
    results = at_once(engine, *[lambda s: write(s, hall, hall.members[0], group.id, "En linje.", 0, key)] * 2)
    assert refusals(results) == []
    with new_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 1


def test_dissolved_and_written_at_once(hall: Hall, engine: Engine, group: Team) -> None:
    """The line is in the sheet, or the writer is told: never neither."""
    values = hall.values(team_id=group.id)
    hall.session.commit()
    results = at_once(
        engine,
        lambda s: write(s, hall, hall.members[0], group.id, "En linje.", 0),
        lambda s: service.dissolve(s, **values),
    )
    told = [result for result in results if isinstance(result, TeamChanged)]
    with new_session(engine) as session:
        kept = session.scalar(select(func.count()).select_from(Revision))
        assert (len(told), kept) in {(1, 0), (0, 1)}
        assert session.get_one(Team, group.id).dissolved_at is not None


def test_two_facilitators_make_groups_at_once(hall: Hall, engine: Engine) -> None:
    hall.arrive(*"abcdefghijkl")
    values = [hall.values(seed=seed) for seed in (1, 2)]
    hall.session.commit()
    results = at_once(engine, *(lambda s, v=v: service.make(s, **v) for v in values))
    assert [type(refusal) for refusal in refusals(results)] == [TeamsChanged]
    with new_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(TeamMember)) == 12
        assert session.scalar(select(func.count()).select_from(Team)) == 3


def test_a_double_click_on_make_is_one(hall: Hall, engine: Engine) -> None:
    hall.arrive(*"abcdefgh")
    values = hall.values(seed=1)
    hall.session.commit()
    assert refusals(at_once(engine, *[lambda s: service.make(s, **values)] * 3)) == []
    with new_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Team)) == 2
