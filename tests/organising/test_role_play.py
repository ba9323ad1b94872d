"""The role plays of both days on paper: cards for three parts, the observer's sheet, and the clock with its signs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask, render_template

from course.organising.day_views import paper_link
from course.organising.days import _belongs
from course.printing import child
from tests.factories import catalogue
from tests.printing.pdfua import faults

GP = catalogue().courses["gp"]
PLAYS = {"gp-14": "day1", "gp-36": "day2"}
STORIES = {"gp-14": "barriers-roles", "gp-36": "hard-talks"}
KIT = {"trio", "time-signs"}


@pytest.mark.parametrize("module_id", PLAYS)
def test_a_day_with_a_role_play_has_the_whole_kit(module_id: str) -> None:
    phase = next(phase for phase in GP.phases if phase.session == PLAYS[module_id])
    assert module_id in phase.modules
    found = {cards.id for cards in GP.cards.values() if _belongs(cards, PLAYS[module_id], phase.modules)}
    assert found >= KIT | {STORIES[module_id]}
    handouts = {page.id for page in GP.modules[module_id].pages if page.audience == "handout"}
    assert handouts >= {"observator", "ur"}


def test_there_is_a_card_for_each_of_three_parts() -> None:
    assert [card.title for card in GP.cards["trio"].cards] == ["Lægen", "Patienten", "Observatøren"]


@pytest.mark.parametrize("story", STORIES.values())
def test_every_story_has_the_words_that_the_doctor_is_given(story: str) -> None:
    assert all("<strong>Til lægen:</strong>" in card.html for card in GP.cards[story].cards)


@pytest.mark.parametrize("name", sorted(GP.cards))
def test_cards_are_printed_as_they_should_be(app: Flask, name: str) -> None:
    cards = GP.cards[name]
    with app.test_request_context():
        html = render_template("organising/print/cards.html", title=cards.title, cards=cards)
    assert html.count('<section class="card">') == len(cards.cards) * (2 if cards.fold else 1)
    assert ("cards-large" in html) == cards.large
    assert faults(child.make(html)) == []


@pytest.mark.parametrize("module_id", PLAYS)
def test_sheets_and_clock_are_printed_as_they_should_be(app: Flask, module_id: str) -> None:
    module = GP.modules[module_id]
    pages = [(module, page) for page in module.pages if page.audience == "handout"]
    day = SimpleNamespace(pages=lambda audience: pages)
    with app.test_request_context():
        html = render_template("organising/print/handouts.html", title="Ark", day=day, link=paper_link(GP))
    document = child.lay_out(html)
    assert len(document.pages) == len(pages), "a sheet is a page"
    assert faults(child.write(document)) == []
    assert html.count("<td></td>") >= 15
