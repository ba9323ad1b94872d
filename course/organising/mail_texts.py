"""The organiser's own words in the mails of a run."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import guard
from course.accounts.rules import Actor
from course.db import audit
from course.db.errors import DomainError
from course.db.upsert import upsert
from course.guard import bundle
from course.outbox.mail import Mail, MailKind, Values
from course.outbox.models import MailText, Message
from course.outbox.wording import WordingFault
from course.runs.mails import general
from course.runs.models import Run
from course.runs.rules import Role
from course.runs.service import lock_run, members
from course.work.fields import clean_text

LATELY = 30
"""So many of a run's newest mails of a kind are looked through for one that still has something to say."""


class ChangedMeanwhile(DomainError):
    """Somebody else has changed the words since they were shown."""

    status = 409

    def __init__(self) -> None:
        super().__init__("En anden har ændret teksten, siden du åbnede siden. Se på den igen, før du gemmer.")


def own_texts(session: Session, run: Run) -> dict[str, MailText]:
    """The words of the run that stand instead of ours, by kind."""
    rows = session.scalars(select(MailText).where(MailText.run_id == run.id))
    return {row.kind: row for row in rows}


def tidy(text: str) -> str:
    """What was typed, without the signs that cannot be seen."""
    return clean_text(text).strip()


def faults(kind: MailKind, subject: str, body: str) -> tuple[WordingFault, ...]:
    """What keeps the words from being used: of the kind's places, and of what is private."""
    found = list(kind.faults(subject, body))
    titles = bundle.load()["kinds"]
    for field, text in (("subject", subject), ("body", body)):
        red = {finding.kind for finding in guard.find(text, "patient") if finding.level == "red"}
        found += [
            WordingFault(field, f"Her står noget, der ligner {titles[name]['title']}. Det kan ikke stå i en mail.")
            for name in sorted(red)
        ]
    return tuple(found)


def version(text: MailText | None) -> str:
    """Which words somebody has seen: changes with every change."""
    return text.changed_at.isoformat() if text is not None else ""


def change(
    session: Session, *, actor: Actor, now: datetime, run: Run, name: str, kind: MailKind, subject: str, body: str,
    seen: str,
) -> None:  # fmt: skip
    """Put these words, which have no faults, instead of ours in every mail of the kind that is not sent yet.

    Words that are ours again are not kept. ``seen``: the version that was shown.

    Raises:
        ChangedMeanwhile: somebody else has changed them.
    """
    lock_run(session, run)
    old = session.get(MailText, (run.id, name), populate_existing=True)
    if version(old) != seen:
        raise ChangedMeanwhile
    if (subject, body) == (kind.subject, kind.body.strip()):
        _forget(session, actor, now, run, name, old)
        return
    words = {"subject": subject, "body": body, "changed_by_id": actor.person_id, "changed_at": now}
    upsert(session, MailText, {"run_id": run.id, "kind": name}, words, words)
    _record(session, actor, now, run, name, "mail_text_changed")
    session.flush()


def reset(session: Session, *, actor: Actor, now: datetime, run: Run, name: str) -> None:
    """Use our words again. Once is enough."""
    lock_run(session, run)
    _forget(session, actor, now, run, name, session.get(MailText, (run.id, name), populate_existing=True))


def _forget(session: Session, actor: Actor, now: datetime, run: Run, name: str, old: MailText | None) -> None:
    if old is not None:
        session.delete(old)
        _record(session, actor, now, run, name, "mail_text_reset")
        session.flush()


def _record(session: Session, actor: Actor, now: datetime, run: Run, name: str, verb: str) -> None:
    audit.record(session, actor_id=actor.person_id, now=now, verb=verb, run_id=run.id, detail={"kind": name})


def preview(
    session: Session, now: datetime, run: Run, name: str, kind: MailKind, subject: str, body: str
) -> tuple[Mail, bool]:
    """The words with the values of a real mail of the run where there is one; whether there was one."""
    values = _real_values(session, now, run, name, kind)
    words = MailText(run_id=run.id, kind=name, subject=subject, body=body)
    return kind.written(words, values or _likely_values(session, run, kind)), values is not None


def _real_values(session: Session, now: datetime, run: Run, name: str, kind: MailKind) -> Values | None:
    messages = session.scalars(
        select(Message).where(Message.run_id == run.id, Message.kind == name).order_by(Message.id.desc()).limit(LATELY)
    )
    found = (kind.values(session, message, now) for message in list(messages))
    values = next((values for values in found if values is not None), None)
    if values is None:
        return None
    return {**values, **{place: kind.places[place].example for place in kind.secrets}}


def _likely_values(session: Session, run: Run, kind: MailKind) -> Values:
    """The examples of the kind, with the run and one of its people."""
    people = members(session, run.id, Role.PARTICIPANT) or members(session, run.id)
    name = people[0].person.name if people else kind.places["navn"].example
    link = url_for("learning.path", run_id=run.id, _external=True)
    real = general(session, run, name, link)
    examples = kind.examples(session, run.id)
    return examples | {place: value for place, value in real.items() if place in examples and place not in kind.secrets}
