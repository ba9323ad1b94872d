"""Examining an installation: is everything whole, and does what the rules promise stand in the rows?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Engine, Select, and_, exists, func, inspect, select
from sqlalchemy.orm import Session, aliased

from course import tables
from course.config import Settings
from course.content import pinning
from course.db.audit import AuditRow
from course.db.engine import SAFE_SQLITE, sqlite_module
from course.db.session import new_session
from course.exercises.models import Attempt, PracticeStep
from course.outbox.models import Message
from course.privacy import ledger
from course.privacy.purging import VERB
from course.runs.models import ContentVersion, Membership, Practice, Run, Team, TeamMember
from course.work.models import Decision, PeerPair, Release, Revision, Work

LATE = timedelta(days=1)
TWO_DAYS = timedelta(days=2)


class Level(StrEnum):
    """How bad it is. Only a fault makes the command fail."""

    OK = "ok"
    WARNING = "obs"
    FAULT = "fejl"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in Danish; ids and counts, never a text."""

    level: Level
    what: str
    detail: str = ""


Findings = Iterator[Finding]


def examine(engine: Engine, settings: Settings, now: datetime) -> list[Finding]:
    """Look at everything, and go on after a fault as far as that is possible."""
    found = [*settings_of(settings), *schema_of(engine)]
    if any(one.level is Level.FAULT for one in found):
        return found
    found += [*whole(engine), *constraints(engine)]
    with new_session(engine) as session:
        for look in (orphans, invariants, contents):
            found += look(session)
        found += [*mails(session, now), *purged(session, now), *ledger_of(session, settings)]
    return found


def _all_well(what: str, faults: list[Finding]) -> Findings:
    yield from faults or [Finding(Level.OK, what)]


# -- settings and schema -----------------------------------------------------------------------------------------------


def settings_of(settings: Settings) -> Findings:
    """What the settings allow and one would rather not have."""
    for said in _about(settings):
        yield Finding(Level.WARNING, "Indstillinger", said)
    config = settings.instance / "config.toml"
    if config.exists() and config.stat().st_mode & 0o077:
        yield Finding(Level.WARNING, "Indstillinger", "config.toml kan læses af andre på maskinen. Kør: chmod 600.")


def _about(settings: Settings) -> Iterator[str]:
    if not settings.smtp_url:
        yield "COURSE_SMTP_URL er ikke sat. Mails bliver ikke sendt; de kan kun læses under »Udbakke«."
    if not settings.secure_cookies:
        yield "COURSE_BASE_URL er ikke https. Det er kun i orden på egen maskine."
    if settings.database_url.startswith("sqlite") and sqlite_module().sqlite_version_info < SAFE_SQLITE:
        yield "SQLite er ældre end 3.51.3. Installer pysqlite3."


def schema_of(engine: Engine) -> Findings:
    """Whether the tables are those that this program knows."""
    schema, newest = tables.schema_of(engine), tables.newest()
    if schema == newest:
        yield Finding(Level.OK, f"Databasens udgave er {schema}")
    elif schema is None:
        yield Finding(Level.FAULT, "Databasens udgave", "Databasen er tom. Kør »course upgrade«.")
    elif schema < newest:
        yield Finding(Level.FAULT, "Databasens udgave", f"Den er {schema}, ikke {newest}. Kør »course upgrade«.")
    else:
        yield Finding(Level.FAULT, "Databasens udgave", f"Den er {schema}, og programmet kender kun til {newest}.")


# -- the database ------------------------------------------------------------------------------------------------------


def whole(engine: Engine) -> Findings:
    """Whether the database itself is undamaged: SQLite's own examination; PostgreSQL reads every row."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check").fetchall()]
            faults = [Finding(Level.FAULT, "Databasen er beskadiget", line[:200]) for line in said if line != "ok"]
        else:
            faults = []
            for table in tables.metadata().sorted_tables:
                connection.execute(select(func.count()).select_from(table))
    yield from _all_well("Databasen er hel", faults)


def constraints(engine: Engine) -> Findings:
    """Whether every rule that the models repeat as a constraint stands in the database."""
    there, faults = inspect(engine), []
    for table in tables.metadata().sorted_tables:
        known = {check["name"] for check in there.get_check_constraints(table.name)}
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        faults += [Finding(Level.FAULT, "Regel mangler i databasen", name) for name in sorted(wanted - known)]
        indexes = {index["name"] for index in there.get_indexes(table.name)}
        named = {str(index.name) for index in table.indexes if index.unique}
        faults += [Finding(Level.FAULT, "Indeks mangler i databasen", name) for name in sorted(named - indexes)]
    yield from _all_well("Alle regler står i databasen", faults)


def orphans(session: Session) -> Findings:
    """Rows that point at nothing."""
    faults = []
    for table in tables.metadata().sorted_tables:
        for key in table.foreign_key_constraints:
            target = key.referred_table.alias("target")
            pairs = [(element.parent, target.c[element.column.name]) for element in key.elements]
            lost = select(func.count()).select_from(table).where(
                and_(*(own.is_not(None) for own, _ in pairs)),
                ~exists().where(*(own == theirs for own, theirs in pairs)),
            )  # fmt: skip
            number = session.scalar(lost)
            if number:
                detail = f"{number} i {table.name} ({key.name})"
                faults.append(Finding(Level.FAULT, "Rækker, der peger på ingenting", detail))
    yield from _all_well("Ingen rækker peger på ingenting", faults)


# -- the rules ---------------------------------------------------------------------------------------------------------

_LAST = select(func.max(Revision.no)).where(Revision.work_id == Work.id).scalar_subquery()
_CURRENT = exists().where(Release.work_id == Work.id, Release.recalled_at.is_(None))
_OWNER = aliased(Membership)
_RECEIVER, _GIVER = aliased(Membership), aliased(Membership)

INVARIANTS: tuple[tuple[str, Select[Any]], ...] = (
    (
        "Besvarelser, hvis seneste udgave ikke er den, de siger",
        select(Work.id).where(Work.latest_no != func.coalesce(_LAST, 0)),
    ),
    (
        "Afleverede besvarelser uden den afleverede udgave",
        select(Work.id).where(
            Work.submitted_no.is_not(None),
            ~exists().where(Revision.work_id == Work.id, Revision.no == Work.submitted_no),
        ),
    ),
    (
        "Afgjorte besvarelser uden afgørelse",
        select(Work.id).where(
            Work.state.in_(("returned", "accepted", "rejected")),
            ~exists().where(Decision.work_id == Work.id, Decision.kind == Work.state),
        ),
    ),
    ("Frigivne besvarelser uden kopi", select(Work.id).where(Work.projection == "released", ~_CURRENT)),
    ("Kopier af besvarelser, der ikke er frigivet", select(Work.id).where(Work.projection != "released", _CURRENT)),
    (
        "Besvarelser på et andet hold end deres deltager",
        select(Work.id).join(_OWNER, _OWNER.id == Work.membership_id).where(_OWNER.run_id != Work.run_id),
    ),
    (
        "Besvarelser på et andet hold end deres gruppe",
        select(Work.id).join(Team, Team.id == Work.team_id).where(Team.run_id != Work.run_id),
    ),
    (
        "Deltagere i et andet holds gruppe",
        select(TeamMember.team_id)
        .join(Team, Team.id == TeamMember.team_id)
        .join(Membership, Membership.id == TeamMember.membership_id)
        .where((Team.run_id != Membership.run_id) | (Team.session_key != TeamMember.session_key)),
    ),
    (
        "Makkerpar på tværs af hold",
        select(PeerPair.id)
        .join(_RECEIVER, _RECEIVER.id == PeerPair.receiver_id)
        .outerjoin(_GIVER, _GIVER.id == PeerPair.giver_id)
        .where((_RECEIVER.run_id != PeerPair.run_id) | (_GIVER.run_id != PeerPair.run_id)),
    ),
    (
        "Forsøg på øvelser, hvor et trin mangler",
        select(PracticeStep.practice_id)
        .group_by(PracticeStep.practice_id)
        .having(func.max(PracticeStep.no) != func.count()),
    ),
    (
        "Resultater af et forsøg, der er en andens",
        select(Attempt.id)
        .join(Practice, Practice.id == Attempt.practice_id)
        .where((Practice.membership_id != Attempt.membership_id) | (Practice.activity_id != Attempt.activity_id)),
    ),
    (
        "Hold uden kursusarrangør",
        select(Run.id).where(
            Run.cancelled_at.is_(None),
            exists().where(Membership.run_id == Run.id),
            ~exists().where(
                Membership.run_id == Run.id, Membership.role == "organiser", Membership.left_at.is_(None)
            ),
        ),
    ),
)  # fmt: skip
"""What a row must never be, with a query that finds the ids of those that are."""


def invariants(session: Session) -> Findings:
    """The rules of the spine, asked of every row."""
    faults = []
    for what, query in INVARIANTS:
        ids = session.scalars(query.distinct()).all()
        if ids:
            some = ", ".join(str(number) for number in sorted(ids)[:10]) + (" …" if len(ids) > 10 else "")
            faults.append(Finding(Level.FAULT, what, f"{len(ids)}: nr. {some}"))
    yield from _all_well("Besvarelser, grupper og hold hænger sammen", faults)


def contents(session: Session) -> Findings:
    """Whether every version of the content that a run is pinned to can still be read, and is the one it says."""
    faults = []
    for digest, packed in session.execute(select(ContentVersion.digest, ContentVersion.packed)):
        try:
            is_right = pinning.unpack(packed).digest == digest
        except Exception as error:
            detail = f"{digest[:12]} ({type(error).__name__})"
            faults.append(Finding(Level.FAULT, "Et holds indhold kan ikke læses", detail))
        else:
            if not is_right:
                faults.append(Finding(Level.FAULT, "Et holds indhold er ikke det, det var", digest[:12]))
    yield from _all_well("Holdenes indhold kan læses", faults)


# -- what ought to happen by itself ------------------------------------------------------------------------------------


def mails(session: Session, now: datetime) -> Findings:
    """Mails that failed, or that nobody sends."""
    failed = session.scalar(select(func.count()).where(Message.state == "failed")) or 0
    late = session.scalar(select(func.count()).where(Message.state == "queued", Message.due_at < now - LATE)) or 0
    if failed:
        yield Finding(Level.WARNING, "Mails, der ikke kunne sendes", f"{failed}. Se »Udbakke« på holdene.")
    if late:
        yield Finding(Level.WARNING, "Mails, der har ventet over et døgn", f"{late}. Kører »course worker«?")
    if not failed and not late:
        yield Finding(Level.OK, "Ingen mails hænger")


def purged(session: Session, now: datetime) -> Findings:
    """Whether what is over is let go of every night."""
    last = session.scalar(select(func.max(AuditRow.at)).where(AuditRow.verb == VERB))
    has_people = session.scalar(select(func.min(Membership.joined_at)))
    if last is not None and last > now - TWO_DAYS:
        yield Finding(Level.OK, "Forældede oplysninger bliver slettet")
    elif has_people is not None and has_people < now - TWO_DAYS:
        yield Finding(Level.WARNING, "Forældede oplysninger er ikke slettet i to døgn", "Kører »course worker«?")


def ledger_of(session: Session, settings: Settings) -> Findings:
    """Whether the ledger can be read, and everybody in it is gone."""
    try:
        entries = ledger.read(ledger.path_in(settings.instance))
    except ledger.LedgerFault as error:
        yield Finding(Level.FAULT, "Fortegnelsen over slettede", str(error))
        return
    back = ledger.still_here(session, entries)
    if back:
        yield Finding(
            Level.FAULT, "Slettede personer, som databasen stadig kender",
            f"{len(back)}. En ældre database er lagt tilbage uden om »course restore«. Start »course serve« igen: "
            "den sletter dem, før den åbner.",
        )  # fmt: skip
    else:
        yield Finding(Level.OK, f"Fortegnelsen over slettede har {len(entries)} linjer, og ingen af dem er her")
