"""What happens in each phase of the demo's later runs: before, on day 1, between the days, on day 2 and after."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content.catalogue import Kind
from course.reviews import peers
from course.reviews.peer_reading import exchange_of
from course.runs.models import Membership
from course.submissions.prefill import proposals
from course.teams import reading as groups
from course.teams import service as teams
from course.work.finding import live_work
from course.work.judging import record_opening
from course.work.models import Work
from course.work.standing import standing

from . import pen
from .cohort import Cohort

CASE, ANALYSIS = "gp-05.case", "gp-05.analysis"
HOMEWORK, PEER, ANSWER = "gp-23.homework", "gp-23.peer", "gp-23.answer"
COLUMNS = ("work", "function", "plan")
TOPICS = {"gp-01.aim": "wishes", "gp-02.role": "roles", "gp-04.words": "explanations", "gp-04.stories": "stories"}
"""Short forms before the course, and the list their answers are shared out from."""


def reviewer(cohort: Cohort, who: str) -> Actor:
    """Who reads what a member writes: the two facilitators by turns."""
    return cohort.staff.doctor if cohort.no(who) % 2 == 0 else cohort.staff.physiotherapist


def scales(cohort: Cohort, who: str, activity_id: str, lowest: int) -> dict[str, Any]:
    """A number from ``lowest`` up to three more at every scale of a form; each member has their own."""
    fields = [f for f in pen.form_of(cohort.course.activities[activity_id]).fields.values() if f.type == "scale"]
    no = cohort.no(who)
    return {field.id: lowest + (no * (number + 1) + number * 5) % 4 for number, field in enumerate(fields)}


def ten(cohort: Cohort, who: str, talked: int) -> dict[str, Any]:
    """A tally of ten patients, in which ``talked`` of them (or one more) were asked about their work."""
    counts = (talked + cohort.no(who) % 2, talked - 1, talked // 2)
    rows = [[name for name, count in zip(COLUMNS, counts, strict=True) if number < count] for number in range(10)]
    texts = cohort.texts["surprises"]
    return {"ten": rows, "surprise": texts[cohort.no(who) % len(texts)]}


# -- before ------------------------------------------------------------------------------------------------------------


def before(cohort: Cohort, *, keep_back: Collection[tuple[str, str]] = ()) -> None:
    """Everything on the path before day 1; all cases are accepted, and released but for those kept back."""
    for who in cohort.members:
        _prepare(cohort, who)
        for slot in ("good", "bad"):
            _case(cohort, who, slot, is_released=(who, slot) not in keep_back)


def _prepare(cohort: Cohort, who: str) -> None:
    for activity_id, kind in TOPICS.items():
        cohort.write(who, activity_id, cohort.shared(kind, who), cohort.at("day1", -36, 19, who=who))
    sure = scales(cohort, who, "gp-02.confidence", 2)
    cohort.write(who, "gp-02.confidence", sure, cohort.at("day1", -35, 19, who=who))
    catch_up(cohort, who, "before", cohort.at("day1", -34, 20, who=who), wrong=3)
    cohort.write(who, "gp-02.next-ten", ten(cohort, who, 3), cohort.at("day1", -26, 16, who=who))


def catch_up(cohort: Cohort, who: str, phase_id: str, at: datetime, *, wrong: int = 0) -> None:
    """Read every page of a phase and take every quiz of it that is open, with so many answers wrong, or one more."""
    phase = next(phase for phase in cohort.course.phases if phase.id == phase_id)
    modules = [cohort.course.modules[name] for name in phase.modules]
    stands = standing(cohort.session, cohort.run, cohort.members[who])
    for activity in (one for module in modules for one in module.activities):
        if not stands.gate(activity, at).is_open or stands.fact(activity.id) is not None:
            continue
        if activity.kind is Kind.READ:
            cohort.read(who, activity.id, at)
        elif activity.kind is Kind.QUIZ:
            cohort.quiz(who, activity.id, at, wrong=wrong + cohort.no(who) % 2)


def _case(cohort: Cohort, who: str, slot: str, *, is_released: bool) -> None:
    days = -20 if slot == "good" else -18
    work = cohort.write(who, CASE, cohort.texts["cases"][who][slot], cohort.at("day1", days, 18, who=who), slot=slot)
    cohort.accept(work, reviewer(cohort, who), cohort.at("day1", -12, 20, who=who))
    if is_released:
        cohort.release(work, reviewer(cohort, who), cohort.at("day1", -9, 19, who=who))


def analysis(cohort: Cohort, who: str, at: datetime) -> None:
    """The analysis of the bad case, begun from the case as the page proposes; who has no example leaves it begun."""
    activity = cohort.course.activities[ANALYSIS]
    form, case = pen.form_of(activity), pen.form_of(cohort.course.activities[CASE])
    told = cohort.texts["analyses"][who]
    data: dict[str, Any] = dict(proposals(form.steps[0], {}, case, cohort.texts["cases"][who]["bad"]))
    data |= {
        "actors": [{"who": "me", "view": told["me"]}, {"who": "patient", "view": told["patient"]}],
        "why": told["why"], "absent": told["absent"],
    }  # fmt: skip
    if "example_of" in told:
        one_side, other_side = told["sides"]
        when, do, because = told["theory"]
        written = cohort.texts["homework"][who]
        data |= {
            "example_of": told["example_of"], "one_side": one_side, "other_side": other_side, "theory_when": when,
            "theory_do": do, "theory_because": because, "stance": written["stance"],
            "commitment_what": written["commitment"], "commitment_sign": written["commitment_sign"],
            "commitment_date": cohort.day("day1", 4).isoformat(),
        }  # fmt: skip
    cohort.write(who, ANALYSIS, data, at, send="example_of" in told)


# -- day 1 -------------------------------------------------------------------------------------------------------------


def make_groups(cohort: Cohort) -> None:
    """Groups by the rules, two days before."""
    teams.make(cohort.session, **_of_groups(cohort, cohort.at("day1", -2, 9)), seed=cohort.run.id)


def remake_groups(cohort: Cohort, missing: Iterable[str]) -> None:
    """The same morning: somebody is missing."""
    absent = [cohort.members[who].id for who in missing]
    teams.remake(cohort.session, **_of_groups(cohort, cohort.at("day1", 0, 9, 8)), missing=absent)


def _of_groups(cohort: Cohort, at: datetime) -> dict[str, Any]:
    found = groups.teams(cohort.session, cohort.run.id, "day1")
    return {
        "actor": cohort.staff.doctor, "now": at, "run": cohort.run, "course": cohort.course, "session_key": "day1",
        "seen": groups.version(cohort.session, found),
    }  # fmt: skip


def worksheets(cohort: Cohort, about: Iterable[str], *, released: Collection[str]) -> None:
    """Each group writes about the case of one of its members; these sheets are accepted and released to the run."""
    for who in about:
        work = cohort.worksheet(who, cohort.at("day1", 0, 11, 40))
        if who in released:
            cohort.accept(work, reviewer(cohort, who), cohort.at("day1", 2, 16))
            cohort.release(work, reviewer(cohort, who), cohort.at("day1", 2, 16, 5))


def end_of_day1(cohort: Cohort, present: Iterable[str]) -> None:
    """A commitment and one minute from each who was there."""
    for who in present:
        promised = {**cohort.texts["commitments"][who], "when": cohort.day("day1", 4).isoformat()}
        cohort.write(who, "gp-17.commitment", promised, cohort.at("day1", 0, 15, 50, who=who))
        cohort.write(who, "gp-17.minute", cohort.shared("minutes", who), cohort.at("day1", 0, 16, 5, who=who))


# -- between -----------------------------------------------------------------------------------------------------------


def tryouts(cohort: Cohort, who: str, lines: int, *, send: bool = True) -> None:
    """So many lines of the log; a log that is not handed in has nothing more than these."""
    known = cohort.texts["tries"]
    tries = [known[(cohort.no(who) * 4 + number) % len(known)] for number in range(lines)]
    data = {"tries": tries, **(cohort.shared("looks", who) if send else {})}
    catch_up(cohort, who, "between", cohort.at("day1", 10, 17, who=who))
    cohort.write(who, "gp-21.log", data, cohort.at("day1", 11, 16, who=who), send=send)


def homework(cohort: Cohort, who: str, *, send: bool = True) -> Work:
    """A member's reflection; what is not handed in ends where the text ends."""
    written = dict(cohort.texts["homework"][who])
    if send:
        written["commitment_date"] = cohort.day("day2", -8).isoformat()
    return cohort.write(who, HOMEWORK, written, cohort.at("day2", -14, 20, who=who), send=send)


def judge_homework(cohort: Cohort, who: str) -> None:
    """A facilitator's profile, remark, comment and acceptance."""
    work, by = homework_of(cohort, who), reviewer(cohort, who)
    at = cohort.at("day2", -12, 17, who=who)
    cohort.set_profile(who, work, by, at)
    cohort.accept(work, by, at + timedelta(minutes=1), cohort.texts["feedback"].get(who, ""))


def homework_of(cohort: Cohort, who: str) -> Work:
    """The homework of a member."""
    work = live_work(cohort.session, cohort.members[who].id, HOMEWORK, "main")
    assert work is not None
    return work


def pair_up(cohort: Cohort) -> None:
    """The program pairs those who have handed in, a minute after the deadline."""
    at = cohort.due("homework") + timedelta(minutes=1)
    peers.arrange(cohort.session, actor=None, now=at, run=cohort.run, activity_id=HOMEWORK)


def give_words(cohort: Cohort, receiver: str, at: datetime) -> None:
    """Whoever is paired with this homework reads it and gives words."""
    exchange = exchange_of(cohort.session, cohort.run, HOMEWORK, at)
    pair = exchange.pair_of_receiver(cohort.members[receiver].id)
    giver = next(who for who, member in cohort.members.items() if pair and member.id == pair.giver_id)
    person: Person = cohort.members[giver].person
    work_id = homework_of(cohort, receiver).id
    record_opening(cohort.session, actor=pen.actor_of(person), now=at, work_id=work_id, capacity="colleague")
    cohort.write(giver, PEER, cohort.texts["words"][receiver], at)


# -- day 2 and after ---------------------------------------------------------------------------------------------------


def end_of_day2(cohort: Cohort, present: Iterable[str]) -> None:
    """The commitment renewed, and the course seen from each chair."""
    for who in present:
        promised = {**cohort.shared("renewed", who), "when": cohort.day("day2", 6).isoformat()}
        cohort.write(who, "gp-37.commitment", promised, cohort.at("day2", 0, 15, 50, who=who))
        cohort.write(who, "gp-37.evaluation", cohort.shared("evaluations", who), cohort.at("day2", 0, 16, 5, who=who))


def after(cohort: Cohort, done: Iterable[str], own_patient: Collection[str], begun: Collection[str]) -> None:
    """The after-test and the same questions as before; some have tried it all with a patient, some have begun to."""
    for who in done:
        cohort.quiz(who, "gp-41.test", cohort.at("day2", 3, 19, who=who), wrong=cohort.no(who) % 3)
        for number, (activity_id, lowest) in enumerate((("confidence", 5), ("then", 1), ("worth", 6))):
            name = f"gp-41.{activity_id}"
            data = scales(cohort, who, name, lowest)
            cohort.write(who, name, data, cohort.at("day2", 4, 19 + number, who=who))
        if who in {*own_patient, *begun}:
            _own_patient(cohort, who, is_done=who in own_patient)


def _own_patient(cohort: Cohort, who: str, *, is_done: bool) -> None:
    data = cohort.shared("own_patient", who)
    cohort.read(who, "gp-42.prepare", cohort.at("day2", 8, 17, who=who))
    if not is_done:
        data = {name: data[name] for name in ("tools", "function")}
    cohort.write(who, "gp-42.patient", data, cohort.at("day2", 12, 17, who=who), send=is_done)


def others(members: dict[str, Membership], *without: str) -> list[str]:
    """Everybody but these."""
    return [who for who in members if who not in without]
