"""A plan in the preview: the case above, and at the end what its author wrote for afterwards."""

from __future__ import annotations

from course import preview
from tests.submissions.practice import PLAN, ROOT

BASE = "http://127.0.0.1"


def test_the_author_sees_the_case_the_criteria_and_the_model_answer() -> None:
    client = preview.create_app(ROOT).test_client()
    first = client.get(f"/courses/mini/activities/{PLAN}", base_url=BASE).get_data(as_text=True)
    assert "Begynd der, hvor Rune er." in first
    assert "Rune sætter lamper op" in first
    assert "Modelsvaret" not in first
    last = client.get(f"/courses/mini/activities/{PLAN}/plan", base_url=BASE).get_data(as_text=True)
    assert "Rune samler <strong>tavler</strong>" in last
    assert "Planen nævner en opgave, der findes." in last
    assert "(date: follow_up, steps)" in last
