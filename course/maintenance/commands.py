"""What the administrator's commands do, and what they say: each gives its exit status and speaks through ``say``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from course.accounts import service as accounts
from course.accounts.models import Person
from course.config import Settings
from course.db.engine import make_engine
from course.db.errors import DomainError
from course.db.session import new_session, writing
from course.privacy import erasing, ledger, proof, purging
from course.privacy.letting_go import WHAT
from course.privacy.scrubbing import scrub
from course.tables import upgrade
from course.web.danish import file_size, number, plural

from . import doctor as examination
from .archive import NotWhole
from .backup import NotMade
from .backup import backup as make_backup
from .doctor import Level
from .restore import NotRestored
from .restore import replay as replay_ledger
from .restore import restore as put_back

Say = Callable[[str], object]


def backup(settings: Settings, now: datetime, file: Path, say: Say) -> int:
    """Write a backup to ``file``."""
    engine = make_engine(settings.database_url)
    try:
        made = make_backup(engine, file, now=now, instance=settings.instance, settings=settings)
    except (NotMade, OSError) as error:
        say(f"Ingen sikkerhedskopi: {error}")
        return 1
    finally:
        engine.dispose()
    say(f"{file}: {number(made.rows)} rækker i {len(made.tables)} tabeller, {file_size(file.stat().st_size)}.")
    say(f"Ikke med: {', '.join(f'COURSE_{name.upper()}' for name in made.secrets)}. Gem dem et andet sted.")
    return 0


def restore(settings: Settings, now: datetime, file: Path, say: Say) -> int:
    """Put a backup back into an empty database."""
    try:
        done = put_back(settings.database_url, file, now=now, instance=settings.instance)
    except (NotWhole, NotRestored, ledger.LedgerFault) as error:
        say(str(error))
        return 1
    say(f"{number(done.rows)} rækker er lagt tilbage fra {done.manifest.made_at[:16].replace('T', ' kl. ')} (UTC).")
    if done.erased_again:
        say(f"{plural(done.erased_again, 'person er', 'personer er')} slettet igen efter fortegnelsen over slettede.")
    for name in done.manifest.secrets:
        say(f"Husk COURSE_{name.upper()}: den står ikke i sikkerhedskopien.")
    say("Uden den samme COURSE_SECRET_KEY som før virker gamle links i mails og kalendere ikke.")
    return 0


def open_after_forgetting(settings: Settings, now: datetime, say: Say) -> None:
    """Before the server opens: forget again whom an older copy of the database brought back.

    Raises:
        LedgerFault: the ledger cannot be read, so nobody can know whom to forget.
    """
    if not ledger.path_in(settings.instance).exists():
        return
    engine = make_engine(settings.database_url)
    upgrade(engine)
    again = replay_ledger(engine, settings.instance, now)
    engine.dispose()
    if again:
        say(f"{plural(again, 'slettet person', 'slettede personer')} var kommet tilbage og er slettet igen.")


def doctor(settings: Settings, now: datetime, say: Say) -> int:
    """Examine everything; 1 when there is a fault."""
    engine = make_engine(settings.database_url)
    found = examination.examine(engine, settings, now)
    engine.dispose()
    for one in found:
        say(f"{one.level.upper():<4}  {one.what}{': ' if one.detail else ''}{one.detail}")
    faults = sum(one.level is Level.FAULT for one in found)
    say(f"{plural(faults, 'fejl', 'fejl')}." if faults else "Ingen fejl.")
    return 1 if faults else 0


def purge(settings: Settings, now: datetime, dry_run: bool, say: Say) -> int:
    """Let go of what is over, or tell what would go."""
    engine = _engine(settings)
    with new_session(engine) as session:
        gone = purging.purge(session, now, ledger_file=ledger.path_in(settings.instance), dry_run=dry_run)
    if not dry_run:
        scrub(engine, whole=any(one.number for one in gone if one.what in (WHAT, purging.IDLE)))
    engine.dispose()
    say("Det ville blive slettet:" if dry_run else "Slettet:")
    width = max(len(one.what) for one in gone)
    for one in gone:
        say(f"  {one.what:<{width}}  {one.number:>7}")
    if dry_run:
        say("Intet er ændret.")
    return 0


def erase(settings: Settings, now: datetime, email: str, say: Say) -> int:
    """Erase a person and prove it: 0 only when nothing is found afterwards."""
    engine = _engine(settings)
    try:
        with new_session(engine) as session:
            person = accounts.find_person(session, email)
            if person is None:
                say(f"Der er ingen person med adressen {email}.")
                return 1
            needles = proof.needles_of(session, person)
            done = _erase(session, person, now, settings)
        say(f"{sum(done.rows.values())} rækker er slettet i {len(done.rows)} tabeller.")
        if not done.is_gone:
            say("En række uden navn og adresse er blevet, fordi andres besvarelser skal have en bedømmer.")
        if not scrub(engine, whole=True):
            say("Databasens filer er i brug og kunne ikke ryddes helt nu. Kør »course purge« senere.")
        return _prove(engine, settings, needles, say)
    except DomainError as error:
        say(error.message)
        return 1
    finally:
        engine.dispose()


def _erase(session: Session, person: Person, now: datetime, settings: Settings) -> erasing.Erased:
    with writing(session):
        again = session.get_one(Person, person.id, populate_existing=True)
        return erasing.erase(session, person=again, now=now, ledger_file=ledger.path_in(settings.instance))


def _prove(engine: Engine, settings: Settings, needles: proof.Needles, say: Say) -> int:
    """Search every row and every byte for what was collected before."""
    with new_session(engine) as session:
        hits = proof.search_rows(session, needles)
    database = make_url(settings.database_url).database if engine.dialect.name == "sqlite" else None
    files = proof.files_of(settings.instance, Path(database) if database else None)
    hits += proof.search_files(files, needles)
    say(
        f"Søgt efter {len(needles.words)} ord og sætninger i alle rækker og i {len(files)} filer: "
        f"{sum(hit.times for hit in hits)} fund."
    )
    for hit in hits:
        say(f"  {hit.where}: {hit.times}")
    if needles.left_out:
        say(f"{needles.left_out} ord og sætninger var ikke med i søgningen: andre har skrevet eller hedder det samme,")
        say("eller navnet står som arrangør på et kursusbevis, som en anden har fået.")
    if engine.dialect.name == "postgresql":
        say("PostgreSQLs skrivelog (WAL) ryddes af serveren selv; se docs/databeskyttelse/slettefrister.md.")
    say("Ældre sikkerhedskopier kender stadig personen. »course restore« sletter igen.")
    return 1 if hits else 0


def _engine(settings: Settings) -> Engine:
    engine = make_engine(settings.database_url)
    upgrade(engine)
    return engine
