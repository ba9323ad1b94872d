"""One step a page, without JavaScript."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from course.work.models import FieldComment, Revision
from tests.factories import DAY1, NOW, actor_of, case_data, judge_work, make_member

from .conftest import Desk
from .pages import fill, form_of, heading, links, main_text, tree


def test_a_step_is_written_and_goes_on_to_the_next(desk: Desk) -> None:
    answer = fill(desk.client, desk.step("frame"), {"age_band": "40-49", "site": ["back", "neck"], "action": "next"})
    assert (answer.status_code, answer.location) == (302, desk.step("events"))
    assert desk.data() == [{"age_band": "40-49", "site": ["back", "neck"]}]
    form = form_of(desk.client.get(desk.step("frame")))
    assert form.filled({})["site"] == ["back", "neck"]
    assert form.value("age_band") == "40-49"


def test_save_stays_and_says_when(desk: Desk) -> None:
    answer = fill(desk.client, desk.step(), {"did": "Jeg spurgte til arbejdet.", "action": "save"})
    assert answer.location == desk.step()
    page = desk.client.get(desk.step())
    assert "Gemt 10.00" in main_text(page)
    assert form_of(page).value("did") == "Jeg spurgte til arbejdet."


def test_the_last_step_leads_to_sending(desk: Desk) -> None:
    desk.work(data=case_data())
    answer = fill(desk.client, desk.step("parts"), {"action": "next"})
    assert answer.location == desk.url(page="submit")


def test_help_stands_beside_and_the_deadline_above(desk: Desk) -> None:
    page = desk.client.get(desk.step("frame"))
    assert "Fristen er fredag den 20. november 2026 kl. 23.59." in main_text(page)
    (aside,) = tree(page).iter("aside")
    assert "Hjælp til trinnet" in "".join(aside.itertext())


def test_what_cannot_be_kept_is_shown_again_and_the_rest_is_saved(desk: Desk) -> None:
    long = "å" * 4001
    answer = fill(desk.client, desk.step(), {"did": long, "ended": "På arbejde igen."})
    assert answer.status_code == 422
    assert form_of(answer).value("did") == long
    assert "#did" in links(answer)
    assert "Der er plads til 4.000" in main_text(answer)
    assert desk.data() == [{"ended": "På arbejde igen."}]
    again = desk.client.post(desk.step(), data=form_of(answer).filled({"did": "Kortere."}))
    assert again.status_code == 302
    assert desk.data()[-1] == {"ended": "På arbejde igen.", "did": "Kortere."}


def test_a_hundred_thousand_signs(desk: Desk) -> None:
    answer = fill(desk.client, desk.step(), {"did": "ord " * 25_000})
    assert answer.status_code == 422
    assert desk.data() == [{}]


def test_red_is_replaced_told_and_never_stored(desk: Desk) -> None:
    answer = fill(desk.client, desk.step(), {"did": "Jeg ringede til hende på 22 33 44 55.", "ended": "Godt."})
    assert answer.status_code == 200
    assert "Vi har sat [telefon] i stedet for et telefonnummer." in main_text(answer)
    assert "22 33 44 55" not in answer.text
    assert desk.data() == [{"did": "Jeg ringede til hende på [telefon].", "ended": "Godt."}]
    assert form_of(answer).value("base_no") == "1"


def test_two_clicks_make_one_revision(desk: Desk) -> None:
    posted = form_of(desk.client.get(desk.step())).filled({"did": "Jeg spurgte."})
    for _ in range(2):
        assert desk.client.post(desk.step(), data=posted).status_code == 302
    assert desk.data() == [{"did": "Jeg spurgte."}]


def test_going_back_and_writing_on_loses_nothing(desk: Desk) -> None:
    """The page in the browser's memory has its old base and save id."""
    form = form_of(desk.client.get(desk.step()))
    desk.client.post(desk.step(), data=form.filled({"did": "Jeg spurgte."}))
    answer = desk.client.post(desk.step(), data=form.filled({"did": "Jeg spurgte igen."}))
    assert answer.status_code == 302
    assert desk.data() == [{"did": "Jeg spurgte."}, {"did": "Jeg spurgte igen."}]


def test_questions_are_asked_after_saving_and_never_block(desk: Desk) -> None:
    assert "Her mangler et »jeg«" not in main_text(desk.client.get(desk.step()))
    fill(desk.client, desk.step(), {"did": "Patienten blev undersøgt."})
    assert "Her mangler et »jeg«" in main_text(desk.client.get(desk.step()))
    answer = fill(desk.client, desk.step(), {"did": "Patienten blev undersøgt.", "action": "next"})
    assert answer.location == desk.step("parts")


def test_a_closed_gate_shows_the_overview_and_its_reason(desk: Desk) -> None:
    page = desk.client.get(desk.step("describe", "gp-05.analysis", "main"), follow_redirects=True)
    assert heading(page) == "Analyse af en kritisk episode"
    assert "Åbner, når du har sendt »Et forløb, der gik dårligt«." in main_text(page)


def test_a_step_that_opens_later(desk: Desk) -> None:
    desk.work(state="submitted")
    overview = desk.client.get(desk.url("gp-05.analysis", "main"))
    assert "Åbner fredag den 4. december 2026 kl. 9.00." in main_text(overview)
    step = desk.step("meaning", "gp-05.analysis", "main")
    assert desk.client.get(step).location == desk.url("gp-05.analysis", "main")
    answer = desk.client.post(step, data={"example_of": "noget, jeg har tænkt over"})
    assert answer.status_code == 409
    assert "noget, jeg har tænkt over" in main_text(answer)
    assert [work.activity_id for work in desk.works()] == ["gp-05.case"]


def test_a_text_that_came_too_late_is_shown_and_not_saved(desk: Desk, clock) -> None:
    form = form_of(desk.client.get(desk.step()))
    desk.move(NOW + timedelta(days=20), clock)
    answer = desk.client.post(desk.step(), data=form.filled({"did": "Ring til 22 33 44 55, sagde hun."}))
    assert answer.status_code == 409
    assert "Lukkede fredag den 20. november 2026 kl. 23.59." in main_text(answer)
    assert "Ring til [telefon], sagde hun." in main_text(answer)
    assert desk.data() == []


def test_the_deadline_of_a_return_overrides_the_closed_gate(desk: Desk, clock) -> None:
    late = NOW + timedelta(days=20)
    desk.work(state="returned", now=NOW)
    work = desk.works()[0]
    work.returned_until = late + timedelta(days=1)
    desk.session.commit()
    desk.move(late, clock)
    page = desk.client.get(desk.step())
    assert "Fristen er mandag den 23. november 2026 kl. 10.00." in main_text(page)
    assert fill(desk.client, desk.step(), {"did": "Jeg ringede til lederen."}).status_code == 302
    assert (desk.data()[-1] or {})["did"] == "Jeg ringede til lederen."


def test_the_analysis_begins_with_words_from_the_case(desk: Desk) -> None:
    desk.work(state="submitted", data=case_data(wanted="at blive på arbejdet", age_band="40-49"))
    step = desk.step("describe", "gp-05.analysis", "main")
    form = form_of(desk.client.get(step))
    proposed = form.value("description") or ""
    assert "Alder: 40–49 år." in proposed
    assert "Patienten ville: at blive på arbejdet" in proposed
    assert [work.activity_id for work in desk.works()] == ["gp-05.case"], "looking saves nothing"
    fill(desk.client, step, {"description": "Jeg ser hende i døren.", "puzzle": "Hvorfor?"})
    assert (form_of(desk.client.get(step)).value("description") or "").strip() == "Jeg ser hende i døren."
    fill(desk.client, step, {"description": ""})
    assert not (form_of(desk.client.get(step)).value("description") or "").strip(), "what was emptied stays empty"


def test_the_why_ladder_and_the_actors(desk: Desk) -> None:
    desk.work(state="submitted")
    step = desk.step("explain", "gp-05.analysis", "main")
    fill(desk.client, step, {
        "actors-0-who": "me", "actors-0-view": "jeg havde travlt", "actors-3-who": "leader", "why-0": "fuld tid",
        "why-2": "jeg spurgte ikke", "absent": "ingen ringede",
    })  # fmt: skip
    assert desk.data()[-1] == {
        "actors": [{"who": "me", "view": "jeg havde travlt"}, {"who": "leader"}],
        "why": ["fuld tid", "jeg spurgte ikke"],
        "absent": "ingen ringede",
    }
    form = form_of(desk.client.get(step))
    assert (form.value("actors-1-who"), form.value("why-1")) == ("leader", "jeg spurgte ikke")


def test_a_reviewers_remark_stands_at_its_field_once_it_is_decided(desk: Desk) -> None:
    work = desk.work(state="returned")
    for no, text in ((1, "Hvad svarede hun?"), (2, "ikke besluttet endnu")):
        if no == 2:
            desk.session.add(Revision(work_id=work.id, no=2, save_id="x", saved_at=NOW, data=case_data()))
            desk.session.flush()
        desk.session.add(FieldComment(work_id=work.id, revision_no=no, field="did", text=text, at=NOW))
    desk.session.commit()
    page = main_text(desk.client.get(desk.step()))
    assert "Hvad svarede hun?" in page
    assert "ikke besluttet endnu" not in page


def test_the_tally_and_the_scale_are_ordinary_steps(desk: Desk) -> None:
    tally = desk.step("tally", "gp-02.next-ten", "main")
    answer = fill(desk.client, tally, {"ten-0": ["work", "plan"], "ten-9": ["function"], "action": "next"})
    assert answer.location == desk.step("look", "gp-02.next-ten", "main")
    assert (desk.data()[0] or {})["ten"] == [["work", "plan"], *[[]] * 8, ["function"]]
    assert form_of(desk.client.get(tally)).filled({})["ten-0"] == ["work", "plan"]


def test_a_short_form_is_sent_from_its_last_step(desk: Desk) -> None:
    where = ("gp-02.confidence", "main")
    first = {f"p{i}": str(i) for i in range(1, 11)}
    assert fill(desk.client, desk.step("skills", *where), first | {"action": "next"}).location == desk.step(
        "worth", *where
    )
    posted = form_of(desk.client.get(desk.step("worth", *where))).filled(
        {"e1": "0", "e3": "5", "e8": "10", "action": "finish"}
    )
    for _ in range(2):
        assert desk.client.post(desk.step("worth", *where), data=posted).location == desk.url(*where, page="receipt")
    (work,) = desk.works()
    assert (work.state, work.submitted_no) == ("submitted", 2)
    page = desk.client.get(desk.url(*where, page="receipt"))
    assert heading(page) == "Tak, du er færdig"


def test_a_short_form_that_lacks_something_says_what(desk: Desk) -> None:
    where = ("gp-02.confidence", "main")
    answer = fill(desk.client, desk.step("worth", *where), {"e1": "3", "action": "finish"}, follow_redirects=False)
    assert answer.location == desk.url(*where, page="submit")
    page = desk.client.get(answer.location)
    assert "Her mangler der noget" in main_text(page)
    assert f"{desk.step('worth', *where)}#e3" in links(page)


def test_an_old_tab_of_a_rejected_text_does_not_begin_a_new_one_with_it(desk: Desk) -> None:
    desk.work(state="returned")
    form = form_of(desk.client.get(desk.step()))
    work = desk.works()[0]
    work.state, work.returned_until = "submitted", None
    work.decided_by_id = None
    judge_work(desk.session, work, actor_of(desk.organiser), "rejected", now=NOW, comment="For kendt.")
    desk.session.commit()
    answer = desk.client.post(desk.step(), data=form.filled({"ended": "den gamle fane"}))
    assert answer.status_code == 409
    assert len(desk.works()) == 1
    desk.client.post(desk.url(page="replace"))
    assert desk.client.post(desk.step(), data=form.filled({"ended": "den gamle fane"})).status_code == 409
    assert "den gamle fane" not in str(desk.session.scalars(select(Revision.data)).all())


def test_nothing_can_be_written_in_a_cancelled_run(desk: Desk) -> None:
    desk.run.cancelled_at = NOW
    desk.session.commit()
    answer = desk.client.post(desk.step(), data={"did": "noget"})
    assert answer.status_code == 409
    assert "Holdet er aflyst" in main_text(answer)


def test_after_the_first_day_the_analysis_can_be_finished(desk: Desk, clock) -> None:
    desk.work(state="submitted")
    desk.move(DAY1, clock)
    where = ("gp-05.analysis", "main")
    assert desk.client.get(desk.step("position", *where)).status_code == 200
    page = desk.client.get(desk.step("position", *where))
    assert "Gem og afslut" in main_text(page)


def test_somebody_new_sees_where_to_begin(desk: Desk) -> None:
    other = desk.client_for(make_member(desk.session, desk.run).person)
    page = other.get(desk.url())
    assert "Du er ikke begyndt endnu." in main_text(page)
    assert desk.step("frame") in links(page)
