"""Who somebody takes a session together with."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from course.runs.models import Membership, TeamMember


def partners_of(session: Session, member: Membership, session_key: str) -> list[Membership]:
    """The others in a member's team of a session who are still in the run, by name."""
    own = aliased(TeamMember)
    rows = session.scalars(
        select(Membership)
        .join(TeamMember, TeamMember.membership_id == Membership.id)
        .join(own, own.team_id == TeamMember.team_id)
        .where(
            own.membership_id == member.id,
            own.session_key == session_key,
            Membership.id != member.id,
            Membership.left_at.is_(None),
        )
        .options(joinedload(Membership.person))
    )
    return sorted(rows, key=lambda one: (one.person.name.casefold(), one.id))
