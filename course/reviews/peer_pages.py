"""What the pages about homework show: rows for staff, everything said about one homework to its author."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from course.accounts.models import Person
from course.content.catalogue import Course, Field
from course.work.models import Decision, PeerPair
from course.work.rules import State

from . import profiles
from .peer_reading import Exchange, Words, Written
from .peer_rules import may_give
from .profiles import Picture, Shown


@dataclass(frozen=True, slots=True)
class Row:
    """One participant on the staff's page. ``gives_to`` and ``gets_from`` say whose words go where. ``is_barred``: the
    reader is recused from this participant, and reads nothing of theirs nor about it.
    """

    id: int
    name: str
    clinic: str
    work_id: int | None
    state: str | None
    projection: str | None
    takes_part: bool
    is_barred: bool
    gives_to: str
    has_given: bool
    pair_id: int
    giver_id: int | None
    gets_from: str
    is_stood_in: bool
    words: tuple[Words, ...]
    answer: Mapping[str, Any]
    givers: tuple[tuple[int, str], ...]

    @property
    def can_change(self) -> bool:
        """Whether another giver can be chosen: the words have not been given."""
        return self.takes_part and not any(words.giver_id == self.giver_id for words in self.words)


def rows(session: Session, exchange: Exchange, barred: Collection[int] = ()) -> list[Row]:
    """Every participant who is there, by name. One query for the names of those who stand in.

    ``barred`` are the members the reader is recused from.
    """
    helpers = {pair.stands_in_id for pair in exchange.live if pair.stands_in_id is not None}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(helpers)))
    names: dict[int, str] = {number: name for number, name in found}
    return [_row(exchange, member_id, names, member_id in barred) for member_id in exchange.members]


def _row(exchange: Exchange, member_id: int, helpers: Mapping[int, str], is_barred: bool) -> Row:
    member = exchange.members[member_id]
    work = exchange.works[member_id].work if member_id in exchange.works else None
    pair = exchange.pair_of_receiver(member_id)
    return Row(
        id=member_id,
        name=member.person.name,
        clinic=member.clinic,
        work_id=work.id if work and work.submitted_no else None,
        state=work.state if work else None,
        projection=work.projection if work else None,
        takes_part=member_id in exchange.people,
        is_barred=is_barred,
        gives_to=_gives_to(exchange, member_id),
        has_given=member_id in exchange.done,
        pair_id=pair.id if pair else 0,
        giver_id=pair.giver_id if pair else None,
        gets_from=_gets_from(exchange, pair, helpers),
        is_stood_in=pair is not None and pair.giver_id is None,
        words=exchange.words_to(member_id),
        answer=handed_in(exchange.answers.get(member_id)),
        givers=_possible_givers(exchange, member_id),
    )


def _name(exchange: Exchange, member_id: int | None) -> str:
    member = exchange.everybody.get(member_id or 0)
    return member.person.name if member is not None else ""


def _gives_to(exchange: Exchange, member_id: int) -> str:
    if member_id in exchange.done:
        return _name(exchange, exchange.done[member_id])
    pair = exchange.pair_of_giver(member_id)
    return _name(exchange, pair.receiver_id) if pair else ""


def _gets_from(exchange: Exchange, pair: PeerPair | None, helpers: Mapping[int, str]) -> str:
    if pair is None:
        return ""
    return _name(exchange, pair.giver_id) if pair.giver_id else helpers.get(pair.stands_in_id or 0, "")


def _possible_givers(exchange: Exchange, receiver: int) -> tuple[tuple[int, str], ...]:
    return tuple(
        (giver, member.person.name)
        for giver, member in exchange.members.items()
        if giver in exchange.people and giver not in exchange.done and may_give(giver, receiver, exchange.conflicts)
    )


def handed_in(written: Written | None) -> Mapping[str, Any]:
    """What stands in a work that is handed in; nothing while its author has it."""
    return written.data if written is not None and written.work.state == State.SUBMITTED else {}


@dataclass(frozen=True, slots=True)
class Said:
    """What a facilitator wrote with a decision."""

    by: str
    kind: str
    comment: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """Everything said about one homework, for its author."""

    words: tuple[Words, ...]
    said: tuple[Said, ...]
    pictures: tuple[Picture, ...]


def feedback(session: Session, course: Course, exchange: Exchange, member_id: int) -> Feedback:
    """What the peer and the facilitators have said about a member's homework, and every profile as one picture.

    Words that staff have hidden are not there.
    """
    written = exchange.works.get(member_id)
    words = tuple(one for one in exchange.words_to(member_id) if not one.is_hidden)
    if written is None:
        return Feedback(words, (), ())
    lines = profiles.in_forms(session, course, written.work, written.data, "Dig selv")
    for one in words:
        lines += profiles.in_forms(session, course, one.work, one.data, f"{one.by}, makker")
    for found in profiles.set_by_reviewers(session, written.work.id):
        shown = Shown(f"{found.by}, underviser", found.levels)
        lines.append((profiles.columns_as_set(session, course, found), shown))
    rubric = course.rubrics.get(exchange.activity.rubric or "")
    current = profiles.columns_of(rubric) if rubric else ()
    return Feedback(words, _said(session, written.work.id), profiles.pictures(lines, current))


def _said(session: Session, work_id: int) -> tuple[Said, ...]:
    decisions = session.scalars(
        select(Decision).where(Decision.work_id == work_id).options(joinedload(Decision.by)).order_by(Decision.id)
    )
    return tuple(
        Said(one.by.name if one.by else "En underviser", one.kind, one.comment) for one in decisions if one.comment
    )


def word_fields(exchange: Exchange) -> list[Field]:
    """The fields of a peer's words that are text: the profile stands in the picture."""
    fields = exchange.peer.form.fields.values() if exchange.peer and exchange.peer.form else ()
    return [field for field in fields if field.type != "profile"]


def answer_fields(exchange: Exchange) -> list[Field]:
    """The fields of the author's answer."""
    return list(exchange.answer.form.fields.values()) if exchange.answer and exchange.answer.form else []
