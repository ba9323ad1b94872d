"""A page that saves itself: what the script sends, and what it is answered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import NOW

from .conftest import Desk

JSON = {"Accept": "application/json"}


def autosave(desk: Desk, data: dict[str, Any], step: str = "events", client: FlaskClient | None = None) -> TestResponse:
    """What the script posts; ``save_id`` is new unless given."""
    posted = {"base_no": "0", "work_id": "0", "save_id": str(uuid4())} | data
    return (client or desk.client).post(f"{desk.step(step)}/autosave", data=posted, headers=JSON)


def test_it_says_saved_when_it_is(desk: Desk) -> None:
    answer = autosave(desk, {"did": "Jeg spurgte til arbejdet."})
    assert answer.status_code == 200
    found = answer.get_json()
    assert found["no"] == 1
    assert found["work_id"] == desk.works()[0].id
    assert found["saved_at_text"] == "Gemt 10.00"
    assert (found["replaced"], found["problems"]) == ([], {})
    assert desk.data() == [{"did": "Jeg spurgte til arbejdet."}]


def test_a_retry_never_makes_two(desk: Desk) -> None:
    posted = {"did": "Jeg spurgte.", "save_id": str(uuid4())}
    first, again = autosave(desk, posted), autosave(desk, posted)
    assert first.get_json()["no"] == again.get_json()["no"] == 1
    assert desk.data() == [{"did": "Jeg spurgte."}]


def test_red_is_replaced_and_told(desk: Desk) -> None:
    answer = autosave(desk, {"did": "CPR 010190-1234 stod der.", "ended": "Mail a@b.example."}).get_json()
    assert [one["field"] for one in answer["replaced"]] == ["did", "ended"]
    assert answer["replaced"][0]["note"] == "Vi har sat [CPR-nummer] i stedet for et CPR-nummer."
    assert answer["replaced"][0]["text"] == "CPR [CPR-nummer] stod der."
    assert "010190" not in json.dumps(answer) + json.dumps(desk.data())


def test_what_cannot_be_kept_is_told_and_the_rest_saved(desk: Desk) -> None:
    answer = autosave(desk, {"did": "x" * 4001, "ended": "Godt."}).get_json()
    assert set(answer["problems"]) == {"did"}
    assert answer["saved_at_text"] == "Gemt 10.00 – undtagen det, der skal rettes"
    assert desk.data() == [{"ended": "Godt."}]


def test_questions_come_along(desk: Desk) -> None:
    answer = autosave(desk, {"did": "Patienten blev undersøgt."}).get_json()
    assert {"field": "did", "say": ["Her mangler et »jeg«. Hvad gjorde netop du?"]} in answer["nudges"]


def test_another_tab_changed_the_same(desk: Desk) -> None:
    autosave(desk, {"did": "a"})
    autosave(desk, {"did": "b", "base_no": "1"})
    answer = autosave(desk, {"did": "c", "base_no": "1"})
    assert answer.status_code == 409
    assert answer.get_json()["conflict"] is True
    assert "en anden fane" in answer.get_json()["error"]
    assert desk.data() == [{"did": "a"}, {"did": "b"}]


def test_what_another_tab_wrote_comes_back_with_the_answer(desk: Desk) -> None:
    """Else the next save of this page would put its own, older answer in the other's place."""
    autosave(desk, {"did": "a", "ended": "Godt."})
    autosave(desk, {"did": "b", "ended": "Godt.", "base_no": "1"})
    answer = autosave(desk, {"did": "a", "ended": "Ikke godt.", "base_no": "1"}).get_json()
    assert (answer["others"], answer["writers"]) == ({"did": [["did", "b"]]}, "")
    assert desk.data()[-1] == {"did": "b", "ended": "Ikke godt."}


def test_too_late(desk: Desk, clock) -> None:
    desk.move(NOW + timedelta(days=20), clock)
    answer = autosave(desk, {"did": "a"})
    assert answer.status_code == 409
    assert answer.get_json()["closed"] is True
    assert desk.data() == []


def test_already_sent(desk: Desk) -> None:
    desk.work(state="submitted")
    answer = autosave(desk, {"did": "a", "base_no": "1"})
    assert (answer.status_code, answer.get_json()["closed"]) == (409, True)


def test_somebody_signed_out_gets_401_as_json(desk: Desk, client: FlaskClient) -> None:
    answer = autosave(desk, {"did": "a"}, client=client)
    assert answer.status_code == 401
    assert answer.is_json


def test_a_missing_form_token_is_400_as_json(desk: Desk) -> None:
    answer = desk.client.open(f"{desk.step()}/autosave", method="POST", data={"did": "a"}, headers=JSON, csrf=False)
    assert answer.status_code == 400
    assert desk.data() == []


def test_numbers_that_are_none(desk: Desk) -> None:
    for number in ("-1", "x", "9" * 40, "²", ""):
        assert autosave(desk, {"did": number, "base_no": number, "work_id": number}).status_code in {200, 409}


def test_no_text_is_ever_logged(desk: Desk, caplog) -> None:
    caplog.set_level(0)
    autosave(desk, {"did": "hemmelighed 010190-1234"})
    autosave(desk, {"did": "hemmelighed fra en anden fane"})
    assert "hemmelighed" not in caplog.text
    assert "010190" not in caplog.text
