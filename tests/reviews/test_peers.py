"""Who gives words to whose homework, as rows: shared out, mended, exchanged by hand, twice at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.db.audit import AuditRow
from course.db.engine import WRITE
from course.db.errors import DomainError, NotAllowed
from course.db.session import new_session
from course.outbox.models import Message
from course.outbox.reading import render
from course.reviews import deciding, peer_words, peers
from course.reviews.deciding import Seen
from course.reviews.models import Recusal
from course.reviews.peers import PairsChanged
from course.runs.models import DeadlineMove
from course.runs.rules import GateState
from course.submissions import peer_text
from course.submissions import service as releases
from course.work.finding import Closed
from course.work.models import PeerPair
from course.work.standing import standing
from tests.reviews.homework import AFTER, HOMEWORK, LATE, WORDS, WRITING, Group, make_group

MINUTE = timedelta(minutes=1)


@pytest.fixture
def group(session: Session) -> Group:
    """Five who have handed in."""
    group = make_group(session, 5)
    group.hand_in()
    return group


def gate(group: Group, name: str, now: Any = AFTER) -> GateState:
    activity = group.course.activities[WORDS]
    return standing(group.session, group.run, group.members[name]).gate(activity, now, slot="main").state


def run_due(group: Group, now: Any) -> int:
    group.session.commit()
    changed = peers.run_due(group.session, now)
    group.session.rollback()
    group.session.connection(execution_options={WRITE: True})
    return changed


def test_everybody_who_has_handed_in_gives_and_gets(group: Group) -> None:
    group.join("Nina Ny")
    assert group.arrange() == 5
    pairs = group.pairs()
    assert set(pairs) == set(pairs.values()) == {"anna", "bo", "carl", "dora", "erik"}
    assert all(pairs[receiver] != giver for giver, receiver in pairs.items())
    row = group.session.scalars(select(AuditRow).where(AuditRow.verb == "peers_paired")).one()
    assert row.detail == {"activity": HOMEWORK, "made": 5, "ended": 0}
    assert row.actor_id == group.mette.id


def test_asked_again_nothing_changes(group: Group) -> None:
    group.arrange()
    before = group.pairs()
    assert group.arrange() == 0
    assert group.pairs() == before


def test_the_deadline_pairs_by_itself_and_takes_late_ones_in(group: Group) -> None:
    assert run_due(group, WRITING) == 0, "there is still time to hand in"
    assert run_due(group, AFTER) == 5
    assert run_due(group, AFTER) == 0
    member = group.join("Nina Ny")
    group.session.add(
        DeadlineMove(run_id=group.run.id, deadline_id="homework", membership_id=member.id, moved_to=LATE,
                     moved_by_id=None, moved_at=AFTER)
    )  # fmt: skip
    group.session.flush()
    group.hand_in("nina", now=AFTER)
    assert run_due(group, AFTER) == 3, "one pair ended, two made"
    assert set(group.pairs()) == set(group.pairs().values()) == set(group.members)


def test_colleagues_of_one_clinic_are_not_paired_and_a_facilitator_stands_in(session: Session) -> None:
    group = make_group(session, 4)
    for name in ("anna", "bo", "carl"):
        group.members[name].clinic = "Lægerne Åen"
    group.hand_in()
    group.arrange()
    assert len(group.pairs()) == 2
    assert "dora" in {*group.pairs()} & {*group.pairs().values()}
    assert len(group.stood_in()) == 2
    assert set(group.stood_in().values()) <= {group.mette.id, group.organiser.id}


def test_a_trainee_and_the_tutor_are_not_paired(session: Session) -> None:
    group = make_group(session, 2)
    group.members["anna"].tutor_id = group.members["bo"].id
    group.hand_in()
    group.arrange()
    assert not group.pairs()
    assert set(group.stood_in()) == {"anna", "bo"}


def test_who_stands_in_is_neither_recused_nor_the_author(session: Session) -> None:
    group = make_group(session, 1)
    session.add(Recusal(membership_id=group.members["anna"].id, person_id=group.mette.id, at=WRITING))
    group.hand_in()
    group.arrange()
    assert group.stood_in() == {"anna": group.organiser.id}
    session.add(Recusal(membership_id=group.members["anna"].id, person_id=group.organiser.id, at=WRITING))
    group.session.flush()


def test_nobody_can_stand_in(session: Session) -> None:
    group = make_group(session, 1)
    for person in (group.mette, group.organiser):
        session.add(Recusal(membership_id=group.members["anna"].id, person_id=person.id, at=WRITING))
    group.hand_in()
    assert group.arrange() == 1
    assert group.stood_in() == {"anna": None}
    assert group.arrange() == 0, "it is not made anew each time"


def test_somebody_leaves(group: Group) -> None:
    group.arrange()
    before = group.pairs()
    giver, receiver = group.giver_of("carl"), before["carl"]
    group.leave("carl")
    assert group.pairs() == {k: v for k, v in before.items() if "carl" not in (k, v)} | {giver: receiver}
    ended = group.session.scalars(select(PeerPair).where(PeerPair.ended_at == AFTER)).all()
    assert len(ended) == 2


def test_words_already_given_stay_when_their_giver_leaves(group: Group) -> None:
    group.arrange()
    group.release()
    before = group.pairs()
    group.say("carl")
    receiver, giver = before["carl"], group.giver_of("carl")
    group.leave("carl", AFTER + MINUTE)
    exchange = group.exchange()
    assert [words.by for words in exchange.words_to(group.members[receiver].id)] == ["Carl Cort"]
    assert group.pairs()[giver] == receiver, "who has still to give, gives to who got the words"
    group.say(giver, AFTER + 2 * MINUTE)
    assert len(group.exchange().words_to(group.members[receiver].id)) == 2


def test_words_given_to_somebody_who_left_are_given(group: Group) -> None:
    group.arrange()
    group.release()
    giver, receiver = group.giver_of("carl"), group.pairs()["carl"]
    group.say(giver)
    group.leave("carl", AFTER + MINUTE)
    assert group.pairs()[giver] == "carl", "what is done stays"
    assert set(group.stood_in()) == {receiver}
    assert peers.run_due(group.session, AFTER + MINUTE) == 0


def test_words_belong_to_the_pair_they_were_given_in(group: Group) -> None:
    """Who was moved to another text does not speak to the first author."""
    group.arrange()
    group.release()
    first = group.pairs()["anna"]
    other = next(name for name in group.members if name not in {"anna", first} and group.pairs()[name] != "anna")
    pair = group.exchange().pair_of_receiver(group.members[other].id)
    peers.exchange_giver(
        group.session, actor=group.actor("mette"), now=AFTER, run=group.run, activity_id=HOMEWORK,
        receiver_id=group.members[other].id, seen_pair_id=pair.id if pair else 0, giver_id=group.members["anna"].id,
    )  # fmt: skip
    assert group.pairs()["anna"] == other
    assert set(group.pairs()) == set(group.pairs().values()) == set(group.members)
    group.say("anna", AFTER + MINUTE)
    assert not group.exchange().words_to(group.members[first].id)
    assert len(group.exchange().words_to(group.members[other].id)) == 1


def test_a_rejected_homework_leaves_the_pairs(group: Group) -> None:
    group.arrange()
    giver, receiver = group.giver_of("carl"), group.pairs()["carl"]
    work, form = group.homework("carl"), group.course.activities[HOMEWORK].form
    assert form is not None
    deciding.reject(
        group.session, actor=group.actor("mette"), now=AFTER, work_id=work.id, seen=Seen(1, "submitted"),
        comment="det går ikke", form=form,
    )  # fmt: skip
    assert group.pairs()[giver] == receiver
    assert "carl" not in group.pairs()


def test_who_takes_back_a_homework_in_time_keeps_the_pair(group: Group) -> None:
    from course.work import service as spine

    group.arrange()
    before = group.pairs()
    activity = group.course.activities[HOMEWORK]
    member = group.members["carl"]
    opened = standing(group.session, group.run, member).gate(activity, WRITING, slot="main")
    spine.withdraw(group.session, actor=group.actor("carl"), now=WRITING, work=group.homework("carl"), gate=opened)
    assert run_due(group, WRITING) == 0
    assert group.pairs() == before
    assert run_due(group, AFTER) > 0
    assert "carl" not in group.pairs()


def test_after_the_words_were_due_facilitators_step_in(group: Group) -> None:
    group.arrange()
    before = group.pairs()
    member = group.join("Nina Ny")
    group.session.add(
        DeadlineMove(run_id=group.run.id, deadline_id="homework", membership_id=member.id,
                     moved_to=LATE + timedelta(days=9), moved_by_id=None, moved_at=AFTER)
    )  # fmt: skip
    group.session.flush()
    group.hand_in("nina", now=LATE)
    assert run_due(group, LATE) == 1
    assert group.pairs() == before
    assert set(group.stood_in()) == {"nina"}


# -- by hand ---------------------------------------------------------------------------------------------------------


def change(group: Group, receiver: str, giver: str, *, by: str = "mette", seen: int | None = None) -> None:
    pair = group.exchange().pair_of_receiver(group.members[receiver].id)
    peers.exchange_giver(
        group.session, actor=group.actor(by), now=AFTER, run=group.run, activity_id=HOMEWORK,
        receiver_id=group.members[receiver].id, seen_pair_id=(pair.id if pair else 0) if seen is None else seen,
        giver_id=group.members[giver].id,
    )  # fmt: skip


def let_stand_in(group: Group, receiver: str, person_id: int) -> None:
    pair = group.exchange().pair_of_receiver(group.members[receiver].id)
    peers.stand_in(
        group.session, actor=group.actor("mette"), now=AFTER, run=group.run, activity_id=HOMEWORK,
        receiver_id=group.members[receiver].id, seen_pair_id=pair.id if pair else 0, person_id=person_id,
    )  # fmt: skip


def test_two_staff_at_once(group: Group) -> None:
    """The second one has seen a pair that is no longer there."""
    group.arrange()
    receiver = group.pairs()["anna"]
    seen = group.exchange().pair_of_receiver(group.members[receiver].id)
    assert seen is not None
    other = next(name for name in group.members if name not in {"anna", receiver})
    change(group, receiver, other)
    third = next(name for name in group.members if name not in {"anna", receiver, other})
    with pytest.raises(PairsChanged):
        change(group, receiver, third, by="organiser", seen=seen.id)
    assert group.pairs()[other] == receiver


def test_a_pair_chosen_by_hand_holds(group: Group) -> None:
    group.arrange()
    receiver = group.pairs()["anna"]
    other = next(name for name in group.members if name not in {"anna", receiver})
    change(group, receiver, other)
    assert run_due(group, AFTER + MINUTE) == 0
    assert group.pairs()[other] == receiver


def test_a_facilitator_stands_in_and_the_late_giver_is_not_put_back(group: Group) -> None:
    group.arrange()
    receiver = group.pairs()["anna"]
    let_stand_in(group, receiver, group.mette.id)
    assert group.stood_in()[receiver] == group.mette.id
    assert run_due(group, AFTER + MINUTE) == 0
    assert group.stood_in()[receiver] == group.mette.id
    assert group.pairs().get("anna") != receiver


def test_what_cannot_be_chosen(group: Group) -> None:
    group.members["anna"].clinic = group.members["bo"].clinic = "Lægerne Åen"
    group.arrange()
    group.release()
    group.join("Nina Ny")
    with pytest.raises(DomainError, match="samme klinik"):
        change(group, "bo", "anna")
    with pytest.raises(DomainError, match="selv har afleveret"):
        change(group, "bo", "nina")
    with pytest.raises(DomainError, match="selv har afleveret"):
        change(group, "bo", "bo")
    with pytest.raises(DomainError, match="ikke afleveret"):
        change(group, "nina", "bo")
    with pytest.raises(NotAllowed):
        change(group, "bo", "carl", by="dora")
    with pytest.raises(DomainError, match="må læse"):
        let_stand_in(group, "bo", group.members["carl"].person_id)
    giver = group.giver_of("carl")
    group.say(giver)
    with pytest.raises(DomainError, match="allerede givet"):
        change(group, "carl", next(n for n in group.members if n not in {"carl", giver, "nina"}))
    other = next(n for n in ("carl", "dora", "erik") if n != giver and group.giver_of(n) != giver)
    if other != giver:
        with pytest.raises(DomainError, match="allerede givet sine ord"):
            change(group, other, giver)


def test_only_staff_pair(group: Group) -> None:
    with pytest.raises(NotAllowed):
        peers.arrange(group.session, actor=group.actor("anna"), now=AFTER, run=group.run, activity_id=HOMEWORK)
    with pytest.raises(NotAllowed):
        peers.arrange(group.session, actor=group.actor("mette"), now=AFTER, run=group.run, activity_id=WORDS)


# -- the gate, the release and the words -----------------------------------------------------------------------------


def test_the_gate_of_the_words_follows_pair_and_release(group: Group) -> None:
    assert gate(group, "anna") is GateState.NO_PEER
    group.arrange()
    assert gate(group, "anna") is GateState.PEER_WAITS
    receiver = group.pairs()["anna"]
    group.release(receiver)
    assert gate(group, "anna") is GateState.OPEN
    work = group.homework(receiver)
    deciding.recall(group.session, actor=group.actor("mette"), now=AFTER, work_id=work.id, revision_no=1)
    assert gate(group, "anna") is GateState.PEER_WAITS


def test_only_the_giver_has_the_text_and_the_run_never(group: Group) -> None:
    group.arrange()
    group.release()
    assert releases.releases(group.session, group.run.id) == []
    for name, member in group.members.items():
        text = peer_text.text_for(group.session, member.id, HOMEWORK)
        assert text is not None
        assert text.data is not None
        assert f"{group.pairs()[name]}tekst" in text.data["text"]
        assert text.data.keys() == {"text"}, "what is private is not in the copy"


def test_words_to_the_former_peer_cannot_be_given_to_the_new_one(group: Group) -> None:
    group.arrange()
    group.release()
    draft = group.write("anna", WORDS, {"strong": "til den første"}, AFTER, submit=False)
    group.leave(group.pairs()["anna"], AFTER + MINUTE)
    activity, member = group.course.activities[WORDS], group.members["anna"]
    with pytest.raises(Closed, match="en anden makker"):
        peer_text.require_same_peer(group.session, member.id, activity, AFTER)
    peer_text.require_same_peer(group.session, member.id, activity, AFTER + 2 * MINUTE)
    assert draft.state == "draft"


def test_words_are_hidden_and_shown(group: Group) -> None:
    group.arrange()
    group.release()
    work = group.say("anna")

    def hide(by: str, *, is_hidden: bool = True) -> None:
        peer_words.hide_words(
            group.session, actor=group.actor(by), now=AFTER, run=group.run, activity_id=HOMEWORK, work_id=work.id,
            is_hidden=is_hidden,
        )  # fmt: skip

    with pytest.raises(NotAllowed):
        hide("bo")
    hide("mette")
    hide("mette")
    assert [words.is_hidden for words in group.exchange().words] == [True]
    hide("organiser", is_hidden=False)
    assert [words.is_hidden for words in group.exchange().words] == [False]
    verbs = group.session.scalars(select(AuditRow.verb).where(AuditRow.work_id == work.id)).all()
    assert [verb for verb in verbs if verb.startswith("words_")] == ["words_hidden", "words_shown"]
    with pytest.raises(NotAllowed):
        peer_words.hide_words(
            group.session, actor=group.actor("mette"), now=AFTER, run=group.run, activity_id=HOMEWORK,
            work_id=group.homework("anna").id, is_hidden=True,
        )  # fmt: skip


# -- mails -----------------------------------------------------------------------------------------------------------


def mails(app: Flask, group: Group, kind: str, now: Any = AFTER) -> list[tuple[str, str]]:
    """Address and text of the mails of a kind that would be sent now."""
    with app.test_request_context():
        made = [
            (row.to, render(group.session, row, now))
            for row in group.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id))
        ]
    return [(to, f"{mail.subject}\n{mail.body}") for to, mail in made if mail is not None]


def test_the_giver_is_told_once_that_the_text_is_there(app: Flask, group: Group) -> None:
    group.release("bo")
    assert not mails(app, group, "peer_ready"), "nobody gives words yet"
    group.arrange()
    assert [to for to, _ in mails(app, group, "peer_ready")] == [group.members[group.giver_of("bo")].person.email]
    group.release("carl")
    assert len(mails(app, group, "peer_ready")) == 2
    (text,) = {text.replace(n, "") for _, text in mails(app, group, "peer_ready")[:1] for n in ("x",)}
    assert "tekst er klar" in text
    assert "botekst" not in text
    assert "fredag den 25. december 2026 kl. 23.59" in text
    group.say(group.giver_of("bo"))
    assert len(mails(app, group, "peer_ready")) == 1, "the words have been given"
    deciding.recall(
        group.session, actor=group.actor("mette"), now=AFTER, work_id=group.homework("carl").id, revision_no=1
    )
    assert not mails(app, group, "peer_ready")


def test_the_new_giver_is_told_when_pairs_change(app: Flask, group: Group) -> None:
    group.arrange()
    group.release()
    giver, receiver = group.giver_of("carl"), group.pairs()["carl"]
    assert len(mails(app, group, "peer_ready")) == 5
    group.leave("carl")
    sent = mails(app, group, "peer_ready")
    assert len(sent) == 4, "of the pairs that hold"
    assert group.members[giver].person.email in {to for to, _ in sent}
    assert group.pairs()[giver] == receiver


def test_an_older_rubric_and_another_run_do_not_disturb(group: Group, session: Session) -> None:
    other = make_group(session, 3)
    other.hand_in()
    group.arrange()
    other.arrange()
    assert len(group.exchange().live) == 5
    assert len(other.exchange().live) == 3
    assert set(other.exchange().everybody) == {member.id for member in other.members.values()}


def test_two_who_pair_at_once_pair_once(app: Flask, group: Group) -> None:
    """The second waits for the first, and finds all whole."""
    from threading import Barrier, Thread

    from course.db.session import EXTENSION, writing

    group.session.commit()
    run_id, start, found = group.run.id, Barrier(2), []

    def pair() -> None:
        with new_session(app.extensions[EXTENSION]) as session, app.app_context():
            from course.runs.models import Run

            run = session.get_one(Run, run_id)
            start.wait()
            with writing(session):
                found.append(
                    peers.arrange(session, actor=group.actor("mette"), now=AFTER, run=run, activity_id=HOMEWORK)
                )

    threads = [Thread(target=pair) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 5]
    group.look_again()
    assert len(group.session.scalars(select(PeerPair)).all()) == 5
