"""Each of the 13 tools in an exercise: written about a story, saved, returned to, and handed in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content import pinning
from course.content.catalogue import FieldType, Form
from course.work.models import Revision, Work
from tests.factories import ROOT
from tests.reviews.homework import make_group
from tests.submissions.pages import fill, main_text
from tests.submissions.practice import ROOT as PRACTICE
from tests.tools.filling import NUMBERS, filled, posted, tool, words_of

SignIn = Callable[[Person], FlaskClient]

EXERCISE = """\
format: 1
id: tool-{nr}
kind: plan
title: Redskab {nr}
tool: {nr}
case: rune
criteria:
  - {{id: written, text: Der er skrevet noget, finds: filled}}
model: Rune samler tavler.
"""
ACTIVITY = """\
  - id: mini-01.tool-{nr}
    kind: plan
    title: Redskab {nr}
    minutes: 3
    page: skriv
    exercise: tool-{nr}
"""


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A course with an exercise for each tool, in the tools' own forms."""
    root = tmp_path_factory.mktemp("content") / "course"
    shutil.copytree(PRACTICE, root)
    shutil.rmtree(root / "assessments" / "tools")
    shutil.copytree(ROOT / "assessments" / "tools", root / "assessments" / "tools")
    module, page = root / "modules/mini/mini-01/module.yaml", root / "modules/mini/mini-01/skriv.md"
    text = module.read_text("utf-8").replace("minutes: 45", f"minutes: {45 + 3 * len(NUMBERS)}")
    module.write_text(text + "".join(ACTIVITY.format(nr=nr) for nr in NUMBERS), "utf-8")
    places = "".join(f"\n/// activity | mini-01.tool-{nr}\n///\n" for nr in NUMBERS)
    page.write_text(page.read_text("utf-8") + places, "utf-8")
    for nr in NUMBERS:
        file = root / f"assessments/mini/exercises/tool-{nr}.yaml"
        file.write_text(EXERCISE.format(nr=nr), "utf-8")
    return pinning.pack(root, "mini")


def answers(nr: int, form: Form) -> dict[str, Any]:
    """What is written in a tool. Places with no fewest lines get one."""
    data = filled(tool(nr))
    for field in form.fields.values():
        if field.type is FieldType.LINES and not data[field.id]:
            data[field.id] = ["zqlinje"]
        if field.type is FieldType.ROWS and not data[field.id]:
            data[field.id] = [{c.id: c.options[0].id if c.options else "zqcelle" for c in field.columns}]
    return data


@pytest.mark.parametrize("nr", NUMBERS)
def test_a_tool_is_saved_returned_to_and_handed_in(
    session: Session, client_for: SignIn, packed: bytes, nr: int
) -> None:
    group = make_group(session, 1, packed)
    client = client_for(group.members["anna"].person)
    form = tool(nr).form
    data = answers(nr, form)
    url = f"/runs/{group.run.id}/activities/mini-01.tool-{nr}/main"
    for step in form.steps:
        own = {field.id: data[field.id] for field in step.fields}
        answer = fill(client, f"{url}/steps/{step.id}", posted(tool(nr), own) | {"action": "save"})
        assert answer.status_code == 302, main_text(answer)
        again = client.get(f"{url}/steps/{step.id}").get_data(as_text=True)
        assert [word for word in words_of(own) if word not in again] == [], "what was saved is there"
    assert fill(client, f"{url}/submit", {}, "/submit").status_code == 302
    after = client.get(url)
    assert "Rune samler tavler." in main_text(after), "the model answer comes after one's own"
    assert [word for word in words_of(data) if word not in after.get_data(as_text=True)] == []
    work = session.scalars(select(Work)).one()
    kept = session.scalars(
        select(Revision.data).where(Revision.work_id == work.id, Revision.no == work.latest_no)
    ).one()
    assert work.state == "submitted"
    assert sorted(words_of(kept or {})) == sorted(words_of(data))
