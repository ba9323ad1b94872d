from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, select, update
from werkzeug.test import TestResponse

from course.accounts.models import Person
from course.db.session import new_session
from course.outbox.models import Message
from course.reviews.models import Assignment, RiskFlag
from course.runs.models import Run
from course.runs.rules import Role
from course.work import checking
from course.work import service as spine
from course.work.models import Decision, Opening, Redaction, Work
from course.work.standing import standing
from tests.factories import NOW, actor_of, case_data, course, make_member, make_person, make_work
from tests.reviews.conftest import Room
from tests.reviews.pages import CPR, NAMED, PHONE, ClientFor, press, statements, text_of, url


class TestReading:
    def test_shows_text_findings_and_what_the_author_confirmed(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent(data=NAMED)
        client = client_for(room.mette)
        answer = client.get(url(room, work))
        page = answer.get_data(as_text=True)
        assert 'data-path="did"' in page
        assert page.count('<mark class="find find-ok"') == 2
        assert "Hanne (2 steder) Ligner et navn" in text_of(answer)
        with new_session(room.session.get_bind()) as session:  # type: ignore[arg-type]
            [opening] = session.scalars(select(Opening))
            assert (opening.person_id, opening.capacity, opening.times) == (room.mette.id, "reviewer", 1)

    def test_shows_what_changed_since_it_was_judged(self, room: Room, client_for: ClientFor) -> None:
        work = make_work(room.session, room.anna, state="returned", judge=room.mette)
        again = case_data(did="patienten havde ondt i ryggen")
        gate = standing(room.session, room.run, room.anna).gate(course().activities["gp-05.case"], NOW, slot="bad")
        form = course().activities["gp-05.case"].form
        assert form is not None
        actor = actor_of(room.anna.person)
        spine.save(
            room.session, actor=actor, now=NOW, work=work, form=form, gate=gate,
            content=checking.check_data(form, again), base_no=1, save_id=spine.valid_key(""),
        )  # fmt: skip
        spine.submit(
            room.session, actor=actor, now=NOW, work=work, form=form, gate=gate, revision_no=2,
            submit_key=spine.valid_key(""), checked=range(len(form.self_check)),
        )  # fmt: skip
        answer = client_for(room.mette).get(url(room, work))
        said = text_of(answer)
        assert "Ændret, siden den blev læst" in said
        assert "[tilføjet: i ryggen]" in said
        assert "Skriv gerne lidt mere om arbejdspladsen." in said
        old = press(client_for(room.jens), room, work, "accept", revision_no=1)
        assert old.status_code == 409, "the page showed the text of before"

    def test_html_in_a_text_stays_text(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent(data=case_data(did="<script>alert(1)</script> {{ 7*7 }} \"'>"))
        page = client_for(room.mette).get(url(room, work)).get_data(as_text=True)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page
        assert "<script>alert" not in page

    @pytest.mark.parametrize("tail", ["", "?state=all&order=author"])
    def test_asks_the_database_equally_often_for_few_and_many(
        self, room: Room, client_for: ClientFor, engine: Engine, tail: str
    ) -> None:
        work = room.sent(data=NAMED)
        client, organiser = client_for(room.mette), client_for(room.organiser)
        inbox = f"/runs/{room.run.id}/reviews{tail}"

        def counts() -> list[int]:
            found = []
            for who, path in ((client, inbox), (organiser, inbox), (client, url(room, work))):
                who.get(path)
                with statements(engine) as seen:
                    assert who.get(path).status_code == 200
                found.append(len([s for s in seen if not s.startswith(("BEGIN", "PRAGMA"))]))
            return found

        few = counts()
        for _ in range(12):
            member = make_member(room.session, room.run)
            make_work(room.session, member, state="submitted")
            make_work(room.session, member, slot="good", state="accepted", judge=room.jens)
        room.session.commit()
        assert counts() == few
        assert few[0] <= 8
        assert few[1] <= 8
        assert few[2] <= 8


class TestDeciding:
    def test_send_back_and_on_to_the_next(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        client = client_for(room.mette)
        answer = press(client, room, work, "return", comment="Hvad sagde lederen?", until_time="12.30")
        assert answer.status_code == 303
        assert answer.location.endswith(f"/reviews/next?after={work.id}")
        assert "Fristen er fredag den 6. november 2026 kl. 12.30" in text_of(client.get(answer.location))
        room.look_again()
        assert room.session.get_one(Work, work.id).state == "returned"
        assert press(client, room, work, "return", comment="Hvad sagde lederen?", until_time="12.30").status_code == 303
        assert len(room.session.scalars(select(Decision)).all()) == 1
        assert len(room.session.scalars(select(Message)).all()) == 1

    @pytest.mark.parametrize(
        ("values", "says"),
        [
            ({"comment": ""}, "Skriv, hvad der skal ændres"),
            ({"comment": "Ret.", "until_day": ""}, "en dato og et klokkeslæt"),
            ({"comment": "Ret.", "until_day": "2026-02-31"}, "en dato og et klokkeslæt"),
            ({"comment": "Ret.", "until_time": "25:00"}, "en dato og et klokkeslæt"),
            ({"comment": "Ret.", "until_day": "2026-11-01"}, "Fristen skal ligge efter nu"),
            ({"comment": "x" * 100_000}, "Bemærkningen er for lang"),
        ],
    )
    def test_what_cannot_be_sent_back_comes_back(
        self, room: Room, client_for: ClientFor, values: dict[str, str], says: str
    ) -> None:
        work = room.sent()
        answer = press(client_for(room.mette), room, work, "return", **values)
        assert answer.status_code == 422
        assert says in text_of(answer)
        assert values["comment"][:1000] in text_of(answer)

    def test_what_is_typed_elsewhere_is_never_lost(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent(data=NAMED)
        client = client_for(room.mette)
        typed = {
            "comment": "Halvt skrevet bemærkning",
            "remark-did": "Halv bemærkning til feltet",
            "reason": "Halv grund",
        }
        for do in ("strike-found:[navn]|Hanne", "take", "give-back", "keep", "insert:own-1", "take-over", "show"):
            answer = press(client, room, work, do, **typed)
            assert answer.status_code == 200, do
            for text in typed.values():
                assert text in text_of(answer), do
        answer = press(client, room, work, "remark:did", **typed)
        assert "Bemærkning fra Mette Maj Halv bemærkning til feltet" in text_of(answer)
        assert "Halvt skrevet bemærkning" in text_of(answer)
        shown = press(client, room, work, "preview", **typed).get_data(as_text=True)
        assert 'name="comment" value="Halvt skrevet bemærkning"' in shown

    def test_nothing_red_is_kept_and_it_is_told(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        client = client_for(room.mette)
        red = f"Ring til {PHONE}, cpr {CPR}"
        posts = [
            press(client, room, work, "keep", comment=red),
            press(client, room, work, "remark:did", **{"remark-did": red}),
            press(client, room, work, "risk", reason=red),
            client.post(f"/runs/{room.run.id}/reviews/comments", data={"title": PHONE, "text": red}),
            press(client, room, work, "strike-words", words="patienten", replacement=CPR),
            press(client, room, work, "return", comment=red),
        ]
        pages = [client.get(f"/runs/{room.run.id}/reviews/comments"), client.get(url(room, work))]
        for answer in [*posts, *pages]:
            assert answer.status_code in {200, 303}
            assert CPR not in answer.get_data(as_text=True)
            assert PHONE not in answer.get_data(as_text=True)
        assert "[telefon]" in text_of(pages[0])
        assert "Der stod noget, som ligner personoplysninger" in text_of(pages[0])
        everything = []
        for table in room.run.metadata.sorted_tables:
            everything += [str(row) for row in room.session.execute(select(table))]
        assert not [row for row in everything if CPR in row or PHONE in row]

    def test_two_reviewers_the_second_keeps_the_comment(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        mette, jens = client_for(room.mette), client_for(room.jens)
        mette.get(url(room, work))
        held = press(jens, room, work, "return", comment="Jens' bemærkning")
        assert held.status_code == 409
        assert "Mette Maj læser teksten til kl. 10.15" in text_of(held)
        assert "Jens' bemærkning" in text_of(held)
        press(mette, room, work, "accept")
        late = press(jens, room, work, "return", comment="Jens' bemærkning")
        assert late.status_code == 409
        assert "Mette Maj har godkendt teksten" in text_of(late)
        assert "Jens' bemærkning" in text_of(late)

    def test_taken_over_in_plain_sight(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        mette, jens = client_for(room.mette), client_for(room.jens)
        mette.get(url(room, work))
        page = jens.get(url(room, work))
        assert "Læses af Mette Maj til kl. 10.15" in text_of(page)
        assert 'value="accept"' not in page.get_data(as_text=True)
        press(jens, room, work, "take-over")
        assert mette.post(url(room, work, "/lease")).json == {
            "mine": False, "by": "Jens Juul", "until": "10.15", "state": "submitted",
        }  # fmt: skip
        assert press(jens, room, work, "accept").status_code == 303

    def test_the_page_holds_the_lease_while_it_is_used(
        self, room: Room, client_for: ClientFor, clock: time_machine.Traveller
    ) -> None:
        work = room.sent()
        mette, jens = client_for(room.mette), client_for(room.jens)
        mette.get(url(room, work))
        clock.move_to(NOW + timedelta(minutes=14))
        held = mette.post(url(room, work, "/lease"))
        assert held.json == {"mine": True, "by": "Mette Maj", "until": "10.29", "state": "submitted"}
        clock.move_to(NOW + timedelta(minutes=20))
        assert "Læses af Mette Maj" in text_of(jens.get(url(room, work)))
        clock.move_to(NOW + timedelta(minutes=30))
        assert "Læses af" not in text_of(jens.get(url(room, work)))

    def test_taken_back_by_the_author_meanwhile(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        client = client_for(room.mette)
        client.get(url(room, work))
        gate = standing(room.session, room.run, room.anna).gate(course().activities["gp-05.case"], NOW, slot="bad")
        work = room.session.get_one(Work, work.id, populate_existing=True)
        spine.withdraw(room.session, actor=actor_of(room.anna.person), now=NOW, work=work, gate=gate)
        room.session.commit()
        for answer in (
            press(client, room, work, "return", comment="Min bemærkning"),
            client.post(url(room, work, "/rejection"), data={"comment": "Min bemærkning", "sure": "yes"}),
            client.post(url(room, work, "/copy"), data={"comment": "Min bemærkning"}),
        ):
            assert answer.status_code == 409
            assert "Forfatteren har trukket teksten tilbage" in text_of(answer)
            assert "Min bemærkning" in text_of(answer)
        assert press(client_for(room.jens), room, work, "accept").status_code == 404, "he never had it open"

    def test_an_unknown_button_is_refused(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        assert press(client_for(room.mette), room, work, "explode").status_code == 400


class TestStriking:
    def test_by_marking_by_words_and_back(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent(data=case_data(did="🙂 Hanne kom igen med Hannes leder."))
        client = client_for(room.mette)
        marked = press(client, room, work, "strike", path="did", start="2", end="7", replacement="[navn]")
        assert marked.status_code == 303
        room.look_again()
        [row] = room.session.scalars(select(Redaction))
        assert (row.path, row.start, row.end, row.replacement) == ("did", 2, 7, "[navn]")
        page = client.get(url(room, work))
        assert '<span class="redacted" data-aside>[navn]</span>' in page.get_data(as_text=True)
        over = press(client, room, work, "strike", path="did", start="0", end="4", replacement="x")
        assert over.status_code == 409
        assert press(client, room, work, "strike", path="did", start="5", end="4000").status_code == 422
        assert press(client, room, work, "strike", path="nowhere").status_code == 422
        press(client, room, work, "strike-words", field="did", words="Hannes leder", replacement="[lederen]")
        copy = client.get(url(room, work, "/copy"))
        assert "🙂 [navn] kom igen med [lederen]." in text_of(copy)
        press(client, room, work, f"undo:{row.id}")
        assert "🙂 Hanne kom igen" in text_of(client.get(url(room, work, "/copy")))
        assert press(client, room, work, "undo:987654").status_code == 404


class TestCopy:
    def digest(self, page: TestResponse) -> str:
        found = re.search(r'name="copy" value="(\w+)"', page.get_data(as_text=True))
        assert found is not None
        return found[1]

    def test_is_released_only_as_it_was_looked_at(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent(data=NAMED)
        client = client_for(room.mette)
        data = {"revision_no": 1, "state": "submitted", "do": "accept", "comment": "Fint."}
        blind = client.post(url(room, work, "/copy"), data=data)
        assert blind.status_code == 409
        page = client.get(url(room, work, "/copy"))
        press(client, room, work, "strike-found:[navn]|Hanne")
        changed = client.post(url(room, work, "/copy"), data=data | {"copy": self.digest(page)})
        assert changed.status_code == 409
        assert "Udgaven til kollegerne er ændret" in text_of(changed)
        sent = client.post(url(room, work, "/copy"), data=data | {"copy": self.digest(changed)})
        assert sent.status_code == 303
        room.look_again()
        assert room.session.get_one(Work, work.id).projection == "released"
        back = press(client, room, work, "recall", state="accepted")
        assert back.status_code == 303
        room.look_again()
        assert room.session.get_one(Work, work.id).projection == "recalled"


class TestRejecting:
    def test_asks_twice_and_says_what_is_kept(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent(data=NAMED)
        client = client_for(room.mette)
        asked = press(client, room, work, "reject", comment="Begyndt begrundelse")
        assert asked.status_code == 200
        said = text_of(asked)
        assert "Begyndt begrundelse" in said
        assert "beholder sine egne overvejelser" in said
        data = {"revision_no": 1, "state": "submitted", "comment": "Den kan kendes."}
        unsure = client.post(url(room, work, "/rejection"), data=data)
        assert unsure.status_code == 422
        assert "Den kan kendes." in text_of(unsure)
        silent = client.post(url(room, work, "/rejection"), data=data | {"comment": "", "sure": "yes"})
        assert silent.status_code == 422
        assert client.post(url(room, work, "/rejection"), data=data | {"sure": "yes"}).status_code == 303
        after = client.get(url(room, work))
        assert "Teksten er slettet" in text_of(after)
        assert "Hanne" not in text_of(after)
        assert client.get(url(room, work, "/rejection")).status_code == 409


class TestRisk:
    def name(self, room: Room, person: Person) -> None:
        room.session.execute(update(Run).where(Run.id == room.run.id).values(clinician_id=person.id))
        room.session.commit()

    def test_reaches_the_clinician_until_answered(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        self.name(room, room.jens)
        mette, jens, organiser = client_for(room.mette), client_for(room.jens), client_for(room.organiser)
        base = f"/runs/{room.run.id}/reviews"
        assert press(mette, room, work, "risk", reason="").status_code == 422
        for _ in range(2):
            assert press(mette, room, work, "risk", reason="Skriver om at give op.").status_code == 303
        [flag] = room.session.scalars(select(RiskFlag))
        [mail] = room.session.scalars(select(Message))
        assert (mail.kind, mail.to) == ("risk_flag", room.jens.email)
        assert "En patient kan være i risiko" in text_of(jens.get(base))
        assert "En patient kan være i risiko" in text_of(organiser.get(base))
        assert "En patient kan være i risiko" not in text_of(mette.get(base))
        assert "Patienten kan være i risiko" in text_of(mette.get(base)), "but the row says so"
        assert "Skriver om at give op." in text_of(jens.get(f"{base}/risks/{flag.id}"))
        assert mette.post(f"{base}/risks/{flag.id}", data={"answer": "talked"}).status_code == 404
        assert jens.post(f"{base}/risks/{flag.id}", data={"answer": "x"}).status_code == 422
        for _ in range(2):
            assert jens.post(f"{base}/risks/{flag.id}", data={"answer": "talked"}).status_code == 303
        assert jens.post(f"{base}/risks/{flag.id}", data={"answer": "nothing"}).status_code == 409
        assert "Jeg har talt med kollegaen" in text_of(mette.get(url(room, work)))
        assert "En patient kan være i risiko" not in text_of(organiser.get(base))

    def test_without_a_clinician_the_organisers_are_told_and_it_waits(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        mette = client_for(room.mette)
        press(mette, room, work, "risk", reason="Bekymret.")
        assert "ingen navngivet kliniker" in text_of(mette.get(url(room, work)))
        [mail] = room.session.scalars(select(Message))
        assert (mail.kind, mail.to) == ("risk_unheard", room.organiser.email)
        self.name(room, room.jens)
        assert "Du er holdets kliniker" in text_of(client_for(room.jens).get(f"/runs/{room.run.id}/reviews"))

    def test_is_nobody_elses_business(self, room: Room, client_for: ClientFor) -> None:
        make_member(room.session, room.run, room.anna.person, Role.ORGANISER)
        third = make_person(room.session, "Tredje")
        make_member(room.session, room.run, third, Role.FACILITATOR)
        work = room.sent()
        press(client_for(room.mette), room, work, "risk", reason="Bekymret.")
        [flag] = room.session.scalars(select(RiskFlag))
        path = f"/runs/{room.run.id}/reviews/risks/{flag.id}"
        assert client_for(third).get(path).status_code == 404
        author = client_for(room.anna.person)
        assert author.get(path).status_code == 404
        assert "i risiko" not in text_of(author.get(f"/runs/{room.run.id}/reviews?state=all"))
        assert client_for(room.organiser).get(path).status_code == 200
        assert client_for(room.organiser).get(path.replace(str(flag.id), "987654")).status_code == 404


def test_an_organiser_gives_a_work_away_and_a_facilitator_cannot(room: Room, client_for: ClientFor) -> None:
    work = room.sent()
    assert press(client_for(room.mette), room, work, "assign", assignee=str(room.mette.id)).status_code == 404
    assert press(client_for(room.organiser), room, work, "assign", assignee=str(room.jens.id)).status_code == 303
    [held] = room.session.scalars(select(Assignment))
    assert held.person_id == room.jens.id
    assert press(client_for(room.organiser), room, work, "assign", assignee=str(room.bo.person_id)).status_code == 422
