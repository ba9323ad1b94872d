"""The plan of the two courses in minutes: each module near its plan, each day exactly its length."""

from collections import Counter

import pytest

from course.content import loader
from course.content.catalogue import Catalogue, Course
from course.content.root import REPOSITORY
from course.content.sheets import Sheet

PLANNED = {
    "gp": {
        "gp-01": 10, "gp-02": 20, "gp-03": 15, "gp-04": 25, "gp-05": 75, "gp-06": 20,
        "gp-11": 45, "gp-12": 45, "gp-13": 80, "gp-14": 75, "gp-15": 40, "gp-16": 45, "gp-17": 20,
        "gp-21": 40, "gp-22": 70, "gp-23": 80, "gp-24": 20,
        "gp-31": 50, "gp-32": 55, "gp-33": 65, "gp-34": 55, "gp-35": 55, "gp-36": 45, "gp-37": 25,
        "gp-41": 20, "gp-42": 45, "gp-43": 10,
    },
    "amr": {
        "amr-01": 10, "amr-02": 25, "amr-03": 25, "amr-04": 15, "amr-05": 20, "amr-06": 15,
        "amr-11": 45, "amr-12": 25, "amr-13": 20,
        "amr-21": 20, "amr-22": 40, "amr-23": 15, "amr-24": 35,
        "amr-31": 30, "amr-32": 30, "amr-33": 15, "amr-34": 10,
    },
}  # fmt: skip
"""Net minutes of teaching planned for every module; a module may take a tenth more or less."""

DAYS = {"gp": (350, [10, 15, 15, 45]), "amr": (110, [10])}
"""Net minutes of teaching on a day of each course, and its breaks and lunch, the shortest first."""

TALKS = {
    "gp-14.talk", "gp-22.relapse", "gp-22.leader", "gp-32.talk", "gp-36.talk", "gp-42.talk",
    "amr-05.talk", "amr-13.talk", "amr-23.talk",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return loader.load(REPOSITORY)


@pytest.fixture(params=list(PLANNED))
def course(request: pytest.FixtureRequest, catalogue: Catalogue) -> Course:
    return catalogue.courses[request.param]


def test_the_plan_has_every_module(course: Course) -> None:
    assert list(course.modules) == list(PLANNED[course.id])


def test_a_module_takes_what_is_planned_within_a_tenth(course: Course) -> None:
    planned = PLANNED[course.id]
    off = {
        module.id: (module.minutes, planned[module.id])
        for module in course.modules.values()
        if abs(module.minutes - planned[module.id]) * 10 > planned[module.id]
    }
    assert off == {}


def test_activities_fit_in_their_module(course: Course) -> None:
    """On a day there is more than activities; at home they are all there is to a module that has any.

    A skip test is taken instead of what it skips, and is shorter.
    """
    on_days = {name for phase in course.phases if phase.session for name in phase.modules}
    for module in course.modules.values():
        minutes = sum(activity.minutes for activity in module.activities if not activity.is_skip_test)
        assert minutes <= module.minutes, module.id
        assert module.id in on_days or minutes == module.minutes, module.id


def test_a_skip_test_is_shorter_than_what_it_skips(course: Course) -> None:
    tests = [activity for activity in course.activities.values() if activity.is_skip_test]
    assert tests
    for test in tests:
        assert test.minutes < sum(course.activities[name].minutes for name in test.skips), test.id


def test_a_day_adds_up(course: Course) -> None:
    net, breaks = DAYS[course.id]
    assert list(course.sheets) == list(course.sessions)
    for session, sheet in course.sheets.items():
        assert sheet.net_minutes == net, session
        assert sorted(item.minutes for item in sheet.items if item.is_pause) == breaks, session
        assert (net + sum(breaks)) * 60 == course.sessions[session].length.total_seconds(), session


def test_a_day_gives_each_of_its_modules_its_minutes(course: Course) -> None:
    for phase in course.phases:
        if phase.session is not None:
            assert _minutes(course.sheets[phase.session]) == {
                name: course.modules[name].minutes for name in phase.modules
            }


def test_the_days_of_the_doctors_are_from_nine_to_a_quarter_past_four(catalogue: Catalogue) -> None:
    days = catalogue.courses["gp"].sessions.values()
    assert [(f"{day.starts:%H.%M}", f"{day.ends:%H.%M}") for day in days] == [("09.00", "16.15")] * 2


def test_every_talk_is_placed_and_done_when_an_ending_is_reached(catalogue: Catalogue) -> None:
    activities = [activity for course in catalogue.courses.values() for activity in course.activities.values()]
    talks = [each for each in activities if any(exercise.kind == "consultation" for exercise in each.exercises)]
    assert {each.id for each in talks} == TALKS
    assert {each.passes_at for each in talks} == {0}


def test_both_courses_are_complete(course: Course) -> None:
    assert course.status == "complete"


def _minutes(sheet: Sheet) -> Counter[str]:
    minutes: Counter[str] = Counter()
    for item in sheet.items:
        if item.module_id is not None and not item.is_pause:
            minutes[item.module_id] += item.minutes
    return minutes
