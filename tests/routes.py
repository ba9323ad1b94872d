"""Every route of the application, the objects its address can name, and who may see each of them.

``TABLE`` is written by hand, not read from the application: that a route is open to exactly these people is
what the tests prove. A route that is not listed fails them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from flask_wtf.csrf import URLSafeTimedSerializer
from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from course import tables
from course.accounts import email_change, resets, sign_ins
from course.accounts.models import Person, RateCount, ResetToken, SignIn
from course.certificates import service as certificates
from course.db.engine import WRITE
from course.db.session import EXTENSION, new_session
from course.learning.calendar import feed_token
from course.outbox.models import Message
from course.reviews import acts, remarks, risk
from course.reviews import service as reviews
from course.reviews.models import SavedComment
from course.runs import completion, invitation_rows, invitations
from course.runs import service as runs
from course.runs.models import FormerTeamMember, Invitation, Membership, Run, Team, TeamMember
from course.runs.rules import Role
from course.work import checking, judging
from course.work import service as spine
from course.work.models import PeerPair, Release, Revision, Work
from course.work.standing import standing
from tests.factories import NOW, actor_of, case_data, course, form_of, make_member, make_person, make_run, make_work

NOBODY = "nobody"
UNKNOWN = 987_654
AT = NOW + timedelta(hours=2)

AUTHORS = {
    "author1": {"bad": "draft", "good": "submitted"},
    "author2": {"bad": "returned", "good": "accepted"},
    "author3": {"bad": "released", "good": "recalled"},
    "author4": {"bad": "rejected", "good": "withdrawn"},
}
OWN = {
    **dict.fromkeys([*AUTHORS, "colleague"], Role.PARTICIPANT),
    "facilitator": Role.FACILITATOR,
    "recused": Role.FACILITATOR,
    "organiser": Role.ORGANISER,
}
"""The facilitator is the run's clinician too; the recused facilitator must not judge author1."""
OTHER = {
    "other_participant": Role.PARTICIPANT,
    "other_facilitator": Role.FACILITATOR,
    "other_organiser": Role.ORGANISER,
}
OUTSIDE = ("stranger", "left_participant", "left_organiser", "creator", "administrator")
PEOPLE = (NOBODY, *OWN, *OTHER, *OUTSIDE)
SIGNED_IN = frozenset(PEOPLE) - {NOBODY}
EVERYBODY = frozenset(PEOPLE)
CREATORS = frozenset({"creator", "administrator", "organiser", "other_organiser"})
P, F, O = Role.PARTICIPANT, Role.FACILITATOR, Role.ORGANISER  # noqa: E741
MEMBERS, STAFF = (P, F, O), (F, O)


@dataclass
class World:
    """Two runs with people in every role and a work in every state; whose words are whose."""

    app: Flask
    people: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    readers: dict[str, frozenset[str]] = field(default_factory=dict)

    def client(self, who: str) -> FlaskClient:
        """A fresh browser in which ``who`` is signed in."""
        client = FlaskClient(self.app, self.app.response_class)
        client.set_cookie("course", self.cookies[who])
        return client

    def ask(self, who: str, method: str, url: str, **values: Any) -> TestResponse:
        """What ``who`` is answered, with a valid form token."""
        headers = {"X-CSRFToken": self.tokens[who]} if method != "GET" else {}
        return self.client(who).open(url, method=method, headers=headers, buffered=True, **values)

    def members(self, run: str, roles: tuple[Role, ...]) -> frozenset[str]:
        """Who is in a run in one of these roles."""
        return frozenset(who for who, role in (OWN if run == "own" else OTHER).items() if role in roles)


@dataclass(frozen=True, slots=True)
class Target:
    """One address: the values of its parts, who may use it, and the same with an id that does not exist.

    ``refuses``: statuses that may be answered to those who may use it, besides the usual ones.
    ``only_denied``: tried by those who may not use it only; what it does for the others is tested elsewhere.
    """

    label: str
    values: dict[str, Any]
    allowed: frozenset[str]
    unknown: dict[str, Any] | None = None
    form: dict[str, str] = field(default_factory=dict)
    refuses: frozenset[int] = frozenset()
    only_denied: bool = False


Targets = Callable[[World], Iterator[Target]]


def public(refuses: tuple[int, ...] = (), **values: Any) -> Targets:
    """A route for everybody."""

    def targets(world: World) -> Iterator[Target]:
        found = {name: value(world) if callable(value) else value for name, value in values.items()}
        yield Target("public", found, EVERYBODY, refuses=frozenset(refuses))

    return targets


def signed_in(
    who: frozenset[str] = SIGNED_IN,
    *,
    unknown: dict[str, Any] | None = None,
    refuses: tuple[int, ...] = (),
    **values: Any,
) -> Targets:
    """A route for whoever is signed in (or some of them)."""

    def targets(_world: World) -> Iterator[Target]:
        yield Target("signed in", values, who, unknown, refuses=frozenset(refuses))

    return targets


def own_sign_in() -> Targets:
    """A route about one of the asker's own sign-ins."""

    def targets(world: World) -> Iterator[Target]:
        number = world.ids["sign_in:stranger"]
        yield Target("one's own", {"sign_in_id": number}, frozenset({"stranger"}), {"sign_in_id": UNKNOWN})

    return targets


def own_seat() -> Targets:
    """A route about one of the asker's own memberships; one that has ended is nobody's."""

    def targets(world: World) -> Iterator[Target]:
        for label, owner in (("membership:own", "colleague"), ("membership:other", "other_facilitator")):
            number = world.ids[label]
            yield Target(label, {"membership_id": number}, frozenset({owner}), {"membership_id": UNKNOWN})
        left = {"membership_id": world.ids["left:own"]}
        yield Target("left", left, frozenset(), {"membership_id": UNKNOWN})

    return targets


def of_run(*roles: Role, refuses: tuple[int, ...] = (), form: dict[str, str] | None = None, **values: Any) -> Targets:
    """A route for these roles of the run it names."""

    def targets(world: World) -> Iterator[Target]:
        for run in ("own", "other"):
            yield Target(
                run,
                {"run_id": world.runs[run], **values},
                world.members(run, roles),
                {"run_id": UNKNOWN, **values},
                form or {},
                frozenset(refuses),
            )

    return targets


def object_of_run(
    name: str,
    kind: str,
    *roles: Role,
    only: Mapping[str, frozenset[str]] | None = None,
    refuses: tuple[int, ...] = (),
    forms: tuple[dict[str, str], ...] = ({},),
    **values: Any,
) -> Targets:
    """A route for these roles that names an object of kind ``kind``; also asked for with the other run's id.

    ``only``: by the object's label, the people among them who may see it, where that is not all.
    """

    def targets(world: World) -> Iterator[Target]:
        for label in [label for label in world.ids if label.startswith(f"{kind}:")]:
            run, wrong = ("other", "own") if label.endswith(":other") else ("own", "other")
            allowed = world.members(run, roles)
            if only is not None:
                allowed &= only.get(label, allowed)
            right = {"run_id": world.runs[run], **values}
            crossed = {"run_id": world.runs[wrong], **values}
            number = {name: world.ids[label]}
            yield Target(label, right | number, allowed, right | {name: UNKNOWN}, forms[0], frozenset(refuses))
            yield Target(f"{label} crossed", crossed | number, frozenset(), crossed | {name: UNKNOWN}, forms[0])
            for form in forms[1:] if label in ("work:submitted", "work:draft") else ():
                yield Target(label, right | number, allowed, right | {name: UNKNOWN}, form, only_denied=True)

    return targets


CASE: dict[str, Any] = {"activity_id": "gp-05.case"}
FACILITATOR = frozenset({"facilitator"})
STEP: dict[str, Any] = {**CASE, "step_id": course().activities["gp-05.case"].form.steps[0].id}  # type: ignore[union-attr]
HOMEWORK, WORDS = "gp-23.homework", "gp-23.peer"
SHEET = "gp-13.worksheet"
ANCHOR = course().rubrics["homework"].anchors[0].id
DONE_NOTHING = (404, 409, 422)
"""Somebody who has written nothing has nothing to send, withdraw or replace; a refusal by the rules is fine too."""


def place(*, refuses: tuple[int, ...] = (), **values: Any) -> Targets:
    """A route about the asker's own work: each slot is in another state for each author."""

    def targets(world: World) -> Iterator[Target]:
        for slot in ("bad", "good"):
            yield from of_run(P, refuses=refuses, slot=slot, **values)(world)
        fixed = {"run_id": world.runs["own"], **values}
        yield Target("unknown slot", {**fixed, "slot": "zzz"}, frozenset(), {**fixed, "slot": "yyy"})

    return targets


def a_figure() -> Targets:
    """A picture of the course; while it has none, an address that is nobody's."""
    found = next(iter(course().figures), None)
    module_id, _, name = (found or "gp-01/ingen.svg").partition("/")
    return of_run(*(MEMBERS if found else ()), module_id=module_id, name=name)


def a_talk() -> Targets:
    """A simulated talk of the course; while it has none, an activity that is none, which nobody finds."""
    talks = (a.id for a in course().activities.values() if any(e.kind == "consultation" for e in a.exercises))
    found = next(talks, None)
    return of_run(*(STAFF if found else ()), activity_id=found or "gp-04.myths")


TEAM, STAFF_OF_OWN = frozenset({"author1", "author2"}), frozenset({"facilitator", "recused", "organiser"})
"""Who is in the team that writes, and was in the one that is dissolved; and who may look at any of the run's."""
UNREAD = ("work:draft", "work:withdrawn")
"""What no reviewer sees."""
ERASED = (*UNREAD, "work:rejected")
"""What there is no copy of to release."""


def work_for_review(
    *, unread: tuple[str, ...] = UNREAD, refuses: tuple[int, ...] = (), forms: tuple[dict[str, str], ...] = ({},)
) -> Targets:
    """A route about a work in front of a reviewer: staff of its run, not the recused, not before it is sent."""
    only = {label: frozenset[str]() for label in unread} | {"work:submitted": frozenset({"facilitator", "organiser"})}
    return object_of_run("work_id", "work", *STAFF, only=only, refuses=refuses, forms=forms)


def several(*given: Targets) -> Targets:
    """The addresses of each of these."""

    def targets(world: World) -> Iterator[Target]:
        for one in given:
            yield from one(world)

    return targets


def link(name: str) -> Callable[[World], str]:
    """The token of a link."""
    return lambda world: world.links[name]


TABLE: dict[str, Targets] = {
    # accounts
    "accounts.sign_in": public(),
    "accounts.sign_in_post": public(),
    "accounts.sign_out": public(),
    "accounts.forgot": public(),
    "accounts.forgot_post": public(),
    "accounts.forgot_sent": public(),
    "accounts.reset": public(token=link("reset")),
    "accounts.reset_post": public(token=link("reset")),
    "accounts.account": signed_in(),
    "accounts.change_details": signed_in(),
    "accounts.change_password": signed_in(),
    "accounts.end_other_sign_ins": signed_in(),
    "accounts.end_sign_in": own_sign_in(),
    "email_change.change": signed_in(),
    "email_change.change_post": signed_in(),
    "email_change.sent": signed_in(),
    "email_change.confirm": public(token=link("email_change")),
    "email_change.confirm_post": public(token=link("email_change")),
    # one's own data
    "privacy.my_data": signed_in(),
    "privacy.data_json": signed_in(),
    "privacy.data_pdf": signed_in(),
    "privacy.leave_run": own_seat(),
    "privacy.erase": signed_in(),
    "privacy.erase_post": signed_in(),
    "privacy.erase_now": signed_in(),
    "runs.invitation": public(token=link("invitation")),
    "runs.accept_invitation": public(token=link("invitation")),
    # attendance and certificates
    "runs.attendance_days": of_run(*STAFF),
    "runs.attendance": of_run(*STAFF, session_key="day1"),
    "runs.mark_rest": of_run(*STAFF, session_key="day1", refuses=(409,)),
    "runs.mark_attendance": object_of_run(
        "membership_id", "participant", *STAFF, session_key="day1", forms=({"state": "absent", "seen": "-"},)
    ),
    "runs.code": of_run(*STAFF, session_key="day1"),
    "runs.attend": of_run(P, code="AAAAAA"),
    "runs.arrive": of_run(P),
    "runs.scan": of_run(P, typed="AAAAAA"),
    "certificates.mine": of_run(P),
    "certificates.mine_pdf": of_run(P, refuses=(404,)),
    "certificates.document": object_of_run("certificate_id", "certificate", O),
    "certificates.ask": public(),
    "certificates.check": public(number=link("certificate")),
    "organising.completion": of_run(O),
    "organising.issue_certificates": of_run(O),
    "organising.completion_member": object_of_run("membership_id", "participant", O),
    "organising.grant_completion": object_of_run(
        "membership_id", "participant", O, forms=({"reason": "en begrundelse, der er lang nok"},)
    ),
    "organising.take_back_grant": object_of_run("membership_id", "participant", O, refuses=(409,)),
    "organising.issue_certificate": object_of_run("membership_id", "participant", O),
    "organising.revoke_certificate": object_of_run(
        "certificate_id", "certificate", O, forms=({"reason": "en begrundelse"},)
    ),
    "organising.reissue_certificate": object_of_run("certificate_id", "certificate", O),
    "organising.plan_elsewhere": object_of_run("membership_id", "participant", O, session_key="day1"),
    "organising.export_csv": of_run(O),
    "organising.export_xlsx": of_run(O),
    # the participant's pages
    "learning.home": signed_in(),
    "learning.path": of_run(P),
    "learning.module": of_run(*MEMBERS, module_id="gp-01", page_id="velkommen"),
    "learning.mark_read": of_run(P, activity_id="gp-01.safety"),
    "learning.calendar": of_run(P),
    "learning.feed": public(token=link("feed")),
    "learning.cases": of_run(*MEMBERS),
    "learning.case": of_run(*MEMBERS, case_id=next(iter(course().cases))),
    "learning.figure": a_figure(),
    "exercises.play": of_run(P, activity_id="gp-04.myths"),
    "exercises.answer": of_run(P, activity_id="gp-04.myths"),
    "exercises.plenary_talk": a_talk(),
    "exercises.three": of_run(P),
    "exercises.three_answer": of_run(P, refuses=(404,)),
    "learning.skills": of_run(P),
    "submissions.activity": of_run(P, **CASE),
    "submissions.work": several(
        place(**CASE), *(of_run(P, activity_id=name, slot="main") for name in ("gp-01.aim", HOMEWORK, WORDS))
    ),
    "submissions.step": place(**STEP),
    "submissions.save_step": place(**STEP, refuses=(409,)),
    "submissions.autosave": place(**STEP, refuses=(409,)),
    "submissions.submit": place(**CASE),
    "submissions.send": place(**CASE, refuses=DONE_NOTHING),
    "submissions.receipt": place(**CASE),
    "submissions.withdraw": place(**CASE, refuses=DONE_NOTHING),
    "submissions.replace": place(**CASE, refuses=DONE_NOTHING),
    "submissions.releases": of_run(*MEMBERS),
    "submissions.release": several(
        object_of_run("release_id", "release", *MEMBERS), object_of_run("release_id", "to_peer")
    ),
    # the tools
    "tools.index": signed_in(),
    **{
        f"tools.{name}": signed_in(nr=12, unknown={"nr": 99}, refuses=(503,))
        for name in ("tool", "look", "empty_print", "empty_word", "filled_print", "filled_word")
    },
    "tools.pocket_card": public(),
    # the planners
    **{
        f"planners.{name}": signed_in()
        for name in (
            "meeting",
            "plan_meeting",
            "slides",
            "ground_rules",
            "look_at_rules",
            "discussion",
            "look_at_discussion",
        )
    },
    "planners.meeting_paper": signed_in(paper="poster", kind="pdf", unknown={"paper": "zzz", "kind": "pdf"}),
    "planners.rules_paper": signed_in(paper="sheet", kind="word", unknown={"paper": "sheet", "kind": "zzz"}),
    "planners.empty_rules": signed_in(paper="poster", kind="pdf", unknown={"paper": "zzz", "kind": "pdf"}),
    "planners.discussion_paper": signed_in(kind="pdf", unknown={"kind": "zzz"}),
    "planners.empty_discussion": signed_in(kind="word", unknown={"kind": "zzz"}),
    "planners.own": of_run(P, activity_id="gp-02.confidence", refuses=(404,)),
    "tools.pocket_print": public(refuses=(503,)),
    # the inbox
    "reviews.inbox": of_run(*STAFF),
    "reviews.next": of_run(*STAFF),
    "reviews.comments": of_run(*STAFF),
    "reviews.keep_comment": of_run(*STAFF),
    "reviews.forget_comment": object_of_run("comment_id", "comment", *STAFF, only={"comment:own": FACILITATOR}),
    "reviews.share_out": of_run(O),
    "reviews.lift_recusal": object_of_run(
        "membership_id", "author", *STAFF, only={"author:own": frozenset({"recused"})}
    ),
    "reviews.risk": object_of_run("flag_id", "flag", *STAFF, only={"flag:own": FACILITATOR | {"organiser"}}),
    "reviews.answer_risk": object_of_run(
        "flag_id", "flag", *STAFF, only={"flag:own": FACILITATOR}, forms=({"answer": "talked"},)
    ),
    "reviews.work": several(work_for_review(), object_of_run("work_id", "homework", *STAFF)),
    "reviews.act": work_for_review(refuses=(409,), forms=({"do": "take"}, *({"do": name} for name in acts.ACTS))),
    "reviews.preview": work_for_review(unread=ERASED),
    "reviews.release": work_for_review(unread=ERASED, refuses=(409,)),
    "reviews.lease": work_for_review(),
    "reviews.rejection": work_for_review(refuses=(409,)),
    "reviews.reject": work_for_review(refuses=(409,), forms=({"sure": "yes", "comment": "nej"},)),
    # homework, peers and calibration
    "reviews.homework": of_run(*STAFF, activity_id=HOMEWORK),
    "reviews.pair_up": of_run(*STAFF, activity_id=HOMEWORK),
    "reviews.change_pair": object_of_run("receiver_id", "receiver", *STAFF, activity_id=HOMEWORK, refuses=(409,)),
    "reviews.hide_words": object_of_run("work_id", "words", *STAFF, activity_id=HOMEWORK),
    "reviews.peer": of_run(P, activity_id=HOMEWORK),
    "reviews.words": of_run(P, activity_id=HOMEWORK),
    **{
        f"reviews.{name}": of_run(P, activity_id="gp-05.analysis", slot="main", refuses=(404,))
        for name in ("own_profile", "set_own_profile")
    },
    **{
        f"reviews.{name}": object_of_run("release_id", "release", P, refuses=(404,))
        for name in ("colleague_profile", "set_colleague_profile")
    },
    "reviews.calibrate": of_run(*MEMBERS, rubric_id="homework"),
    "reviews.anchor": of_run(*MEMBERS, rubric_id="homework", anchor_id=ANCHOR),
    "reviews.judge_anchor": of_run(*MEMBERS, rubric_id="homework", anchor_id=ANCHOR),
    # groups and worksheets
    "submissions.latest": place(**STEP, refuses=(409,)),
    "teams.groups": of_run(*STAFF, session_key="day1"),
    "teams.make": of_run(*STAFF, session_key="day1", refuses=(409,)),
    "teams.remake": of_run(*STAFF, session_key="day1", refuses=(409,)),
    "teams.move": of_run(*STAFF, session_key="day1", refuses=(404, 409)),
    "teams.printed": of_run(*STAFF, session_key="day1"),
    "teams.choose": object_of_run("team_id", "team", *STAFF, session_key="day1", refuses=(409,)),
    "teams.dissolve": object_of_run("team_id", "team", *STAFF, session_key="day1"),
    "teams.dissolved": object_of_run("team_id", "team", *STAFF, session_key="day1", refuses=(409,)),
    "teams.group": of_run(P, session_key="day1"),
    "teams.partner": of_run(P, session_key="day1"),
    "teams.talked": of_run(P, session_key="day1", refuses=(404,)),
    "teams.team": several(
        object_of_run("team_id", "team", *MEMBERS, only={"team:own": TEAM | STAFF_OF_OWN}),
        object_of_run("team_id", "oldteam", *MEMBERS, only={"oldteam:own": TEAM | STAFF_OF_OWN}),
    ),
    # the organiser's rooms
    "organising.new_run": signed_in(CREATORS),
    "organising.days": of_run(*STAFF),
    "organising.day": of_run(*STAFF, session_key="day1"),
    "organising.folder": of_run(*STAFF, session_key="day1"),
    "organising.sheet_pdf": of_run(*STAFF, session_key="day1"),
    "organising.handouts_pdf": of_run(*STAFF, session_key="day1"),
    "organising.cards_pdf": of_run(
        *STAFF, session_key="day1", cards_id=next(c.id for c in course().cards.values() if c.session == "day1")
    ),
    "organising.screen": of_run(*STAFF, session_key="day1", number=1),
    "organising.figures": of_run(*STAFF),
    "organising.problem_map": of_run(*MEMBERS),
    "organising.meetings": of_run(*MEMBERS),
    "organising.cockpit": of_run(O),
    "organising.edit_run": of_run(O),
    "organising.cancel_run": of_run(O),
    "organising.content": of_run(O, refuses=(409,)),
    "organising.deadlines": of_run(O),
    "organising.move_deadline": of_run(O, deadline_id="cases"),
    "organising.people": of_run(O),
    "organising.invite": of_run(O),
    "organising.name_clinician": of_run(O, refuses=(404,)),
    "organising.correct_invitation": object_of_run("invitation_id", "invitation", O),
    "organising.resend_invitation": object_of_run("invitation_id", "invitation", O),
    "organising.revoke_invitation": object_of_run("invitation_id", "invitation", O),
    "organising.remove_member": object_of_run("membership_id", "membership", O),
    "organising.edit_member": object_of_run("membership_id", "participant", O),
    "organising.outbox": of_run(O),
    "organising.message": object_of_run("message_id", "message", O),
    "organising.send_again": object_of_run("message_id", "message", O, refuses=(409,)),
    "organising.send_all_again": of_run(O),
    "organising.mail_kinds": of_run(O),
    "organising.mail_text": of_run(O, name="returned"),
    "organising.reset_mail_text": of_run(O, name="returned"),
    # the rest
    "healthz": public(),
    "static": public(filename="app.css"),
    "guard.rules": public(),
    "design.show": public(refuses=(404,)),
    "design.confirmation": public(refuses=(404,)),
    "design.error": public(refuses=(404,), status=404),
}


# -- the world ------------------------------------------------------------------------------------------------------


def word(label: str) -> str:
    """A word that stands in one text and nowhere else, and that no word list knows."""
    return "zq" + hashlib.sha256(label.encode()).hexdigest()[:10].translate(str.maketrans("0123456789", "ghijklmnop"))


def data_with(label: str, form_id: str = "gp-05.case") -> dict[str, Any]:
    """Answers to a form, the word of ``label`` in every free text."""
    if form_id == "gp-05.case":
        return {
            name: f"{value} {word(label)}" if form_of(form_id).fields[name].type in {"text", "line"} else value
            for name, value in case_data().items()
        }
    return {
        name: f"vi talte om det {word(label)}"
        for name, asked in form_of(form_id).fields.items()
        if asked.type in {"text", "line"}
    }


def build(app: Flask) -> World:
    """Build the world in an empty database, through the operations the pages use."""
    world = World(app)
    with new_session(app.extensions[EXTENSION]) as session:
        session.connection(execution_options={WRITE: True})
        _build(session, world)
        session.commit()
    _make_cookies(world)
    return world


def _build(session: Session, world: World) -> None:
    names: dict[str, dict[str, Any]] = {
        "creator": {"may_create_runs": True},
        "administrator": {"is_administrator": True},
    }
    people: dict[str, Person] = {}
    for who in sorted(SIGNED_IN):
        values = names.get(who, {"may_create_runs": who in {"organiser", "other_organiser"}})
        people[who] = make_person(session, f"Navn {who}", **values)
        world.people[who] = people[who].id
    own = _run(session, people, OWN, people["organiser"], "Hold eget")
    other = _run(session, people, OTHER, people["other_organiser"], "Hold andet")
    world.runs = {"own": own.id, "other": other.id}
    members = {who: _membership(session, own if who in OWN else other, people[who]) for who in (*OWN, *OTHER)}
    for who, role in (("left_participant", P), ("left_organiser", O)):
        member = make_member(session, own, people[who], role)
        if who == "left_participant":
            world.ids["left:own"] = member.id
            _write(session, world, member, "bad", "submitted", people["facilitator"])
        runs.remove_member(session, actor=actor_of(people["organiser"]), now=NOW, run=own, membership_id=member.id)
    for who, works in AUTHORS.items():
        for slot, state in works.items():
            _write(session, world, members[who], slot, state, people["facilitator"])
    _write(session, world, members["other_participant"], "bad", "released", people["other_facilitator"])
    _write_again(session, world, members["author2"])
    _write_unread(session, world, members["author1"])
    _say(session, world, own, people["facilitator"])
    _give_words(session, world, members["author3"], members["author4"], people["facilitator"])
    reviews.recuse(session, actor=actor_of(people["recused"]), now=NOW, work_id=world.ids["work:submitted"])
    _group(session, world, own, [members[who] for who in sorted(TEAM)], "own")
    _group(session, world, other, [members["other_participant"]], "other")
    _issue(session, world, own, people["organiser"], members["colleague"], "own")
    _issue(session, world, other, people["other_organiser"], members["other_participant"], "other")
    _collect(session, world, own, other, members)


def _group(session: Session, world: World, run: Run, members: list[Membership], name: str) -> None:
    """A team that writes in its sheet, and one that was dissolved while it wrote; as rows, for the day has not come."""
    for no, label, gone in ((1, "oldteam", True), (2, "team", False)):
        team = Team(run_id=run.id, session_key="day1", no=no, made_at=NOW, dissolved_at=NOW if gone else None)
        session.add(team)
        session.flush()
        seats: list[Any] = [
            FormerTeamMember(membership_id=member.id, team_id=team.id, left_at=NOW)
            if gone
            else TeamMember(membership_id=member.id, session_key="day1", team_id=team.id)
            for member in members
        ]
        sheet = Work(run_id=run.id, team_id=team.id, activity_id=SHEET, slot="main", needs_review=True, latest_no=1,
                     asked_digest=course().activities[SHEET].digest, created_at=NOW, updated_at=NOW)  # fmt: skip
        session.add_all([*seats, sheet])
        session.flush()
        text = word(f"sheet of {label} {name}")
        session.add(
            Revision(work_id=sheet.id, no=1, save_id=os.urandom(16).hex(), author_id=members[0].person_id, saved_at=NOW,
                     data={"example_of": f"beskeder bæres {text}"})
        )  # fmt: skip
        world.ids[f"{label}:{name}"] = team.id
        writers = frozenset(who for who, number in world.people.items() if number in {m.person_id for m in members})
        world.readers[text] = writers | (world.members(name, STAFF) if gone else frozenset())


def _issue(session: Session, world: World, run: Run, organiser: Person, member: Membership, name: str) -> None:
    """A certificate, because completion was granted for a reason that its participant and the organiser read."""
    values = {"actor": actor_of(organiser), "now": NOW, "run": run, "membership_id": member.id}
    completion.grant(session, reason=f"en god grund {word(f'grant {name}')}", **values)
    row = certificates.issue(session, **values)
    world.ids[f"participant:{name}"], world.ids[f"certificate:{name}"] = member.id, row.id
    holder = next(who for who, number in world.people.items() if number == member.person_id)
    world.readers[word(f"grant {name}")] = world.members(name, (O,)) | {holder}
    world.links["certificate"] = row.number or ""


def _run(session: Session, people: dict[str, Person], roles: dict[str, Role], organiser: Person, name: str) -> Run:
    run = make_run(session, organiser, name=name)
    for who, role in roles.items():
        if role is not O:
            make_member(session, run, people[who], role)
    runs.name_clinician(
        session,
        actor=actor_of(organiser),
        now=NOW,
        run=run,
        person_id=people[next(who for who, role in roles.items() if role is F)].id,
    )
    return run


def _membership(session: Session, run: Run, person: Person) -> Membership:
    return session.scalars(
        select(Membership).where(Membership.run_id == run.id, Membership.person_id == person.id)
    ).one()


def _write(session: Session, world: World, member: Membership, slot: str, state: str, judge: Person) -> None:
    who = next(name for name, number in world.people.items() if number == member.person_id)
    run = "other" if who in OTHER else "own"
    label = f"{state}:{who}" if who in {"left_participant", *OTHER} else state
    remark = f"remark {label}"
    data = data_with(label)
    data["wanted"] = f"{data['wanted']} {word(f'struck {label}')}"
    work = make_work(session, member, slot=slot, data=data, state="submitted" if state != "draft" else state)
    if state == "withdrawn":
        spine.withdraw(session, actor=actor_of(member.person), now=NOW, work=work, gate=_gate(session, member, slot))
    elif state not in {"draft", "submitted"}:
        _judge(session, work, state, judge, word(remark), word(f"struck {label}"))
    world.ids[f"work:{label}" + (":other" if run == "other" else "")] = work.id
    author = frozenset({who})
    judges = author if state in {"draft", "withdrawn"} else world.members(run, STAFF) | author
    if who == "author1":
        judges -= {"recused"}
    world.readers[word(label)] = world.members(run, MEMBERS) if state == "released" else judges
    world.readers[word(remark)] = world.readers[word(f"struck {label}")] = judges


def _judge(session: Session, work: Work, state: str, judge: Person, remark: str, struck: str) -> None:
    """Judge a work; what is released has one passage struck out."""
    form = form_of(work.activity_id)
    assert work.submitted_no is not None
    values: dict[str, Any] = {
        "actor": actor_of(judge), "now": NOW, "work_id": work.id, "revision_no": work.submitted_no,
    }  # fmt: skip
    comment = f"skriv lidt mere {remark}"
    if state == "returned":
        judging.return_for_changes(session, **values, comment=comment, until=NOW + timedelta(days=4))
    elif state == "rejected":
        judging.reject(session, **values, comment=comment, form=form)
    else:
        judging.accept(session, **values)
        if state == "released":
            _strike(session, values, struck)
        if state in {"released", "recalled"}:
            judging.release(session, **values, form=form)
        if state == "recalled":
            judging.recall(session, **values)


def _strike(session: Session, values: dict[str, Any], struck: str) -> None:
    """Strike the one passage out that nobody else shall see."""
    form = form_of("gp-05.case")
    work = session.get_one(Work, values["work_id"])
    path, text = next(
        (path, text) for path, text in judging.judged_texts(session, work, form).items() if struck in text
    )
    start = text.index(struck)
    judging.redact(session, **values, form=form, path=path, start=start, end=start + len(struck), replacement="[…]")


def _gate(session: Session, member: Membership, slot: str, activity_id: str = "gp-05.case") -> Any:
    return standing(session, member.run, member).gate(course().activities[activity_id], NOW, slot=slot)


def _save(session: Session, member: Membership, work: Work, data: dict[str, Any]) -> None:
    form = form_of(work.activity_id)
    spine.save(
        session, actor=actor_of(member.person), now=NOW + timedelta(hours=1), work=work, form=form,
        gate=_gate(session, member, work.slot, work.activity_id), content=checking.check_data(form, data),
        base_no=work.latest_no, save_id=os.urandom(16).hex(),
    )  # fmt: skip


def _write_again(session: Session, world: World, member: Membership) -> None:
    """What an author writes after a return is theirs alone until it is sent."""
    work = session.get_one(Work, world.ids["work:returned"])
    _save(session, member, work, data_with("written after a return"))
    world.readers[word("written after a return")] = frozenset({"author2"})


def _write_unread(session: Session, world: World, member: Membership) -> None:
    """What no reviewer reads: a form that is done when it is sent."""
    for activity_id in ("gp-01.aim", "gp-02.role"):
        data = data_with(activity_id, activity_id)
        assert data, "there is something to read"
        make_work(session, member, activity_id=activity_id, slot="main", data=data)
        world.readers[word(activity_id)] = frozenset({"author1"})


def _say(session: Session, world: World, run: Run, facilitator: Person) -> None:
    """A remark that is not decided about yet, a comment kept for oneself, and a flag."""
    actor, work_id = actor_of(facilitator), world.ids["work:submitted"]
    work = session.get_one(Work, work_id)
    text = next(name for name, asked in form_of("gp-05.case").fields.items() if asked.type == "text")
    remarks.remark(
        session, actor=actor, now=NOW, work_id=work_id, revision_no=work.submitted_no or 0,
        form=form_of("gp-05.case"), field_id=text, text=f"se her {word('early remark')}",
    )  # fmt: skip
    remarks.keep_comment(session, actor=actor, now=NOW, title="Kort", text=f"kort {word('kept comment')}")
    flag = risk.raise_flag(session, actor=actor, now=NOW, run=run, work_id=work_id, reason=f"bekymret {word('risk')}")
    world.ids["flag:own"] = flag.id
    world.ids["comment:own"] = session.scalars(select(SavedComment.id)).one()
    world.readers[word("early remark")] = frozenset({"facilitator", "organiser"})
    world.readers[word("kept comment")] = frozenset({"facilitator"})
    world.readers[word("risk")] = frozenset({"facilitator", "organiser"})


def _give_words(session: Session, world: World, author: Membership, giver: Membership, judge: Person) -> None:
    """A homework that its peer alone can read, and the peer's words to it; as rows, for its time has not come."""
    homework = _row_of_work(author, HOMEWORK, "accepted", judge)
    words = _row_of_work(giver, WORDS, "submitted", None)
    homework.projection = "released"
    session.add_all([homework, words])
    session.flush()
    texts = {HOMEWORK: f"jeg spurgte {word('homework')}", WORDS: f"det er konkret {word('words')}"}
    for work, name in ((homework, "reflection"), (words, "strong")):
        data = {name: texts[work.activity_id]}
        session.add(
            Revision(work_id=work.id, no=1, save_id=os.urandom(16).hex(), author_id=None, saved_at=NOW, data=data)
        )
        session.flush()
    copy = {"reflection": texts[HOMEWORK]}
    session.add(Release(work_id=homework.id, revision_no=1, audience="peer", data=copy, released_by_id=judge.id,
                        released_at=NOW))  # fmt: skip
    session.add(PeerPair(run_id=author.run_id, activity_id=HOMEWORK, receiver_id=author.id, giver_id=giver.id,
                         made_at=NOW))  # fmt: skip
    session.flush()
    world.ids["receiver:own"], world.ids["homework:own"], world.ids["words:own"] = author.id, homework.id, words.id
    world.ids["to_peer:own"] = session.scalars(select(Release.id).where(Release.work_id == homework.id)).one()
    world.readers[word("homework")] = world.readers[word("words")] = world.members("own", STAFF) | frozenset(
        {"author3", "author4"}
    )


def _row_of_work(member: Membership, activity_id: str, state: str, judge: Person | None) -> Work:
    asked = course().activities[activity_id]
    return Work(
        run_id=member.run_id, membership_id=member.id, activity_id=activity_id, slot="main", state=state,
        needs_review=asked.review, asked_digest=asked.digest, latest_no=1, submitted_no=1, submitted_at=NOW,
        decided_by_id=judge.id if judge else None, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def _collect(session: Session, world: World, own: Run, other: Run, members: dict[str, Membership]) -> None:
    """The ids of everything that an address can name."""
    for run, name, organiser in ((own, "own", "organiser"), (other, "other", "other_organiser")):
        actor = actor_of(session.get_one(Person, world.people[organiser]))
        invited = invitations.invite(
            session, actor=actor, now=NOW, run=run, rows=invitation_rows.read_pasted(f"ny-{name}@example.test")
        )
        world.ids[f"invitation:{name}"] = invited.invitations[0].id
        session.flush()
        world.ids[f"message:{name}"] = session.scalars(
            select(Message.id).where(Message.run_id == run.id).order_by(Message.id)
        ).all()[0]
    world.ids["author:own"] = members["author1"].id
    world.ids["membership:own"] = members["colleague"].id
    world.ids["membership:other"] = members["other_facilitator"].id
    for label, number in list(world.ids.items()):
        release = session.scalars(
            select(Release.id).where(Release.work_id == number, Release.recalled_at.is_(None))
        ).first()
        if label.startswith("work:") and release is not None:
            world.ids[label.replace("work:", "release:")] = release
    secret = world.app.config["SECRET_KEY"]
    invitation = session.get_one(Invitation, world.ids["invitation:own"])
    world.links |= {
        "invitation": invitations.link_token(invitation, secret),
        "feed": feed_token(members["colleague"], secret),
        "reset": _reset_link(session, world),
        "email_change": _email_link(session, world),
    }


def _reset_link(session: Session, world: World) -> str:
    person = session.get_one(Person, world.people["stranger"])
    person.password_hash = "$argon2id$nobody-knows"
    session.flush()
    resets.ask(session, now=AT, email=person.email, secret=world.app.config["SECRET_KEY"])
    session.flush()
    reset = session.scalars(select(ResetToken).where(ResetToken.person_id == person.id)).one()
    return resets.link_token(reset.nonce, world.app.config["SECRET_KEY"])


def _email_link(session: Session, world: World) -> str:
    person = session.get_one(Person, world.people["stranger"])
    email_change.ask(session, actor=actor_of(person), now=AT, email="nyt.sted@example.test")
    message = session.scalars(select(Message).where(Message.kind == email_change.KIND)).one()
    return email_change.link_token(message, person, world.app.config["SECRET_KEY"])


def _make_cookies(world: World) -> None:
    """A signed-in browser for everybody; its cookie is made once and used again and again."""
    serializer = world.app.session_interface.get_signing_serializer(world.app)  # type: ignore[attr-defined]
    tokens = URLSafeTimedSerializer(world.app.config["SECRET_KEY"], salt="wtf-csrf-token")
    with new_session(world.app.extensions[EXTENSION]) as session:
        for who in PEOPLE:
            held: dict[str, Any] = {"csrf_token": hashlib.sha256(who.encode()).hexdigest()}
            if who != NOBODY:
                held |= {"_user_id": sign_ins.begin(session, person_id=world.people[who], now=NOW), "_fresh": True}
            world.cookies[who] = serializer.dumps(held)
            world.tokens[who] = str(tokens.dumps(held["csrf_token"]))
        session.commit()
        world.ids["sign_in:stranger"] = session.scalars(
            select(SignIn.id).where(SignIn.person_id == world.people["stranger"])
        ).one()


# -- the rows, to see and to undo changes ------------------------------------------------------------------------------

VOLATILE = {SignIn.__tablename__: {"seen_at"}, RateCount.__tablename__: {"*"}}
Rows = dict[str, list[dict[str, Any]]]


def rows(engine: Engine) -> Rows:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in tables.metadata().sorted_tables
        }


def steady(found: Rows) -> Rows:
    """The rows without what changes whoever asks."""
    return {
        name: [{k: v for k, v in row.items() if k not in VOLATILE.get(name, ())} for row in of_table]
        for name, of_table in found.items()
        if "*" not in VOLATILE.get(name, ())
    }


def refill(engine: Engine, kept: Rows) -> None:
    """Put every row in the place of whatever is there."""
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        for table in reversed(tables.metadata().sorted_tables):
            connection.execute(table.delete())
        for table in tables.metadata().sorted_tables:
            if kept[table.name]:
                connection.execute(table.insert(), kept[table.name])


def restore(engine: Engine, kept: Rows) -> None:
    """Put every row back as it was. Few have changed, and only these are written; unless one of them has what another
    that is gone shall have again.
    """
    try:
        _put_back(engine, kept)
    except IntegrityError:
        refill(engine, kept)


def _put_back(engine: Engine, kept: Rows) -> None:
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        found = {table: _Difference(connection, table, kept[table.name]) for table in tables.metadata().sorted_tables}
        for table, difference in reversed(found.items()):
            for key in difference.extra:
                connection.execute(table.delete().where(_has_key(table, key)))
        for table, difference in found.items():
            if difference.missing:
                connection.execute(table.insert(), difference.missing)
        for table, difference in found.items():
            for key, row in difference.changed.items():
                connection.execute(table.update().where(_has_key(table, key)).values(row))


class _Difference:
    """How the rows of a table differ from those it had, by their primary keys."""

    def __init__(self, connection: Connection, table: Table, kept: list[dict[str, Any]]) -> None:
        names = [column.name for column in table.primary_key]
        now = {tuple(row[name] for name in names): row for row in connection.execute(table.select()).mappings()}
        before = {tuple(row[name] for name in names): row for row in kept}
        self.extra = now.keys() - before.keys()
        self.missing = [row for key, row in before.items() if key not in now]
        self.changed = {key: row for key, row in before.items() if key in now and now[key] != row}


def _has_key(table: Table, key: tuple[Any, ...]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


def addresses(world: World, endpoint: str, target: Target) -> tuple[str, str | None]:
    """The address of a target, and of the same with an id that does not exist."""
    with world.app.test_request_context():
        url = url_for(endpoint, **target.values)
        return url, url_for(endpoint, **target.unknown) if target.unknown else None
