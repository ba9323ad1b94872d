"""Groups in the database: made, moved, remade, dissolved; seen before they are changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from course.db.errors import DomainError, NotAllowed
from course.runs import service as runs
from course.runs.models import Attendance, FormerTeamMember, Team
from course.teams import reading, rules, service
from course.teams.service import NEW, TeamsChanged
from course.teams.texts import texts_of
from course.work import judging
from course.work.models import TeamCase, Work
from course.work.standing import standing
from tests.factories import NOW, course, make_member, make_run

from .conftest import Hall


def test_everybody_has_a_seat_and_their_gate_knows(hall: Hall) -> None:
    members = hall.arrive(*"abcdefgh", cases="good bad")
    teams = hall.make()
    assert [team.no for team in teams] == [1, 2]
    assert sorted(m for group in hall.groups().values() for m in group) == [m.id for m in members]
    stands = standing(hall.session, hall.run, members[0])
    assert stands.team_id("day1") in {team.id for team in teams}
    assert stands.gate(course().activities["gp-13.worksheet"], hall.now).is_open
    assert hall.verbs() == ["teams_made"]


def test_who_left_or_is_missing_has_none(hall: Hall) -> None:
    members = hall.arrive(*"abcdefg")
    runs.remove_member(
        hall.session, actor=hall.actor(hall.organiser), now=NOW, run=hall.run, membership_id=members[0].id
    )
    hall.make(missing={members[1].id})
    assert sorted(m for group in hall.groups().values() for m in group) == [m.id for m in members[2:]]


def test_who_leaves_the_run_is_no_longer_in_the_group(hall: Hall) -> None:
    members = hall.arrive(*"abcd")
    hall.make()
    runs.remove_member(
        hall.session, actor=hall.actor(hall.organiser), now=hall.now, run=hall.run, membership_id=members[0].id
    )
    assert hall.groups() == {1: tuple(m.id for m in members[1:])}
    page = hall.client_for(hall.mette).get(hall.url()).get_data(as_text=True)
    assert members[0].person.name not in page
    assert members[1].person.name in page


def test_made_twice_by_a_double_click_is_made_once(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    seen = hall.seen()
    hall.make(seed=4, seen=seen)
    before = hall.groups()
    hall.make(seed=4, seen=seen)
    assert hall.groups() == before
    assert hall.verbs() == ["teams_made"]


def test_of_two_facilitators_the_second_sees_what_the_first_did(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    seen = hall.seen()
    hall.make(seed=1, seen=seen)
    before = hall.groups()
    other = next(seed for seed in range(2, 50) if _differs(hall, seed))
    with pytest.raises(TeamsChanged):
        hall.make(seed=other, seen=seen)
    assert hall.groups() == before


def _differs(hall: Hall, seed: int) -> bool:
    people = reading.seated(hall.session, hall.run, course(), hall.members)
    return sorted(rules.make_groups(people, seed=seed).values()) != sorted(hall.groups().values())


def test_made_anew_the_groups_keep_their_low_numbers(hall: Hall) -> None:
    hall.arrive(*"abcdefghijkl")
    first = hall.make(seed=1)
    again = hall.make(seed=next(seed for seed in range(2, 50) if _differs(hall, seed)))
    assert [team.id for team in first] == [team.id for team in again]


def test_a_group_that_writes_is_not_made_anew(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    teams = hall.make(seed=1)
    _begin_sheet(hall, teams[0])
    with pytest.raises(DomainError, match="begyndt at skrive"):
        hall.make(seed=next(seed for seed in range(2, 50) if _differs(hall, seed)))


def _begin_sheet(hall: Hall, team: Team) -> Work:
    work = Work(
        run_id=hall.run.id, team_id=team.id, activity_id="gp-13.worksheet", slot="main", needs_review=True,
        asked_digest="x", latest_no=0, created_at=hall.now, updated_at=hall.now,
    )  # fmt: skip
    hall.session.add(work)
    hall.session.flush()
    return work


def test_a_dissolved_number_whose_sheet_is_kept_is_not_used_again(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    first, second = hall.make()
    _begin_sheet(hall, first)
    for team in (first, second):
        service.dissolve(hall.session, **hall.values(team_id=team.id))
    assert [team.no for team in hall.make()] == [2, 3]


def test_nobody_to_make_groups_of(hall: Hall) -> None:
    with pytest.raises(DomainError, match="ingen deltagere"):
        hall.make()


def test_move_and_move_again(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    one, other = hall.make()
    member, seen = one.members[0].membership_id, hall.seen()
    for _ in range(2):
        service.move(hall.session, **hall.values(membership_id=member, team_id=other.id, seen=seen))
    assert member in hall.groups()[other.no]
    assert len(hall.groups()[one.no]) == 3
    assert hall.verbs() == ["teams_made", "team_member_moved"]
    former = hall.session.scalars(select(FormerTeamMember)).one()
    assert (former.membership_id, former.team_id) == (member, one.id)


def test_move_into_a_new_group_and_back(hall: Hall) -> None:
    hall.arrive(*"abcd")
    (one,) = hall.make()
    member = one.members[0].membership_id
    service.move(hall.session, **hall.values(membership_id=member, team_id=NEW))
    assert hall.groups()[2] == (member,)
    service.move(hall.session, **hall.values(membership_id=member, team_id=one.id))
    assert list(hall.groups()) == [1]


def test_a_move_on_an_old_page_is_refused(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    one, other = hall.make()
    seen = hall.seen()
    first, second = (seat.membership_id for seat in one.members[:2])
    service.move(hall.session, **hall.values(membership_id=first, team_id=other.id))
    with pytest.raises(TeamsChanged):
        service.move(hall.session, **hall.values(membership_id=second, team_id=other.id, seen=seen))


def test_only_staff_of_the_run_and_only_its_own_people(hall: Hall) -> None:
    members = hall.arrive(*"abcd")
    (team,) = hall.make()
    stranger = make_member(hall.session, make_run(hall.session))
    with pytest.raises(NotAllowed):
        hall.make(actor=hall.actor(members[0].person))
    with pytest.raises(NotAllowed):
        service.move(hall.session, **hall.values(membership_id=stranger.id, team_id=team.id))
    with pytest.raises(NotAllowed):
        service.dissolve(hall.session, **hall.values(session_key="day2", team_id=team.id))
    with pytest.raises(NotAllowed):
        hall.make(session_key="day9")


def test_a_cancelled_run_keeps_its_groups(hall: Hall) -> None:
    hall.arrive(*"abcd")
    hall.run.cancelled_at = NOW
    with pytest.raises(DomainError, match="aflyst"):
        hall.make()


def test_remake_without_the_missing(hall: Hall) -> None:
    members = hall.arrive(*"abcdefgh")
    one, other = hall.make()
    gone = {seat.membership_id for seat in one.members[:3]}
    seen = hall.seen()
    moved = service.remake(hall.session, **hall.values(missing=gone, seen=seen))
    assert sum(len(group) for group in hall.groups().values()) == 5
    assert len(moved) == 1
    assert service.remake(hall.session, **hall.values(missing=gone, seen=seen)) == {}
    assert hall.verbs() == ["teams_made", "teams_remade"]
    service.remake(hall.session, **hall.values(missing=()))
    assert sorted(m for group in hall.groups().values() for m in group) == [m.id for m in members]
    assert other.no in hall.groups() or one.no in hall.groups()


def test_a_worksheet_goes_on_in_the_group_that_kept_its_number(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    one, _ = hall.make()
    work = _begin_sheet(hall, one)
    service.remake(hall.session, **hall.values(missing={one.members[0].membership_id}))
    assert work.team_id == one.id
    assert hall.session.get_one(Team, one.id).dissolved_at is None


def test_dissolve_twice(hall: Hall) -> None:
    hall.arrive(*"abcd")
    (team,) = hall.make()
    seen = hall.seen()
    for _ in range(2):
        service.dissolve(hall.session, **hall.values(team_id=team.id, seen=seen))
    assert hall.groups() == {}
    assert hall.verbs() == ["teams_made", "team_dissolved"]
    assert len(hall.session.scalars(select(FormerTeamMember)).all()) == 4


# -- who is there ------------------------------------------------------------------------------------------------------


def _mark(hall: Hall, at: int, state: str, held_in: int | None = None) -> None:
    hall.session.add(
        Attendance(
            membership_id=hall.members[at].id, session_key="day1", state=state, how="staff", held_in_run_id=held_in,
            marked_at=hall.now,
        )
    )  # fmt: skip
    hall.session.flush()


def test_missing_is_who_attendance_says_is_not_there(hall: Hall) -> None:
    members = hall.arrive(*"abcd")

    def missing() -> list[int]:
        found = reading.missing(hall.session, hall.run.id, "day1", members)
        return [members.index(m) for m in members if m.id in found]

    assert missing() == []
    _mark(hall, 0, "absent")
    _mark(hall, 1, "planned", make_run(hall.session).id)
    assert missing() == [0, 1]
    _mark(hall, 2, "present")
    assert missing() == [0, 1, 3]


def test_guests_are_who_takes_the_day_with_this_run(hall: Hall) -> None:
    hall.arrive(*"ab")
    other = make_run(hall.session)
    guest = make_member(hall.session, other)
    hall.session.add(
        Attendance(
            membership_id=guest.id, session_key="day1", state="planned", how="staff", held_in_run_id=hall.run.id,
            marked_at=hall.now,
        )
    )  # fmt: skip
    hall.session.flush()
    assert [m.id for m in reading.guests(hall.session, hall.run.id, "day1")] == [guest.id]
    hall.make()
    assert guest.id not in {m for group in hall.groups().values() for m in group}


# -- what a group works with -------------------------------------------------------------------------------------------


def _titles(hall: Hall) -> list[list[str]]:
    found = reading.teams(hall.session, hall.run.id, "day1")
    texts = texts_of(hall.session, course(), found)
    return [[text.title for text in texts[team.id]] for team in found]


def test_a_group_works_with_the_released_cases_of_its_members(hall: Hall) -> None:
    hall.arrive("a", "b", cases="bad good")
    hall.arrive("c", cases="bad")
    hall.make()
    slots = {slot.id: slot.title for slot in course().activities["gp-05.case"].slots}
    assert sorted(_titles(hall)[0]) == sorted([slots["bad"]] * 3 + [slots["good"]] * 2)


def test_a_group_without_any_released_case_gets_a_teaching_case(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    hall.make()
    teaching = [case.title for case in course().cases.values()]
    assert _titles(hall) == [[teaching[0]], [teaching[1 % len(teaching)]]]
    assert len(hall.session.scalars(select(TeamCase)).all()) == 2


def test_a_recalled_case_is_gone_from_the_group_at_once(hall: Hall) -> None:
    hall.arrive("a", cases="bad")
    hall.arrive("b", "c")
    hall.make()
    work = hall.session.scalars(select(Work)).one()
    judging.recall(hall.session, actor=hall.actor(), now=hall.now, work_id=work.id, revision_no=1)
    assert _titles(hall) == [[next(iter(course().cases.values())).title]]


def test_who_moves_takes_the_case_along(hall: Hall) -> None:
    hall.arrive(*"abcdefg")
    hall.arrive("h", cases="bad")
    one, other = hall.make()
    author = hall.members[-1].id
    here, there = (one, other) if author in hall.groups()[one.no] else (other, one)
    service.move(hall.session, **hall.values(membership_id=author, team_id=there.id))
    texts = texts_of(hall.session, course(), reading.teams(hall.session, hall.run.id, "day1"))
    assert [text.author_id for text in texts[there.id]] == [author]
    assert [text.author_id for text in texts[here.id]] == [None]


def test_choosing_among_the_groups_own_cases(hall: Hall) -> None:
    hall.arrive(*"abcd", cases="bad")
    (team,) = hall.make()
    works = [row.work_id for row in hall.session.scalars(select(TeamCase).order_by(TeamCase.work_id))]
    case = next(iter(course().cases))
    seen = hall.seen()
    for _ in range(2):
        service.choose(
            hall.session, **hall.values(team_id=team.id, work_ids=[works[0], 999], case_ids=[case, "x"], seen=seen)
        )
    rows = hall.session.scalars(select(TeamCase)).all()
    assert {(row.work_id, row.case_id) for row in rows} == {(works[0], None), (None, case)}
    assert hall.verbs() == ["teams_made", "team_cases_chosen"]
    with pytest.raises(DomainError, match="mindst ét forløb"):
        service.choose(hall.session, **hall.values(team_id=team.id, work_ids=[999], case_ids=[]))
    hall.now += timedelta(minutes=1)
    service.remake(hall.session, **hall.values(missing=[m.id for m in hall.members if m.id not in _authors(hall)][:1]))
    assert {row.work_id for row in hall.session.scalars(select(TeamCase)).all()} == {works[0], None}


def _authors(hall: Hall) -> set[int]:
    return {
        work.membership_id or 0
        for work in hall.session.scalars(select(Work).join(TeamCase, TeamCase.work_id == Work.id))
    }
