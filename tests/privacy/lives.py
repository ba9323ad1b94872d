"""Somebody who has left a trace in every table there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts import sign_ins
from course.accounts.models import Person, ResetToken
from course.certificates.models import Certificate
from course.db.base import Base
from course.exercises.models import Attempt, PracticeStep, Recall
from course.outbox.models import MailText
from course.outbox.service import queue
from course.reviews.models import Assignment, Calibration, Lease, Profile, Recusal, RiskFlag, SavedComment
from course.runs.models import (
    Attendance,
    CompletionGrant,
    DeadlineMove,
    FormerTeamMember,
    Invitation,
    Membership,
    Practice,
    Progress,
    Run,
    Team,
    TeamMember,
)
from course.runs.rules import Role
from course.work.models import FieldComment, Opening, PeerPair, Redaction, Revision, TeamCase, Work
from tests.factories import DAY1, NOW, actor_of, case_data, make_member, make_person, make_run, make_work

NAME, EMAIL = "Signe Kvistgård-Ødum", "signe.kvist@example.test"
BAD = "hun kunne ikke løfte kasserne op på den øverste hylde i baglokalet"
GOOD = "han cyklede hjem og sagde, at skemaet nu passede til ryggen"
STRUCK = "den lille butik ved havnen med de røde markiser"
QUIZ = "jeg troede, at man skulle ligge helt stille i ugevis"
COMMENT = "Skriv lidt mere om lederen og om de andre på arbejdspladsen"
OTHERS = "en anden læges egne ord om en patient, der blev på arbejde"
SHARED = "gruppens fælles ord om hvad lederen kunne have gjort anderledes"


@dataclass
class Life:
    """A person (Signe), the run, a colleague in the same group, and the organiser who judged both."""

    session: Session
    run: Run
    organiser: Person
    signe: Person
    member: Membership
    colleague: Membership
    shared: Work
    bad: Work


def live(session: Session, *, name: str = NAME, email: str = EMAIL) -> Life:
    """Let somebody live through a whole run, beside a colleague whose rows must stay."""
    organiser = make_person(session, "Olga Organiser", may_create_runs=True)
    run = make_run(session, organiser)
    signe = make_person(session, name, email=email, title="speciallæge i almen medicin")
    member, colleague = make_member(session, run, signe), make_member(session, run)
    member.clinic, colleague.tutor_id = "Lægerne ved Åen", member.id
    bad = make_work(session, member, data=case_data(wanted=f"{BAD} {STRUCK}"), state="released", judge=organiser)
    make_work(session, member, slot="good", data=case_data(wanted=GOOD), state="returned", judge=organiser,
              comment=f"{COMMENT}, {name}")  # fmt: skip
    make_work(session, colleague, data=case_data(wanted=OTHERS), state="accepted", judge=organiser)
    shared = _in_a_group(session, run, member, colleague, bad)
    life = Life(session, run, organiser, signe, member, colleague, shared, bad)
    _in_the_inbox(life)
    _around(life)
    return life


def _in_a_group(session: Session, run: Run, member: Membership, colleague: Membership, bad: Work) -> Work:
    team = Team(run_id=run.id, session_key="day1", no=1, made_at=NOW)
    session.add(team)
    session.flush()
    for one in (member, colleague):
        session.add(TeamMember(membership_id=one.id, session_key="day1", team_id=team.id))
    session.add(FormerTeamMember(membership_id=member.id, team_id=team.id, left_at=NOW))
    session.add(TeamCase(team_id=team.id, work_id=bad.id))
    shared = Work(
        run_id=run.id, team_id=team.id, activity_id="gp-14.sheet", slot="main", needs_review=True,
        asked_digest="0" * 64, latest_no=1, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    session.add(shared)
    session.flush()
    session.add(
        Revision(work_id=shared.id, no=1, save_id="s", author_id=member.person_id, saved_at=NOW, data={"x": SHARED})
    )
    return shared


def _in_the_inbox(life: Life) -> None:
    session, work, judge = life.session, life.bad, life.organiser.id
    at: dict[str, Any] = {"work_id": work.id, "revision_no": work.submitted_no}
    session.add_all(
        [
            FieldComment(**at, field="wanted", text=COMMENT, by_id=judge, at=NOW),
            Redaction(**at, path="wanted", start=0, end=3, replacement="[…]", by_id=judge, at=NOW),
            Profile(**at, rubric_id="r", rubric_digest="0" * 64, levels={"a": 1}, by_id=judge, at=NOW),
            RiskFlag(work_id=work.id, reason="Patienten virker bange", raised_by_id=judge, raised_at=NOW),
            Opening(work_id=work.id, person_id=judge, capacity="reviewer", first_at=NOW, last_at=NOW, times=1),
            Opening(work_id=work.id, person_id=life.colleague.person_id, capacity="colleague", first_at=NOW,
                    last_at=NOW, times=2),
            Assignment(work_id=work.id, person_id=judge, assigned_at=NOW),
            Lease(work_id=work.id, person_id=judge, taken_at=NOW, until=NOW),
            Recusal(membership_id=life.member.id, person_id=judge, at=NOW),
            PeerPair(run_id=life.run.id, activity_id="gp-23.homework", receiver_id=life.member.id,
                     giver_id=life.colleague.id, made_at=NOW),
            PeerPair(run_id=life.run.id, activity_id="gp-23.homework", receiver_id=life.colleague.id,
                     giver_id=life.member.id, made_at=NOW),
        ]
    )  # fmt: skip
    session.flush()


def _around(life: Life) -> None:
    session, member, signe, run = life.session, life.member, life.signe, life.run
    sign_ins.begin(session, person_id=signe.id, now=NOW, device="Firefox på Linux")
    session.add_all(
        [
            ResetToken(person_id=signe.id, nonce="n", token_hash="t", created_at=NOW, expires_at=NOW),
            Invitation(
                run_id=run.id,
                email=signe.email,
                name=signe.name,
                role="participant",
                state="accepted",
                nonce="n",
                created_at=NOW,
                expires_at=NOW,
                accepted_at=NOW,
                accepted_by_id=signe.id,
            ),
            Invitation(
                run_id=run.id,
                email=signe.email,
                name=signe.name,
                role="facilitator",
                state="revoked",
                nonce="n",
                created_at=NOW,
                expires_at=NOW,
            ),
            Progress(membership_id=member.id, activity_id="gp-01.safety", at=NOW),
            practice := Practice(
                membership_id=member.id,
                activity_id="gp-04.myths",
                exercise_id="myths",
                key="k",
                content_digest=run.content_digest,
                started_at=NOW,
            ),
            Recall(
                membership_id=member.id,
                activity_id="gp-04.myths",
                exercise_id="myths",
                item_id="m1",
                was_right=False,
                by_itself=False,
                save_key="k",
                at=NOW,
            ),
            Attendance(
                membership_id=member.id,
                session_key="day1",
                state="present",
                how="staff",
                from_at=DAY1,
                until_at=DAY1 + timedelta(hours=7),
                marked_by_id=life.organiser.id,
                marked_at=DAY1,
            ),
            CompletionGrant(
                membership_id=member.id,
                reason=f"{signe.name} var syg den ene dag",
                granted_by_id=life.organiser.id,
                granted_at=NOW,
            ),
            DeadlineMove(run_id=run.id, deadline_id="cases", membership_id=member.id, moved_to=DAY1, moved_at=NOW),
            SavedComment(person_id=signe.id, title="Kort", text="godt set, men se på lederen også", created_at=NOW),
            Calibration(
                run_id=run.id,
                person_id=signe.id,
                rubric_id="r",
                rubric_digest="0" * 64,
                anchor_id="a",
                levels={"a": 1},
                at=NOW,
            ),
            MailText(run_id=run.id, kind="invitation", subject="Kom", body="Venlig hilsen holdet", changed_at=NOW),
            Certificate(
                membership_id=member.id,
                run_id=run.id,
                number_hash="0" * 64,
                sealed=b"\x00sealed",
                number="ABCDE-FGHIJ",
                printed={"name": signe.name},
                issued_at=NOW,
            ),
        ]
    )
    session.flush()
    session.add(PracticeStep(practice_id=practice.id, no=1, save_key="k", data={"answers": {"m1": QUIZ}}, at=NOW))
    session.add(
        Attempt(membership_id=member.id, practice_id=practice.id, activity_id="gp-04.myths", exercise_id="myths",
                asked_digest="0" * 64, points=1, points_of=2, at=NOW)
    )  # fmt: skip  # fmt: skip
    queue(session, now=NOW, kind="released", to=signe.email, params={"membership": member.id},
          dedupe_key=f"a{member.id}", run_id=run.id)  # fmt: skip
    queue(session, now=NOW, kind="sent_again", to=life.organiser.email, params={"work": life.bad.id},
          dedupe_key=f"b{life.bad.id}", run_id=run.id)  # fmt: skip
    queue(session, now=NOW, kind="other", to=life.organiser.email, params={"membership": life.colleague.id},
          dedupe_key=f"c{life.colleague.id}", run_id=run.id)  # fmt: skip
    session.flush()


def count(session: Session, name: str) -> int:
    """How many rows a table has."""
    return len(session.execute(select(*Base.metadata.tables[name].primary_key)).all())


def staff_life(session: Session) -> tuple[Life, Person]:
    """The same run with a facilitator who has judged, written under her name, and opened the texts."""
    life = live(session)
    grete = make_person(session, "Grete Underbjerg", email="grete@example.test")
    make_member(session, life.run, grete, Role.FACILITATOR)
    make_work(session, life.colleague, slot="good", data=case_data(wanted=OTHERS), state="returned", judge=grete,
              comment="Kan du sige mere om lederen? Mange hilsner Grete Underbjerg")  # fmt: skip
    session.add_all(
        [
            SavedComment(person_id=grete.id, title="Hilsen", text="skriv gerne mere, hilsen Grete", created_at=NOW),
            Opening(work_id=life.bad.id, person_id=grete.id, capacity="reviewer", first_at=NOW, last_at=NOW, times=1),
            Profile(work_id=life.bad.id, revision_no=life.bad.submitted_no or 1, rubric_id="r", rubric_digest="0" * 64,
                    levels={"a": 2}, by_id=grete.id, at=NOW),
        ]
    )  # fmt: skip
    life.run.clinician_id = grete.id
    session.flush()
    assert actor_of(grete).person_id == grete.id
    return life, grete
