"""The registry: for every table what of it is a person's, how it is found, taken out, erased, and how long it is kept.

A test walks the tables and fails on one that is not here, on a text column that is not classified, and on a column that
points at a person without saying what happens when the person is erased. The export, the erasure and its proof, the
retention and the record of processing all read this list, so that they cannot forget different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .rules import Period


class Words(StrEnum):
    """Whose words a text column holds."""

    NAME = "name"
    """Says who a person is: name, address, clinic."""
    OWN = "own"
    """Written by the person the row belongs to."""
    STAFF = "staff"
    """Written by staff to or about the person the row belongs to."""
    RUN = "run"
    """About the run or the course, written by its organiser or an author."""
    CODE = "code"
    """An id, state or digest from our own lists."""
    SECRET = "secret"
    """Proves who somebody is. Never taken out."""


class Whose(StrEnum):
    """What a column that makes a row somebody's points at."""

    PERSON = "person"
    MEMBER = "membership"
    WORK = "work"
    PRACTICE = "practice"
    ADDRESS = "address"


class Then(StrEnum):
    """What becomes of a column that names somebody who did something to a row that is not theirs."""

    FORGET = "forget"
    """It becomes NULL."""
    STAY = "stay"
    """It stays, and points at a person without name or address: the row must say that *somebody* did it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One table.

    ``owners``: columns that make a row a person's, and whose id stands there. Such rows are the person's data; they are
    taken out, and they go when the person is erased – all but those that ``stays`` gives a reason for.
    ``actors``: columns that name somebody who did something. ``words``: every column that holds text.
    ``hidden``: why the table is not taken out although it has owners, in Danish. ``taken_by``: the column of the only
    owner who takes the row out, where there are several and it says something about that one.
    """

    title: str
    kept: Period
    owners: Mapping[str, Whose] = field(default_factory=dict)
    actors: Mapping[str, Then] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)
    stays: str = ""
    hidden: str = ""
    taken_by: str = ""


def _columns(**kinds: str) -> dict[str, Words]:
    return {name: Words(kind) for kind, names in kinds.items() for name in names.split()}


_MEMBER = {"membership_id": Whose.MEMBER}
_WORK = {"work_id": Whose.WORK}

RECORDS: Mapping[str, Record] = {
    # accounts
    "person": Record(
        "Dig", Period.PERSON, {"id": Whose.PERSON}, words=_columns(name="email name title", secret="password_hash")
    ),
    "sign_in": Record(
        "Indlogninger", Period.OVER, {"person_id": Whose.PERSON}, words=_columns(own="device", secret="token_hash")
    ),
    "reset_token": Record(
        "Links til ny adgangskode", Period.OVER, {"person_id": Whose.PERSON}, words=_columns(secret="nonce token_hash")
    ),
    "rate_count": Record("Tællinger af forsøg (uden navn og adresse)", Period.OVER, words=_columns(secret="key")),
    # runs
    "content_version": Record("Kursets indhold", Period.ALWAYS, words=_columns(code="digest course_id", run="packed")),
    "run": Record(
        "Hold", Period.ALWAYS, actors={"clinician_id": Then.FORGET, "created_by_id": Then.FORGET},
        words=_columns(code="course_id content_digest mode", run="name cluster organised_by activity_number"),
    ),
    "run_session": Record("Kursusgange", Period.ALWAYS, words=_columns(code="key", run="place")),
    "membership": Record(
        "Deltagelse i hold", Period.LONG, {"person_id": Whose.PERSON},
        words=_columns(code="role", name="clinic", secret="calendar_nonce"),
    ),
    "team": Record("Grupper (uden navne)", Period.ALWAYS, words=_columns(code="session_key")),
    "team_member": Record("Pladser i grupper", Period.COURSE, _MEMBER, words=_columns(code="session_key")),
    "former_team_member": Record("Grupper, du har siddet i", Period.COURSE, _MEMBER),
    "attendance": Record(
        "Fremmøde", Period.LONG, _MEMBER, {"marked_by_id": Then.FORGET}, _columns(code="session_key state how")
    ),
    "completion_grant": Record(
        "Gennemførelse trods mangler", Period.LONG, _MEMBER, {"granted_by_id": Then.FORGET}, _columns(staff="reason")
    ),
    "deadline_move": Record(
        "Flyttede frister", Period.COURSE, _MEMBER, {"moved_by_id": Then.FORGET}, _columns(code="deadline_id")
    ),
    "invitation": Record(
        "Invitationer", Period.INVITATION, {"email": Whose.ADDRESS, "accepted_by_id": Whose.PERSON},
        {"created_by_id": Then.FORGET}, _columns(name="email name clinic", code="role state", secret="nonce"),
    ),
    "progress": Record("Hvad du har læst og gjort", Period.LONG, _MEMBER, words=_columns(code="activity_id")),
    # what is written
    "work": Record(
        "Besvarelser (tilstand, ikke teksten)", Period.LONG, _MEMBER, {"decided_by_id": Then.STAY},
        _columns(code="activity_id slot state projection asked_digest complete_steps"),
    ),
    "revision": Record(
        "Teksten i dine besvarelser, alle udgaver (forpligtelser længere)", Period.SHORT, _WORK,
        {"author_id": Then.FORGET}, _columns(own="data confirmed", code="save_id"),
    ),
    "submission": Record("Kvitteringer", Period.LONG, _WORK, words=_columns(code="submit_key receipt")),
    "decision": Record(
        "Afgørelser om besvarelser", Period.SHORT, _WORK, {"by_id": Then.FORGET}, _columns(code="kind", staff="comment")
    ),
    "field_comment": Record(
        "Bemærkninger til felter", Period.SHORT, _WORK, {"by_id": Then.FORGET}, _columns(code="field", staff="text")
    ),
    "redaction": Record(
        "Overstregninger", Period.SHORT, _WORK, {"by_id": Then.FORGET}, _columns(code="path", staff="replacement")
    ),
    "release": Record(
        "Frigivne kopier", Period.SHORT, _WORK, {"released_by_id": Then.FORGET, "recalled_by_id": Then.FORGET},
        _columns(own="data", code="audience"),
    ),
    "team_case": Record("Forløb i grupper", Period.COURSE, _WORK, words=_columns(code="case_id")),
    "peer_pair": Record(
        "Makkerpar", Period.COURSE, {"receiver_id": Whose.MEMBER, "giver_id": Whose.MEMBER},
        {"stands_in_id": Then.FORGET}, _columns(code="activity_id"),
    ),
    "opening": Record(
        "Hvem der har åbnet dine besvarelser, og hvad du har åbnet", Period.SHORT, _WORK, {"person_id": Then.STAY},
        _columns(code="capacity"),
    ),
    "practice": Record(
        "Øvelser, du har begyndt på", Period.COURSE, _MEMBER,
        words=_columns(code="activity_id exercise_id content_digest key"),
    ),
    "practice_step": Record(
        "Dine svar i øvelser og quizzer", Period.COURSE, {"practice_id": Whose.PRACTICE},
        words=_columns(own="data", code="save_key"),
    ),
    "attempt": Record(
        "Resultater af øvelser og quizzer", Period.COURSE, _MEMBER,
        words=_columns(code="activity_id exercise_id asked_digest"),
    ),
    "recall": Record(
        "Spørgsmål i »Tre om dagen«", Period.COURSE, _MEMBER,
        words=_columns(code="activity_id exercise_id item_id save_key"),
    ),
    # the inbox
    "assignment": Record(
        "Besvarelser, du skal læse", Period.SHORT, {"work_id": Whose.WORK, "person_id": Whose.PERSON},
        {"assigned_by_id": Then.FORGET}, taken_by="person_id",
    ),
    "lease": Record(
        "Besvarelser, du har åbne nu", Period.OVER, {"work_id": Whose.WORK, "person_id": Whose.PERSON},
        taken_by="person_id",
    ),
    "recusal": Record(
        "Deltagere, du har meldt dig inhabil over for", Period.COURSE,
        {"membership_id": Whose.MEMBER, "person_id": Whose.PERSON}, taken_by="person_id",
    ),
    "saved_comment": Record(
        "Dine gemte bemærkninger", Period.PERSON, {"person_id": Whose.PERSON}, words=_columns(own="title text")
    ),
    "risk_flag": Record(
        "Beskeder om, at en patient kan være i risiko", Period.SHORT, _WORK,
        {"raised_by_id": Then.FORGET, "clinician_id": Then.FORGET, "answered_by_id": Then.STAY},
        _columns(staff="reason", code="answer"),
        hidden="Beskeden handler om en patient og er til holdets kliniker. "
        "Spørg kursusarrangøren, hvis du vil vide, om der er en.",
    ),
    "profile": Record(
        "Profiler efter vurderingsskema", Period.COURSE, _WORK, {"by_id": Then.STAY},
        _columns(code="rubric_id rubric_digest levels"),
    ),
    "calibration": Record(
        "Øvelse i at vurdere", Period.COURSE, {"person_id": Whose.PERSON},
        words=_columns(code="rubric_id rubric_digest anchor_id levels"),
    ),
    # mail, certificates, audit
    "mail_text": Record(
        "Holdets egne mailtekster", Period.COURSE, actors={"changed_by_id": Then.FORGET},
        words=_columns(code="kind", run="subject body"),
    ),
    "message": Record(
        "Mails til dig (uden deres tekst)", Period.MESSAGE, {"to": Whose.ADDRESS},
        words=_columns(name="to", code="kind params dedupe_key state fault"),
    ),
    "certificate": Record(
        "Kursusbeviser", Period.LONG, _MEMBER, {"issued_by_id": Then.FORGET, "revoked_by_id": Then.FORGET},
        _columns(code="number_hash", secret="sealed", own="number printed", staff="revoked_reason"),
        stays="Den forseglede kopi bliver, så beviset stadig kan kontrolleres. "
        "Den kan kun læses med nummeret på papiret.",
    ),
    "audit": Record(
        "Hvad du har gjort", Period.AUDIT, actors={"actor_id": Then.FORGET}, words=_columns(code="verb detail")
    ),
}  # fmt: skip

TAKEN_OUT_BY_ACTOR: Mapping[str, str] = {
    "audit": "actor_id",
    "opening": "person_id",
    "decision": "by_id",
    "field_comment": "by_id",
    "redaction": "by_id",
    "profile": "by_id",
    "revision": "author_id",
}
"""Tables of which a person also gets the rows they made: what they said about others' works, and wrote in a group."""

SHOWN_WHEN_DECIDED = frozenset({"field_comment", "redaction", "profile"})
"""What reviewers note while they read. The author gets it, here as on the pages, when the text is decided about."""

ABOUT: Mapping[str, str] = {"flag": "risk_flag", "reset": "reset_token", "pair": "peer_pair"}
"""Names in the parameters of a mail that are not the name of the table whose id stands there."""


def table_of_param(name: str) -> str | None:
    """The table that a parameter of a mail holds an id of: ``submission_id`` → submission; None when it is none."""
    short = name.removesuffix("_id")
    table = ABOUT.get(short, short)
    return table if table in RECORDS else None


STAFF_WORDS = (
    ("decision", "comment", "by_id"),
    ("field_comment", "text", "by_id"),
    ("redaction", "replacement", "by_id"),
    ("risk_flag", "reason", "raised_by_id"),
    ("completion_grant", "reason", "granted_by_id"),
    ("certificate", "revoked_reason", "revoked_by_id"),
    ("mail_text", "subject", "changed_by_id"),
    ("mail_text", "body", "changed_by_id"),
)
"""(table, text column, column that names its writer) of every text that stays when its writer is erased."""
