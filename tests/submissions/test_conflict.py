"""Two tabs: both texts are shown, and nothing is lost whatever is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from .conftest import Desk
from .pages import Form, fill, form_of, main_text

MINE, SAVED = "Min udgave.", "Den gemte udgave."


def two_tabs(desk: Desk, mine: dict[str, Any], other: dict[str, Any], step: str = "events") -> TestResponse:
    """Both tabs are opened on one text; the other saves first."""
    fill(desk.client, desk.step(step), {"turning": "begyndelsen"} if step == "events" else {})
    forms = [form_of(desk.client.get(desk.step(step))) for _ in range(2)]
    assert desk.client.post(desk.step(step), data=forms[1].filled(other)).status_code == 302
    return desk.client.post(desk.step(step), data=forms[0].filled(mine))


def test_both_texts_are_shown_and_nothing_is_overwritten(desk: Desk) -> None:
    page = two_tabs(desk, {"did": MINE}, {"did": SAVED})
    assert page.status_code == 409
    assert MINE in main_text(page)
    assert SAVED in main_text(page)
    assert (desk.data()[-1] or {})["did"] == SAVED


@pytest.mark.parametrize(
    ("pick", "stands"), [("mine", MINE), ("saved", SAVED), ("both", "Sammen skrevet.")], ids=["mine", "saved", "both"]
)
def test_the_three_choices(desk: Desk, pick: str, stands: str) -> None:
    form = form_of(two_tabs(desk, {"did": MINE, "ended": "Kun her."}, {"did": SAVED, "workplace": "Kun der."}))
    answer = desk.client.post(desk.step(), data=form.filled({"pick-did": pick, "both-did": "Sammen skrevet."}))
    assert answer.status_code == 302
    assert desk.data()[-1] == {
        "did": stands, "ended": "Kun her.", "workplace": "Kun der.", "turning": "begyndelsen",
    }  # fmt: skip


def test_the_proposal_to_write_together_holds_both(desk: Desk) -> None:
    both = form_of(two_tabs(desk, {"did": MINE}, {"did": SAVED})).value("both-did") or ""
    assert MINE in both
    assert SAVED in both


def test_no_choice_is_no_choice(desk: Desk) -> None:
    form = form_of(two_tabs(desk, {"did": MINE, "ended": "Kun her."}, {"did": SAVED}))
    again = desk.client.post(desk.step(), data=form.filled({"both-did": "Halvt skrevet."}))
    assert again.status_code == 422
    assert "Vælg, hvad der skal stå i »Hvad gjorde du?«." in main_text(again)
    assert form_of(again).value("both-did") is not None
    assert "Halvt skrevet." in (form_of(again).value("both-did") or "")
    assert (desk.data()[-1] or {})["did"] == SAVED
    done = desk.client.post(desk.step(), data=form_of(again).filled({"pick-did": "mine"}))
    assert done.status_code == 302
    assert (desk.data()[-1] or {})["did"] == MINE
    assert (desk.data()[-1] or {})["ended"] == "Kun her."


def test_a_third_tab_changes_it_meanwhile(desk: Desk) -> None:
    form = form_of(two_tabs(desk, {"did": MINE, "ended": "Kun her."}, {"did": SAVED}))
    fill(desk.client, desk.step(), {"did": "Den tredje fane."})
    page = desk.client.post(desk.step(), data=form.filled({"pick-did": "both", "both-did": "Sammen skrevet."}))
    assert page.status_code == 409
    assert "Sammen skrevet." in main_text(page)
    assert "Den tredje fane." in main_text(page)
    assert (desk.data()[-1] or {})["did"] == "Den tredje fane."
    desk.client.post(desk.step(), data=form_of(page).filled({"pick-did": "mine"}))
    assert desk.data()[-1] == {"did": "Sammen skrevet.", "ended": "Kun her.", "turning": "begyndelsen"}


def test_choices_lists_and_rows_conflict_as_a_whole(desk: Desk) -> None:
    desk.work(slot="bad", state="submitted")
    step = desk.step("explain", "gp-05.analysis", "main")
    fill(desk.client, step, {"why-0": "et"})
    forms = [form_of(desk.client.get(step)) for _ in range(2)]
    desk.client.post(step, data=forms[1].filled({"why-1": "to", "actors-0-who": "leader"}))
    page = desk.client.post(step, data=forms[0].filled({"why-1": "tre", "actors-0-who": "me"}))
    assert page.status_code == 409
    form = form_of(page)
    assert form.value("both-why") is None
    answer = desk.client.post(step, data=form.filled({"pick-why": "mine", "pick-actors": "saved"}))
    assert answer.status_code == 302
    assert desk.data()[-1] == {"why": ["et", "tre"], "actors": [{"who": "leader"}]}


def test_a_text_that_is_too_long_is_carried_along(desk: Desk) -> None:
    long = "æ" * 4001
    form = form_of(two_tabs(desk, {"did": MINE, "workplace": long}, {"did": SAVED}))
    answer = desk.client.post(desk.step(), data=form.filled({"pick-did": "mine"}))
    assert answer.status_code == 422
    assert form_of(answer).value("workplace") == long
    assert (desk.data()[-1] or {})["did"] == MINE


def test_red_is_stored_nowhere_on_this_way_either(desk: Desk) -> None:
    page = two_tabs(desk, {"did": "Ring på 22 33 44 55."}, {"did": SAVED})
    assert "22 33 44 55" not in page.text
    form = form_of(page)
    desk.client.post(desk.step(), data=form.filled({"pick-did": "both", "both-did": "Ring på 22 33 44 55."}))
    assert "22 33 44 55" not in str(desk.data())
    assert "Ring på [telefon]." in str(desk.data()[-1])


def test_what_the_button_wanted_is_done_afterwards(desk: Desk) -> None:
    form: Form = form_of(two_tabs(desk, {"did": MINE, "action": "next"}, {"did": SAVED}))
    answer = desk.client.post(desk.step(), data=form.filled({"pick-did": "mine", "action": "next"}))
    assert answer.location == desk.step("parts")
