"""One place to write: an activity and slot of the run, as the participant who asks stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import abort, request, url_for

from course.content.catalogue import Activity, Course, Form, Slot, Step
from course.db.session import current
from course.runs.access import participant, run
from course.runs.models import Membership, Team
from course.runs.rules import Gate
from course.runs.wording import team_name
from course.web.danish import local
from course.work.rules import Operation, Projection, State, is_possible
from course.work.service import is_complete, valid_key
from course.work.standing import Standing, standing

from . import practice, service
from .nudges import Asked
from .service import Written


@dataclass(frozen=True)
class Place:
    """Everything a page of a work asks. ``works`` are the member's works here (or the team's), the oldest first.

    A page asks most of it several times; what is worked out once is kept, for nothing here changes.
    """

    standing: Standing
    membership: Membership
    activity: Activity
    form: Form
    slot: Slot
    works: tuple[Written, ...]
    case: Written | None
    now: datetime
    team: Team | None = None

    @property
    def team_id(self) -> int | None:
        """The team that writes it together; None for what one writes alone."""
        return self.team.id if self.team is not None else None

    @property
    def course(self) -> Course:
        """The course, in the version the run is pinned to."""
        return self.standing.course

    @cached_property
    def last(self) -> Written | None:
        """The newest work here: the one that counts, or a rejected one that is not replaced yet."""
        return self.works[-1] if self.works else None

    @cached_property
    def live(self) -> Written | None:
        """The work that counts, if any."""
        return self.last if self.last is not None and self.last.state is not State.REJECTED else None

    @property
    def is_rejected(self) -> bool:
        """Whether the newest work is rejected and not replaced."""
        return self.last is not None and self.last.state is State.REJECTED

    @cached_property
    def data(self) -> dict[str, Any]:
        """What stands in the work that counts."""
        return self.live.data if self.live else {}

    @cached_property
    def state(self) -> State | None:
        """Where the newest work stands; None before one is begun."""
        return self.last.state if self.last else None

    @cached_property
    def gate(self) -> Gate:
        """Whether the activity is open."""
        return self.standing.gate(self.activity, self.now, slot=self.slot.id)

    def step_gate(self, step: Step) -> Gate:
        """Whether one step is open."""
        return self._step_gates[step.id]

    @cached_property
    def _step_gates(self) -> dict[str, Gate]:
        """By step; one that opens with the activity is as open as that."""
        stands, slot = self.standing, self.slot.id
        return {
            step.id: stands.gate(self.activity, self.now, slot=slot, step=step) if step.opens else self.gate
            for step in self.form.steps
        }

    def may(self, operation: Operation) -> bool:
        """Whether the author can do this now, the gate included."""
        if self.last is None:
            return operation in {Operation.SAVE, Operation.SUBMIT} and self.gate.is_open
        projection = Projection(self.last.work.projection)
        return self.gate.is_open and is_possible(operation, self.last.state, projection)

    @property
    def title(self) -> str:
        """What the work is called: the slot's title where there are several."""
        return self.slot.title if len(self.activity.slots) > 1 else self.activity.title

    @property
    def is_short(self) -> bool:
        """Whether it is sent from its last step, with nothing to look at first."""
        return not self.activity.review and not self.form.self_check

    def is_done(self, step: Step) -> bool:
        """Whether something in a step is answered and nothing that is required is missing."""
        return is_complete(step, self.data)

    def questions(self, step: Step, data: dict[str, Any]) -> tuple[Asked, ...]:
        """The friendly questions to what stands in a step."""
        return practice.questions(self.activity, step, data, local(self.now).date())

    def has_answers(self, step: Step) -> bool:
        """Whether anything in a step is answered."""
        return any(field.id in self.data for field in step.fields)

    @property
    def is_with_author(self) -> bool:
        """Whether it is the author who has the text now, to write or to change."""
        return self.state in {None, State.DRAFT, State.WITHDRAWN, State.RETURNED}

    def url(self, endpoint: str = "submissions.work", **values: Any) -> str:
        """The address of a page of this work."""
        return url_for(
            endpoint, run_id=self.membership.run_id, activity_id=self.activity.id, slot=self.slot.id, **values
        )

    def step_url(self, step: Step, **values: Any) -> str:
        """The address of one step."""
        return self.url("submissions.step", step_id=step.id, **values)

    def crumbs(self, page: str = "") -> list[tuple[str, str]]:
        """The way here from the path; ``page`` is a page below the overview."""
        run_id = self.membership.run_id
        way = [("Min vej", url_for("learning.path", run_id=run_id))]
        if self.team is not None:
            way.append((team_name(self.team), self.team_url))
        if len(self.activity.slots) > 1:
            activity_url = url_for("submissions.activity", run_id=run_id, activity_id=self.activity.id)
            way.append((self.activity.title, activity_url))
        way.append((self.title, self.url() if page else ""))
        return [*way, (page, "")] if page else way

    @property
    def team_url(self) -> str:
        """The page of the team that writes together."""
        return url_for("teams.group", run_id=self.membership.run_id, session_key=self.activity.session)

    @cached_property
    def is_all_open(self) -> bool:
        """Whether every step is open, so that the work can be finished."""
        return all(self.step_gate(step).is_open for step in self.form.steps)

    def next_step(self, after: Step) -> Step | None:
        """The open step that follows, None after the last."""
        following = self.form.steps[self.form.steps.index(after) + 1 :]
        return next((step for step in following if self.step_gate(step).is_open), None)

    def step_to_write(self) -> Step | None:
        """The first open step that is not done; the first open one when all are."""
        open_steps = [step for step in self.form.steps if self.step_gate(step).is_open]
        return next((step for step in open_steps if not self.is_done(step)), next(iter(open_steps), None))


def written_activity(activity_id: str) -> tuple[Standing, Activity, Form]:
    """An activity of this run that is written, and where the asker stands; answers 404 when there is none."""
    stands = standing(current(), run(), participant())
    activity = stands.course.activities.get(activity_id)
    if activity is None or activity.form is None:
        abort(404)
    return stands, activity, activity.form


def place(activity_id: str, slot_id: str, now: datetime) -> Place:
    """The place a route names; answers 404 when the run has no such place."""
    stands, activity, form = written_activity(activity_id)
    slot = activity.slot(slot_id) or abort(404)
    on = (activity.on.activity, activity.on.slot) if activity.on else None
    here = (activity.id, slot.id)
    team_id = stands.team_id(activity.session) if activity.is_shared else None
    works = service.own_works(current(), participant().id, [here, on] if on else [here], team_id=team_id)
    cases = [case for case in works[on] if case.state is not State.REJECTED] if on else []
    team = current().get(Team, team_id) if team_id is not None else None
    return Place(stands, participant(), activity, form, slot, tuple(works[here]), next(iter(cases), None), now, team)


def new_key() -> str:
    """An id for the next save or submission of a page."""
    return valid_key("")


def posted_number(name: str) -> int:
    """A posted whole number; 0 for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
