"""The demo's two later runs: one between its days, and one that is finished, with certificates."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from course.certificates import service as certificates
from course.reviews import service as reviews
from course.runs import completion
from course.runs.models import Membership, Run
from course.runs.rules import local_instant

from . import phases
from .cohort import Cohort
from .dates import nearest_weekday
from .phases import ANSWER, others


def between_the_days(cohort: Cohort, host: Run, now: datetime) -> None:
    """Day 1 has been, day 2 comes: the homework is in, the peers have just been told whose words they wait for.

    One missed day 1 and takes it with ``host``; one came late; one did not get the homework done in time.
    """
    everybody, missed, late, behind = list(cohort.members), "nadia", "torben", "joergen"
    phases.before(cohort, keep_back={("emil", "good")})
    phases.make_groups(cohort)
    cohort.elsewhere(missed, "day1", host, cohort.at("day1", -1, 12))
    present = others(cohort.members, missed)
    for who in present:
        cohort.present(who, "day1", cohort.at("day1", 0, 9, 45) if who == late else None)
    phases.remake_groups(cohort, [missed])
    phases.worksheets(cohort, ("gitte", "emil"), released=["gitte"])
    phases.end_of_day1(cohort, present)
    for who in everybody:
        phases.tryouts(cohort, who, 2 if who == missed else 4 + cohort.no(who) % 3, send=who != missed)
        phases.homework(cohort, who, send=who != behind)
    for who in everybody:
        phases.analysis(cohort, who, cohort.at("day1", 14, 20, who=who))
    for who in ("gitte", "torben", "signe"):
        phases.catch_up(cohort, who, "between", cohort.at("day2", -11, 18, who=who))
        phases.judge_homework(cohort, who)
    for who in ("signe", "nadia"):
        cohort.write(who, "gp-31.ten", phases.ten(cohort, who, 6), cohort.at("day2", -11, 19, who=who))
    phases.pair_up(cohort)
    _first_words(cohort, now)
    reviews.share_out(
        cohort.session, actor=cohort.staff.organiser, now=now, run=cohort.run,
        reviewers=[cohort.staff.doctor.person_id, cohort.staff.physiotherapist.person_id],
    )  # fmt: skip


def _first_words(cohort: Cohort, now: datetime) -> None:
    """Two reflections are released to one peer each, and one of the peers has given words – all of it by ``now``."""
    due = cohort.due("homework")
    since = now - due
    for who in ("torben", "gitte"):
        cohort.release(phases.homework_of(cohort, who), phases.reviewer(cohort, who), due + since / 4)
    phases.give_words(cohort, "torben", due + since / 2)


def finished(cohort: Cohort, host: Cohort) -> None:
    """Everything is done: four have their certificate, one was granted completion, and one still lacks something.

    One took day 1 with the run of ``host``, which met between the two days of this one.
    """
    elsewhere, left_early, lacking = "charlotte", "hassan", "asger"
    everybody = list(cohort.members)
    phases.before(cohort)
    phases.make_groups(cohort)
    cohort.elsewhere(elsewhere, "day1", host.run, cohort.at("day1", -1, 14))
    for who in others(cohort.members, elsewhere):
        cohort.present(who, "day1")
    host.welcome(cohort.members[elsewhere], "day1")
    phases.remake_groups(cohort, [elsewhere])
    phases.worksheets(cohort, ("mette", "oliver"), released=["mette", "oliver"])
    phases.end_of_day1(cohort, others(cohort.members, elsewhere))
    for who in everybody:
        phases.tryouts(cohort, who, 2 if who == lacking else 4 + cohort.no(who) % 4, send=who != lacking)
    _exchange(cohort, everybody)
    for who in everybody:
        cohort.present(who, "day2", until=cohort.at("day2", 0, 12, 40) if who == left_early else None)
    phases.end_of_day2(cohort, others(cohort.members, left_early))
    phases.after(cohort, others(cohort.members, lacking), own_patient=("mette", "oliver", "bodil"), begun=[elsewhere])
    _certify(cohort, cohort.members[left_early])


def _exchange(cohort: Cohort, everybody: list[str]) -> None:
    """Homework, words and answers, all in time."""
    for who in everybody:
        phases.analysis(cohort, who, cohort.at("day1", 14, 20, who=who))
        phases.catch_up(cohort, who, "between", cohort.at("day2", -8, 18, who=who))
        phases.homework(cohort, who)
        phases.judge_homework(cohort, who)
        cohort.write(who, "gp-31.ten", phases.ten(cohort, who, 6), cohort.at("day2", -10, 15, who=who))
    phases.pair_up(cohort)
    for who in everybody:
        cohort.release(
            phases.homework_of(cohort, who), phases.reviewer(cohort, who), cohort.at("day2", -9, 16, who=who)
        )
    for who in everybody:
        phases.give_words(cohort, who, cohort.at("day2", -7, 20, who=who))
    for who, answer in cohort.texts["answers"].items():
        cohort.write(who, ANSWER, answer, cohort.at("day2", -4, 20, who=who))


def _certify(cohort: Cohort, granted: Membership) -> None:
    """Certificates to all who have completed; then completion is granted to one who went home early."""
    at = local_instant(nearest_weekday(cohort.day("day2", 17)), time(10))
    organiser, members = cohort.staff.organiser, list(cohort.members.values())
    certificates.issue_all(cohort.session, actor=organiser, now=at, run=cohort.run, members=members)
    completion.grant(
        cohort.session, actor=organiser, now=at + timedelta(hours=3), run=cohort.run,
        membership_id=granted.id, reason=cohort.texts["grant"],
    )  # fmt: skip
