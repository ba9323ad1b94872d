"""The words a peer has given: hidden from their receiver and shown again, and who is told of a text to read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.db import audit
from course.db.errors import NotAllowed
from course.outbox.service import queue
from course.runs.models import Membership, Run
from course.work.finding import lock
from course.work.models import PeerPair, Release, Work
from course.work.rules import Projection

from .models import Recusal
from .peer_reading import exchange_of
from .service import require_staff

READY = "peer_ready"


def hide_words(
    session: Session, *, actor: Actor, now: datetime, run: Run, activity_id: str, work_id: int, is_hidden: bool
) -> None:
    """Take a peer's words out of their receiver's sight, or show them again. Nobody decides about their own words,
    nor about words to their own homework or to somebody's they are recused from.

    Raises:
        NotAllowed: the actor is no staff of the run, or the work holds no words about this homework.
    """
    require_staff(session, actor, run)
    exchange = exchange_of(session, run, activity_id, now)
    words = next((one for one in exchange.words if one.work.id == work_id), None)
    if words is None:
        raise NotAllowed
    is_party = actor.person_id in {exchange.everybody[m].person_id for m in (words.giver_id, words.receiver_id)}
    if is_party or session.get(Recusal, (words.receiver_id, actor.person_id)) is not None:
        raise NotAllowed
    work = lock(session, work_id)
    if (work.projection == Projection.RECALLED) == is_hidden:
        return
    work.projection = Projection.RECALLED if is_hidden else Projection.NONE
    work.updated_at = now
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="words_hidden" if is_hidden else "words_shown",
        run_id=run.id, work_id=work_id, revision_no=work.submitted_no,
    )  # fmt: skip
    session.flush()


def tell_giver(session: Session, *, now: datetime, pair: PeerPair) -> None:
    """Tell the giver of a pair that the text is there to read, once a facilitator has released it."""
    release_id = session.scalars(_RELEASED.where(PeerPair.id == pair.id)).one_or_none()
    giver = session.get(Membership, pair.giver_id) if pair.giver_id is not None else None
    if release_id is None or giver is None:
        return
    queue(
        session, now=now, kind=READY, to=giver.person.email, run_id=pair.run_id,
        params={"membership": giver.id, "pair": pair.id}, dedupe_key=f"{READY}-{pair.id}-{release_id}",
    )  # fmt: skip


def tell_giver_of(session: Session, *, now: datetime, receiver_id: int | None, activity_id: str) -> None:
    """The same for whoever gives words to this homework now: it has just been released."""
    query = select(PeerPair).where(
        PeerPair.receiver_id == receiver_id, PeerPair.activity_id == activity_id, PeerPair.ended_at.is_(None)
    )
    pair = session.scalars(query).one_or_none()
    if pair is not None:
        tell_giver(session, now=now, pair=pair)


_RELEASED = (
    select(Release.id)
    .join(Work, Work.id == Release.work_id)
    .join(PeerPair, and_(PeerPair.receiver_id == Work.membership_id, PeerPair.activity_id == Work.activity_id))
    .where(Release.recalled_at.is_(None), Release.audience == "peer")
)
