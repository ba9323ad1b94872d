"""Works as the rows stand: found, locked, their revisions, and whose they are."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.db.errors import DomainError, NotAllowed
from course.runs.models import Membership, Team, TeamMember

from .models import Revision, Work
from .rules import REFUSED, Operation, Projection, State, is_possible


class Closed(DomainError):
    """The gate is closed: too early, too late, or something must be done first."""


class TeamChanged(Closed):
    """The groups were made anew while somebody wrote: the text belongs to a group the writer has left."""

    def __init__(self) -> None:
        super().__init__(
            "Grupperne er lavet om, og du er ikke længere i den gruppe, arket hører til. Din tekst er ikke gemt her."
        )


def lock(session: Session, work_id: int) -> Work:
    """The work as it stands now, held until the transaction ends.

    Raises:
        NotAllowed: there is none.
    """
    work = session.get(Work, work_id, with_for_update=True, populate_existing=True)
    if work is None:
        raise NotAllowed
    return work


def require(work: Work, operation: Operation) -> None:
    """Refuse an operation that the state of the work does not allow."""
    if not is_possible(operation, State(work.state), Projection(work.projection)):
        raise DomainError(REFUSED[operation])


def revision(session: Session, work_id: int, no: int | None) -> Revision | None:
    """One revision of a work, by its number."""
    if not no:
        return None
    return session.scalars(_REVISION, {"work": work_id, "no": no}).one_or_none()


_REVISION = select(Revision).where(Revision.work_id == bindparam("work"), Revision.no == bindparam("no"))
_LIVE_WORK = select(Work).where(
    Work.activity_id == bindparam("activity"),
    Work.slot == bindparam("slot"),
    Work.state != State.REJECTED.value,
)
_OF_MEMBER = _LIVE_WORK.where(Work.membership_id == bindparam("owner"))
_OF_TEAM = _LIVE_WORK.where(Work.team_id == bindparam("owner"))
_OF_MEMBER_LOCKED = _OF_MEMBER.with_for_update().execution_options(populate_existing=True)
_OF_TEAM_LOCKED = _OF_TEAM.with_for_update().execution_options(populate_existing=True)


def live_work(
    session: Session,
    membership_id: int,
    activity_id: str,
    slot: str,
    *,
    team_id: int | None = None,
    locked: bool = False,
) -> Work | None:
    """The work of a slot that counts now (rejected ones are history); ``locked`` until the transaction ends.

    It is the member's own, or with ``team_id`` the one that team writes together.
    """
    place = {"owner": membership_id if team_id is None else team_id, "activity": activity_id, "slot": slot}
    if team_id is None:
        return session.scalars(_OF_MEMBER_LOCKED if locked else _OF_MEMBER, place).one_or_none()
    return session.scalars(_OF_TEAM_LOCKED if locked else _OF_TEAM, place).one_or_none()


def require_own(session: Session, actor: Actor, membership: Membership, team_id: int | None) -> None:
    """Refuse a membership that is not the actor's, and a team that the member is not in (any more)."""
    if membership.person_id != actor.person_id or membership.role != "participant":
        raise NotAllowed
    if team_id is not None and not _is_in_team(session, actor, team_id):
        raise TeamChanged


_SEAT = (
    select(TeamMember.team_id)
    .join(Membership, Membership.id == TeamMember.membership_id)
    .join(Team, Team.id == TeamMember.team_id)
    .where(
        TeamMember.team_id == bindparam("team"),
        Membership.person_id == bindparam("person"),
        Membership.left_at.is_(None),
        Team.dissolved_at.is_(None),
    )
)


def _is_in_team(session: Session, actor: Actor, team_id: int) -> bool:
    return session.execute(_SEAT, {"team": team_id, "person": actor.person_id}).first() is not None


def require_author(session: Session, actor: Actor, work: Work) -> None:
    """Refuse a work that is neither the actor's own nor that of a team the actor is in."""
    if work.team_id is not None:
        if not _is_in_team(session, actor, work.team_id):
            raise TeamChanged
        return
    owner = session.get(Membership, work.membership_id)
    if owner is None or owner.person_id != actor.person_id or owner.left_at is not None:
        raise NotAllowed


def erase_texts(session: Session, work_id: int, *, but: int | None = None) -> None:
    """Let the texts of a work become NULL; the rows stay. ``but`` names one revision that keeps its text."""
    session.execute(
        update(Revision)
        .where(Revision.work_id == work_id, Revision.no != (but or 0))
        .values(data=None, confirmed=None)
        .execution_options(synchronize_session="fetch")
    )
