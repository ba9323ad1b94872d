from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person, SignIn
from course.db.audit import AuditRow
from course.db.errors import DomainError, NotAllowed
from course.outbox.models import Message
from course.outbox.reading import render
from course.runs import invitations
from course.runs.invitation_rows import Row, read_pasted
from course.runs.models import Invitation, Membership, Run
from course.runs.rules import Role
from course.runs.service import add_member, cancel_run, remove_member
from tests.conftest import SECRET
from tests.factories import actor_of, course, make_member, make_person, make_run

NOW = datetime.now(UTC).replace(microsecond=0)
"""Views look at the clock, so everything here happens around the present."""
DAYS = timedelta(days=course().invitation.days)
PASSWORD = "kaffe cykel torden"


@pytest.fixture
def organiser(session: Session) -> Person:
    """The organiser of the run."""
    return make_person(session, "Olga Arrangør", may_create_runs=True, email="olga@region.example")


@pytest.fixture
def run(session: Session, organiser: Person) -> Run:
    """A run with an organiser and nobody else."""
    return make_run(session, organiser, now=NOW)


@pytest.fixture
def still_clock() -> Iterator[None]:
    """A clock that stands still, so that no window of time ends in the middle of a test."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def invite(session: Session, run: Run, organiser: Person, *rows: Row, at: datetime = NOW) -> list[Invitation]:
    """Invite people; every row must be good."""
    invited = invitations.invite(session, actor=actor_of(organiser), now=at, run=run, rows=rows)
    assert invited.faults == ()
    return list(invited.invitations)


def one(session: Session, run: Run, organiser: Person, email: str = "karen@klinik.example", **values) -> Invitation:
    """One invitation."""
    return invite(session, run, organiser, Row(1, email, **{"name": "Karen Holm", **values}))[0]


def link(invitation: Invitation) -> str:
    """The path of the link in the mail."""
    return f"/invitation/{invitations.link_token(invitation, SECRET)}"


def messages(session: Session) -> list[Message]:
    """The outbox."""
    return list(session.scalars(select(Message).order_by(Message.id)))


def test_inviting_queues_a_mail_without_words(session: Session, run: Run, organiser: Person) -> None:
    karen, bo = invite(
        session, run, organiser,
        Row(1, "karen@klinik.example", "Karen Holm", "Lægehuset", Role.PARTICIPANT, True),
        Row(2, "bo@klinik.example", role=Role.FACILITATOR),
    )  # fmt: skip
    assert (karen.state, karen.expires_at, karen.clinic, karen.is_trainee) == (
        "pending",
        NOW + DAYS,
        "Lægehuset",
        True,
    )
    assert bo.role == "facilitator"
    assert [(m.to, m.kind, m.run_id, m.params) for m in messages(session)] == [
        (i.email, "invitation", run.id, {"invitation_id": i.id}) for i in (karen, bo)
    ]
    rows = session.scalars(select(AuditRow).where(AuditRow.verb == "invited")).all()
    assert [row.detail for row in rows] == [{"invitation": karen.id}, {"invitation": bo.id}]


def test_good_rows_are_kept_and_bad_ones_named(session: Session, run: Run, organiser: Person) -> None:
    member = make_member(session, run, make_person(session, email="bo@klinik.example"), now=NOW)
    one(session, run, organiser)
    invited = invitations.invite(
        session, actor=actor_of(organiser), now=NOW, run=run,
        rows=read_pasted("karen@klinik.example\nBO@klinik.example\nvrøvl\nny@klinik.example"),
    )  # fmt: skip
    assert [i.email for i in invited.invitations] == ["ny@klinik.example"]
    assert [(fault.line, fault.reason) for fault in invited.faults] == [
        (1, "Er allerede inviteret."),
        (2, "Er allerede med på holdet."),
        (3, "Det ligner ikke en mailadresse."),
    ]
    remove_member(session, actor=actor_of(organiser), now=NOW, run=run, membership_id=member.id)
    assert invite(session, run, organiser, Row(1, "bo@klinik.example"))


def test_an_expired_invitation_can_be_sent_anew_by_inviting(session: Session, run: Run, organiser: Person) -> None:
    first = one(session, run, organiser)
    old = link(first)
    later = NOW + DAYS + timedelta(hours=1)
    again = invite(session, run, organiser, Row(1, "karen@klinik.example", "Karen Holm"), at=later)
    assert [i.id for i in again] == [first.id]
    assert link(first) != old
    assert first.expires_at == later + DAYS
    assert len(messages(session)) == 2


@pytest.mark.parametrize("verb", ["invite", "resend", "correct", "revoke"])
@pytest.mark.parametrize("role", [None, Role.PARTICIPANT, Role.FACILITATOR])
def test_only_organisers_of_the_run_invite(
    session: Session, run: Run, organiser: Person, verb: str, role: Role | None
) -> None:
    invitation = one(session, run, organiser)
    somebody = make_person(session, "Mads Ingen")
    if role:
        make_member(session, run, somebody, role, now=NOW)
    other_run = make_run(session, somebody, name="Et andet hold", now=NOW)
    values = {"session": session, "actor": actor_of(somebody), "now": NOW}
    more = {
        "invite": {"rows": [Row(1, "x@klinik.example")]},
        "resend": {"invitation_id": invitation.id},
        "correct": {"invitation_id": invitation.id, "email": "x@klinik.example", "name": ""},
        "revoke": {"invitation_id": invitation.id},
    }[verb]
    call = getattr(invitations, verb)
    with pytest.raises(NotAllowed):
        call(values.pop("session"), run=run, **values, **more)
    if verb != "invite":  # as organiser of another run, with the number of this run's invitation
        with pytest.raises(NotAllowed):
            call(session, run=other_run, **values, **more)


def test_resending_extends_and_keeps_the_link(session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser)
    before, later = link(invitation), NOW + timedelta(days=3)
    values = {"actor": actor_of(organiser), "run": run, "invitation_id": invitation.id}
    invitations.resend(session, now=later, **values)
    invitations.resend(session, now=later, **values)  # a double click is one mail
    assert link(invitation) == before
    assert invitation.expires_at == later + DAYS
    assert len(messages(session)) == 2
    invitations.resend(session, now=later + timedelta(minutes=2), **values)
    assert len(messages(session)) == 3


def test_correcting_kills_the_old_link(app: Flask, session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser)
    old = link(invitation).removeprefix("/invitation/")
    invitations.correct(
        session, actor=actor_of(organiser), now=NOW, run=run, invitation_id=invitation.id,
        email=" Karen@NY.example ", name="Karen  Holm-Ny",
    )  # fmt: skip
    assert (invitation.email, invitation.name) == ("karen@ny.example", "Karen Holm-Ny")
    with pytest.raises(invitations.InvitationGone):
        invitations.find(session, token=old, secret=SECRET, now=NOW)
    first, second = messages(session)
    assert second.to == "karen@ny.example"
    with app.test_request_context():
        assert render(session, first, NOW) is None
        assert render(session, second, NOW) is not None


def test_correcting_refuses_bad_and_taken_addresses(session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser)
    one(session, run, organiser, "bo@klinik.example")
    make_member(session, run, make_person(session, email="med@klinik.example"), now=NOW)
    for email in ("vrøvl", "", "bo@klinik.example", "med@klinik.example", "a@b.dk\nBcc: c@d.dk"):
        with pytest.raises(DomainError):
            invitations.correct(
                session,
                actor=actor_of(organiser),
                now=NOW,
                run=run,
                invitation_id=invitation.id,
                email=email,
                name="",
            )
    assert invitation.email == "karen@klinik.example"


def test_revoked_and_used_invitations_stay_so(session: Session, run: Run, organiser: Person) -> None:
    revoked, used = one(session, run, organiser), one(session, run, organiser, "bo@klinik.example")
    values = {"actor": actor_of(organiser), "now": NOW, "run": run}
    for _ in range(2):
        invitations.revoke(session, invitation_id=revoked.id, **values)
    invitations.accept_as_new(session, now=NOW, invitation_id=used.id, name="Bo", password_hash="x")
    with pytest.raises(DomainError, match="brugt"):
        invitations.revoke(session, invitation_id=used.id, **values)
    for invitation in (revoked, used):
        with pytest.raises(DomainError):
            invitations.resend(session, invitation_id=invitation.id, **values)
        with pytest.raises(invitations.InvitationGone):
            invitations.accept_as_new(session, now=NOW, invitation_id=invitation.id, name="X", password_hash="x")
    assert one(session, run, organiser).id != revoked.id


def test_a_cancelled_run_invites_nobody(session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser)
    cancel_run(session, actor=actor_of(organiser), now=NOW, run=run)
    with pytest.raises(DomainError, match="aflyst"):
        one(session, run, organiser, "bo@klinik.example")
    with pytest.raises(invitations.InvitationGone):
        invitations.find(session, token=link(invitation).removeprefix("/invitation/"), secret=SECRET, now=NOW)
    invitations.revoke(session, actor=actor_of(organiser), now=NOW, run=run, invitation_id=invitation.id)
    assert invitation.state == "revoked"


def test_accepting_twice_is_once(session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser, clinic="Lægehuset", is_trainee=True)
    karen = make_person(session, email="karen@klinik.example")
    first = invitations.accept(session, actor=actor_of(karen), now=NOW, invitation_id=invitation.id)
    second = invitations.accept(session, actor=actor_of(karen), now=NOW, invitation_id=invitation.id)
    assert first is second
    assert (first.clinic, first.is_trainee, first.role) == ("Lægehuset", True, "participant")
    with pytest.raises(invitations.InvitationGone):
        invitations.accept(session, actor=actor_of(organiser), now=NOW, invitation_id=invitation.id)


def test_the_link_of_another_address_is_not_accepted(session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser)
    with pytest.raises(invitations.InvitationGone):
        invitations.accept(session, actor=actor_of(make_person(session)), now=NOW, invitation_id=invitation.id)
    assert session.scalar(select(func.count()).select_from(Membership)) == 1


def test_a_link_cannot_take_over_an_account(session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser)
    person = make_person(session, email="karen@klinik.example", password_hash="hendes")
    with pytest.raises(invitations.InvitationGone):
        invitations.accept_as_new(session, now=NOW, invitation_id=invitation.id, name="Tyv", password_hash="tyvens")
    assert person.password_hash == "hendes"
    person.password_hash, person.closed_at = None, NOW
    with pytest.raises(invitations.InvitationGone):
        invitations.accept_as_new(session, now=NOW, invitation_id=invitation.id, name="Tyv", password_hash="tyvens")


def test_the_mail(app: Flask, session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser, name="{{7*7}} <b>Karen</b>")
    message = messages(session)[0]
    with app.test_request_context(base_url="http://localhost"):
        mail = render(session, message, NOW)
        assert mail is not None
        assert f"http://localhost{link(invitation)}" in mail.body
        for said in (
            "{{7*7}} <b>Karen</b>",
            "Olga Arrangør",
            course().title,
            "fredag den 4. december 2026 kl. 9.00",
        ):
            assert said in mail.body
        assert course().title in mail.subject
        assert render(session, message, NOW + DAYS) is None
        add_member(
            session, actor=actor_of(organiser), now=NOW, run=run, person_id=make_person(session).id,
            role=Role.PARTICIPANT,
        )  # fmt: skip
        invitations.accept_as_new(session, now=NOW, invitation_id=invitation.id, name="Karen", password_hash="x")
        assert render(session, message, NOW) is None


# The page behind the link.


def test_a_new_gp_opens_the_link_and_lands_on_the_path(
    client: FlaskClient, session: Session, run: Run, organiser: Person
) -> None:
    invitation = one(session, run, organiser)
    session.commit()
    page = client.get(link(invitation))
    assert page.status_code == 200
    for said in ('value="Karen Holm"', "karen@klinik.example", "Olga Arrangør", "data-password", run.name):
        assert said in page.text
    weak = client.post(link(invitation), data={"name": "Karen Holm", "password": "Karen Holm"})
    assert weak.status_code == 422
    nameless = client.post(link(invitation), data={"name": " \x00 ", "password": PASSWORD})
    assert nameless.status_code == 422
    done = client.post(link(invitation), data={"name": "Karen Holm", "password": PASSWORD})
    assert done.location == f"/runs/{run.id}/path"
    assert client.get("/account").status_code == 200
    session.expire_all()
    assert session.scalars(select(Person.email).join(Membership).where(Membership.role == "participant")).all() == [
        "karen@klinik.example"
    ]
    assert client.get(link(invitation)).location == f"/runs/{run.id}/path"
    client.post("/sign-out")
    assert client.get(link(invitation)).status_code == 404
    signed = client.post("/sign-in", data={"email": "karen@klinik.example", "password": PASSWORD})
    assert signed.status_code == 302


def test_a_double_click_is_one_person_signed_in(
    app: Flask, client: FlaskClient, session: Session, run: Run, organiser: Person
) -> None:
    invitation = one(session, run, organiser)
    session.commit()
    data = {"name": "Karen Holm", "password": PASSWORD}
    second_tab = app.test_client()
    assert client.post(link(invitation), data=data).status_code == 302
    assert second_tab.post(link(invitation), data=data).location == f"/runs/{run.id}/path"
    assert second_tab.get("/account").status_code == 200
    stranger = app.test_client()
    answer = stranger.post(link(invitation), data={"name": "Tyv", "password": "en anden adgangskode"})
    assert answer.status_code == 404
    assert stranger.get("/account").status_code == 302
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Person)) == 2
    assert session.scalar(select(func.count()).select_from(Membership)) == 2


@pytest.mark.parametrize(
    ("role", "target"), [(Role.PARTICIPANT, "/runs/{}/path"), (Role.FACILITATOR, "/"), (Role.ORGANISER, "/")]
)
def test_somebody_with_an_account_takes_part_by_one_button(
    client_for: Callable[[Person], FlaskClient],
    session: Session,
    run: Run,
    organiser: Person,
    role: Role,
    target: str,
) -> None:
    karen = make_person(session, email="karen@klinik.example", password_hash="x")
    invitation = one(session, run, organiser, role=role)
    client = client_for(karen)
    page = client.get(link(invitation))
    assert "Deltag" in page.text
    assert 'type="password"' not in page.text
    for _ in range(2):
        assert client.post(link(invitation)).location == target.format(run.id)
    session.expire_all()
    assert session.scalars(select(Membership.role).where(Membership.person_id == karen.id)).all() == [role.value]


def test_somebody_with_an_account_is_asked_to_sign_in_first(
    client: FlaskClient, session: Session, run: Run, organiser: Person
) -> None:
    make_person(session, email="karen@klinik.example", password_hash="x")
    invitation = one(session, run, organiser)
    session.commit()
    page = client.get(link(invitation))
    assert f"/sign-in?next={link(invitation)}" in page.text
    assert 'type="password"' not in page.text
    assert client.post(link(invitation), data={"name": "Tyv", "password": PASSWORD}).location == link(invitation)
    session.expire_all()
    assert session.scalars(select(SignIn)).all() == []
    assert session.scalars(select(Person.password_hash).where(Person.email == "karen@klinik.example")).one() == "x"


def test_somebody_else_is_told_so_and_learns_nothing(
    client_for: Callable[[Person], FlaskClient], session: Session, run: Run, organiser: Person
) -> None:
    invitation = one(session, run, organiser)
    client = client_for(make_person(session, "Bo Lund"))
    for page in (client.get(link(invitation)), client.post(link(invitation))):
        assert page.status_code == 200
        assert "til en anden adresse" in page.text
        assert "karen@" not in page.text
        assert "Bo Lund" in page.text
    session.expire_all()
    assert session.get_one(Invitation, invitation.id).state == "pending"


def test_every_dead_link_gets_the_same_page(client: FlaskClient, session: Session, run: Run, organiser: Person) -> None:
    values = {"actor": actor_of(organiser), "now": NOW, "run": run}
    used, revoked, corrected, expired, forged = (
        one(session, run, organiser, f"{name}@klinik.example") for name in "abcde"
    )
    dead = [link(used), link(revoked), link(corrected), link(expired), link(forged)[:-3] + "AAA"]
    invitations.accept_as_new(session, now=NOW, invitation_id=used.id, name="A", password_hash="x")
    invitations.revoke(session, invitation_id=revoked.id, **values)
    invitations.correct(session, invitation_id=corrected.id, email="ny@klinik.example", name="", **values)
    expired.expires_at = NOW - timedelta(minutes=1)
    session.commit()
    dead += [
        "/invitation/x",
        "/invitation/999999.AAAA",
        "/invitation/1",
        "/invitation/.",
        "/invitation/१.a",
        "/invitation/" + "9" * 40 + ".a",
    ]
    pages = set()
    for path in dead:
        for answer in (client.get(path), client.post(path, data={"name": "X", "password": PASSWORD})):
            assert answer.status_code == 404
            pages.add(re.sub(r'(content|value)="[^"]*"', "", answer.text))
    assert len(pages) == 1
    assert "Linket virker ikke" in pages.pop()


@pytest.mark.usefixtures("still_clock")
def test_unknown_links_are_limited(client: FlaskClient, session: Session, run: Run, organiser: Person) -> None:
    invitation = one(session, run, organiser)
    session.commit()
    answers = [client.get("/invitation/1.forkert").status_code for _ in range(62)]
    assert answers[:60] == [404] * 60
    assert answers[60:] == [429, 429]
    assert client.get(link(invitation)).status_code == 200


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{7*7}}", 'Åse "O\'Neil" & Søn'])
def test_names_are_shown_as_they_were_written(
    client: FlaskClient, session: Session, run: Run, organiser: Person, name: str
) -> None:
    organiser.name = name
    run.name = name
    invitation = one(session, run, organiser, name=name)
    session.commit()
    page = client.get(link(invitation))
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    done = client.post(link(invitation), data={"name": name, "password": PASSWORD})
    assert done.status_code == 302
    session.expire_all()
    assert session.scalars(select(Person.name).where(Person.email == "karen@klinik.example")).one() == name
