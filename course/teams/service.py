"""Groups of a session: made by the rules, changed by hand, remade when somebody is missing, dissolved.

Every change locks the run, looks at the groups as they stand, and is refused when they are not those the facilitator
has seen (``seen``, from :func:`version`). What is so already is left so: a second click does nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import Course
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert
from course.runs.models import FormerTeamMember, Membership, Run, Team, TeamMember
from course.runs.rules import STAFF
from course.runs.service import lock_run
from course.work.models import TeamCase, Work

from . import rules
from .partner_mails import tell_partners
from .reading import groups_of, of_session, participants, released_cases, seated, teams, version
from .rules import Groups

NEW = 0
"""In the place of a group's id: a group that does not exist yet."""


class TeamsChanged(DomainError):
    """Somebody else has changed the groups since the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            "Grupperne er ændret, siden du åbnede siden. Her er de, som de står nu. Se dem igennem, og prøv igen."
        )


# -- changes -----------------------------------------------------------------------------------------------------------


def make(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    course: Course,
    session_key: str,
    seed: int,
    missing: Collection[int] = (),
    are_pairs: bool = False,
    seen: str,
) -> list[Team]:
    """Put everybody but the ``missing`` into groups by the rules, from nothing; two and two if ``are_pairs``.

    Raises:
        DomainError: a group has begun to write, or there is nobody to make groups of.
        TeamsChanged: the groups are not those that were seen.
    """
    found = _begin(session, actor, run, course, session_key)
    present = [m for m in participants(session, run.id) if m.id not in missing]
    if not present:
        raise DomainError("Der er ingen deltagere at lave grupper af.", status=422)
    sizes = rules.PAIRS if are_pairs or run.is_own_time else rules.GROUPS
    divided = rules.make_groups(seated(session, run, course, present), seed=seed, sizes=sizes)
    if sorted(divided.values()) == sorted(groups_of(found).values()):
        return found
    _require_seen(session, found, seen)
    if _who_wrote(session, run.id, session_key) & {team.id for team in found}:
        raise DomainError(
            "En gruppe er begyndt at skrive i sit gruppeark. Flyt en deltager ad gangen, lav grupperne om uden dem, "
            "der mangler, eller opløs en gruppe – så følger arkene med."
        )
    free = _free_numbers(session, run.id, session_key, len(divided))
    wanted = {no: members for no, (_, members) in zip(free, sorted(divided.items()), strict=True)}
    after = _settle(session, now, run, course, session_key, found, wanted)
    _choose_anew(session, run, course, {}, after, set(wanted))
    _record(session, actor, now, run, "teams_made", session_key, teams=len(after), people=len(present))
    return after


def move(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    course: Course,
    session_key: str,
    membership_id: int,
    team_id: int,
    seen: str,
) -> list[Team]:
    """Give one member another group (``NEW``: one of their own, for others to follow into).

    Raises:
        NotAllowed: the run has no such participant, or the session no such group.
    """
    found = _begin(session, actor, run, course, session_key)
    if membership_id not in {m.id for m in participants(session, run.id)}:
        raise NotAllowed
    target = next((team for team in found if team.id == team_id), None)
    if target is None and team_id != NEW:
        _require_seen(session, found, seen)
        raise NotAllowed
    here = next((t for t in found if any(m.membership_id == membership_id for m in t.members)), None)
    if here is not None and (here is target or (target is None and len(here.members) == 1)):
        return found
    _require_seen(session, found, seen)
    before = groups_of(found)
    wanted = {no: tuple(m for m in members if m != membership_id) for no, members in before.items()}
    no = target.no if target is not None else _free_numbers(session, run.id, session_key, 1, found)[0]
    wanted[no] = (*wanted.get(no, ()), membership_id)
    if run.is_own_time:
        wanted = rules.swapped(wanted, membership_id, seated(session, run, course, participants(session, run.id)))
    after = _settle(session, now, run, course, session_key, found, wanted)
    _choose_anew(session, run, course, before, after, {no} | ({here.no} if here is not None else set()))
    _record(session, actor, now, run, "team_member_moved", session_key, membership=membership_id, to=no,
            was=here.no if here is not None else 0)  # fmt: skip
    return after


def remake(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    course: Course,
    session_key: str,
    missing: Collection[int],
    seen: str,
) -> dict[str, int]:
    """Let the ``missing`` leave their groups, seat who has none, and move as few others as can be.

    The answer tells who has another group now, by name, and its number.
    """
    found = _begin(session, actor, run, course, session_key)
    present = [m for m in participants(session, run.id) if m.id not in missing]
    before = groups_of(found)
    used = max(_numbers(session, run.id, session_key), default=0)
    sizes = rules.PAIRS if run.is_own_time else rules.sizes_like(before)
    known = before | ({used: ()} if used not in before else {})
    wanted = rules.remake(known, seated(session, run, course, present), sizes)
    moved = rules.moved(before, wanted)
    if wanted != before:
        _require_seen(session, found, seen)
        after = _settle(session, now, run, course, session_key, found, wanted)
        _choose_anew(session, run, course, before, after, {no for no in wanted if wanted[no] != before.get(no)})
        _record(session, actor, now, run, "teams_remade", session_key, teams=len(after), missing=len(set(missing)))
    return {member.person.name: moved[member.id] for member in present if member.id in moved}


def dissolve(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    course: Course,
    session_key: str,
    team_id: int,
    seen: str,
) -> None:
    """Let a group be no more. Its members have no seat; what it wrote stays readable to them and to staff."""
    found = _begin(session, actor, run, course, session_key)
    team = session.get(Team, team_id)
    if team is None or (team.run_id, team.session_key) != (run.id, session_key):
        raise NotAllowed
    if team.dissolved_at is not None:
        return
    _require_seen(session, found, seen)
    left = {no: group for no, group in groups_of(found).items() if no != team.no}
    _settle(session, now, run, course, session_key, found, left)
    _record(session, actor, now, run, "team_dissolved", session_key, team=team.id)


def choose(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    course: Course,
    session_key: str,
    team_id: int,
    work_ids: Collection[int],
    case_ids: Collection[str],
    seen: str,
) -> None:
    """Say which texts a group works with: released cases of its own members, and teaching cases.

    Raises:
        DomainError: nothing was chosen.
    """
    found = _begin(session, actor, run, course, session_key)
    team = next((one for one in found if one.id == team_id), None)
    if team is None:
        raise NotAllowed
    released = released_cases(session, run, course)
    own = {work.id for member in team.members for work in released.get(member.membership_id, ())}
    works, cases = own & set(work_ids), set(course.cases) & set(case_ids)
    if not works and not cases:
        raise DomainError("Vælg mindst ét forløb til gruppen.", status=422)
    rows = _texts(session, [team.id])
    if (works, cases) == ({r.work_id for r in rows if r.work_id in own}, {r.case_id for r in rows if r.case_id}):
        return
    _require_seen(session, found, seen)
    _write_texts(session, team.id, works, cases)
    _record(
        session, actor, now, run, "team_cases_chosen", session_key, team=team.id, works=len(works), cases=len(cases)
    )


# -- the parts ---------------------------------------------------------------------------------------------------------


def _begin(session: Session, actor: Actor, run: Run, course: Course, session_key: str) -> list[Team]:
    """The groups as they stand, for staff of the run; nobody else changes them until the transaction ends."""
    roles = session.scalars(
        select(Membership.role).where(
            Membership.run_id == run.id, Membership.person_id == actor.person_id, Membership.left_at.is_(None)
        )
    )
    if not set(roles) & STAFF or session_key not in course.sessions:
        raise NotAllowed
    if run.cancelled_at is not None:
        raise DomainError("Holdet er aflyst, så grupperne kan ikke ændres.")
    lock_run(session, run)
    return teams(session, run.id, session_key)


def _require_seen(session: Session, found: Collection[Team], seen: str) -> None:
    if version(session, found) != seen:
        raise TeamsChanged


def _numbers(session: Session, run_id: int, session_key: str) -> list[int]:
    return list(session.scalars(select(Team.no).where(*of_session(run_id, session_key))))


def _who_wrote(session: Session, run_id: int, session_key: str) -> set[int]:
    """The groups of a session, dissolved or not, that have a worksheet."""
    return set(
        session.scalars(select(Team.id).join(Work, Work.team_id == Team.id).where(*of_session(run_id, session_key)))
    )


def _free_numbers(
    session: Session, run_id: int, session_key: str, count: int, keep: Collection[Team] = ()
) -> list[int]:
    """The lowest numbers that no group has which is in ``keep``, or has a worksheet of its own."""
    wrote = _who_wrote(session, run_id, session_key)
    rows = session.execute(select(Team.id, Team.no).where(*of_session(run_id, session_key)))
    taken = {no for team_id, no in rows if team_id in wrote} | {team.no for team in keep}
    return [no for no in range(1, count + len(taken) + 1) if no not in taken][:count]


def mend(session: Session, *, now: datetime, run: Run, course: Course) -> bool:
    """Give everybody in a run that is taken in one's own time a partner, the same in all sessions; whether anything
    changed. What is whole stays as it is, so it can be asked for again and again.
    """
    lock_run(session, run)
    present = seated(session, run, course, participants(session, run.id))
    changed = False
    wanted: Groups = {}
    for meeting in run.sessions:
        found = teams(session, run.id, meeting.key)
        before = groups_of(found)
        if before or not wanted:
            used = max(_numbers(session, run.id, meeting.key), default=0)
            known = before | ({used: ()} if used and used not in before else {})
            wanted = (
                rules.remake(known, present, rules.PAIRS)
                if known
                else rules.make_groups(present, seed=run.id, sizes=rules.PAIRS)
            )
        if wanted != before:
            _settle(session, now, run, course, meeting.key, found, wanted)
            audit.record(
                session, actor_id=None, now=now, verb="partners_mended", run_id=run.id,
                detail={"session": meeting.key, "teams": len(wanted)},
            )  # fmt: skip
            changed = True
    session.flush()
    return changed


def _settle(
    session: Session,
    now: datetime,
    run: Run,
    course: Course,
    session_key: str,
    found: list[Team],
    wanted: Mapping[int, Collection[int]],
) -> list[Team]:
    """Seat everybody as wanted. Partners in one's own time are told, and stay partners in the sessions that follow."""
    if not run.is_own_time:
        return _arrange(session, now, run, session_key, found, wanted)
    before = groups_of(found)
    after = _arrange(session, now, run, session_key, found, wanted)
    later = list(course.sessions)[list(course.sessions).index(session_key) + 1 :]
    for key in later:
        _arrange(session, now, run, key, teams(session, run.id, key), wanted)
    tell_partners(session, now=now, run=run, session_key=session_key, before=before, after=groups_of(after))
    return after


def _arrange(
    session: Session,
    now: datetime,
    run: Run,
    session_key: str,
    found: list[Team],
    wanted: Mapping[int, Collection[int]],
) -> list[Team]:
    """Seat everybody as wanted. A group that has nobody left is dissolved; nobody's old group is forgotten."""
    seats = {member: no for no, members in wanted.items() for member in members}
    ids = _open_teams(session, now, run, session_key, {no for no in wanted if wanted[no]})
    for team in found:
        for seat in team.members:
            if seats.get(seat.membership_id) != team.no:
                key = {"membership_id": seat.membership_id, "team_id": team.id}
                upsert(session, FormerTeamMember, key, {"left_at": now}, {"left_at": now})
        if not wanted.get(team.no):
            team.dissolved_at = now
    session.execute(
        delete(TeamMember).where(
            TeamMember.team_id.in_([team.id for team in found]), TeamMember.membership_id.not_in(seats)
        ),
        execution_options={"synchronize_session": False},
    )
    for member, no in seats.items():
        key = {"membership_id": member, "session_key": session_key}
        upsert(session, TeamMember, key, {"team_id": ids[no]}, {"team_id": ids[no]})
    session.flush()
    return teams(session, run.id, session_key)


def _open_teams(session: Session, now: datetime, run: Run, session_key: str, numbers: set[int]) -> dict[int, int]:
    """The groups of these numbers, begun where there are none: number → id."""
    rows = {team.no: team for team in session.scalars(select(Team).where(*of_session(run.id, session_key)))}
    for no in sorted(numbers):
        team = rows.get(no)
        if team is None:
            team = rows[no] = Team(run_id=run.id, session_key=session_key, no=no, made_at=now)
            session.add(team)
        elif team.dissolved_at is not None:
            team.dissolved_at, team.made_at = None, now
    session.flush()
    return {no: rows[no].id for no in numbers}


def _texts(session: Session, team_ids: Collection[int]) -> list[TeamCase]:
    return list(session.scalars(select(TeamCase).where(TeamCase.team_id.in_(team_ids)).order_by(TeamCase.id)))


def _choose_anew(
    session: Session, run: Run, course: Course, before: Groups, after: Iterable[Team], changed: Collection[int]
) -> None:
    """Say what the changed groups work with: the released cases of those who are new in them, of the others those
    that were chosen before; where there are none at all, a teaching case.
    """
    if not course.tells_of_patients:
        return  # there is nothing to share out: what its groups write about stands in their sheets
    released = released_cases(session, run, course)
    for team in (one for one in after if one.no in changed):
        rows = _texts(session, [team.id]) if before else []
        chosen = {row.work_id for row in rows if row.work_id}
        own = {
            work.id
            for seat in team.members
            for work in released.get(seat.membership_id, ())
            if not chosen or work.id in chosen or seat.membership_id not in before.get(team.no, ())
        }
        cases = {row.case_id for row in rows if row.case_id} if not own or chosen else set()
        teaching = rules.teaching_case(team.no, list(course.cases))
        _write_texts(session, team.id, own, cases or ({teaching} if teaching and not own else set()))


def _write_texts(session: Session, team_id: int, works: Collection[int], cases: Collection[str]) -> None:
    known = _texts(session, [team_id])
    for row in known:
        if row.work_id not in works and row.case_id not in cases:
            session.delete(row)
    session.add_all(TeamCase(team_id=team_id, work_id=w) for w in sorted(set(works) - {row.work_id for row in known}))
    session.add_all(TeamCase(team_id=team_id, case_id=c) for c in sorted(set(cases) - {row.case_id for row in known}))
    session.flush()


def _record(
    session: Session, actor: Actor, now: datetime, run: Run, verb: str, session_key: str, **detail: int
) -> None:
    audit.record(
        session, actor_id=actor.person_id, now=now, verb=verb, run_id=run.id, detail={"session": session_key, **detail}
    )
    session.flush()
