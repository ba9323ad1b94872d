from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event, select, update

from course.db.session import new_session
from course.reviews import service
from course.reviews.models import Lease
from course.runs.models import Membership
from course.runs.rules import Role
from tests.factories import NOW, make_member, make_person, make_run, make_work
from tests.reviews.conftest import Room
from tests.reviews.pages import ClientFor, press, text_of, url


class TestInbox:
    def test_says_what_waits_for_whom_and_who_reads_it(self, room: Room, client_for: ClientFor) -> None:
        annas, bos = room.sent("anna"), room.sent("bo")
        service.take(room.session, actor=room.actor("mette"), now=NOW, work_id=annas.id)
        mette, jens = client_for(room.mette), client_for(room.jens)
        assert mette.get(url(room, annas)).status_code == 200
        said = text_of(jens.get(f"/runs/{room.run.id}/reviews"))
        assert "Læses af Mette Maj til kl. 10.15" in said
        assert "Anna Ahl" in said
        assert "Ikke fordelt" in said
        assert text_of(mette.get(f"/runs/{room.run.id}/reviews?whose=mine")).count("Læs Et forløb") == 1
        mine = text_of(mette.get(f"/runs/{room.run.id}/reviews?whose=unassigned"))
        assert "Bo Bek" in mine
        assert "Anna Ahl" not in mine
        assert bos.state == "submitted"

    def test_drafts_and_texts_taken_back_are_nobodys_business(self, room: Room, client_for: ClientFor) -> None:
        draft = make_work(room.session, room.anna, slot="good")
        back = make_work(room.session, room.bo, state="withdrawn")
        client = client_for(room.mette)
        said = text_of(client.get(f"/runs/{room.run.id}/reviews?state=all"))
        assert "Anna" not in said
        assert "Bo" not in said
        for work in (draft, back):
            for tail in ("", "/copy", "/rejection"):
                assert client.get(url(room, work, tail)).status_code == 404
            assert press(client, room, work, "accept").status_code == 404

    def test_ones_own_and_recused_works_are_not_there(self, room: Room, client_for: ClientFor) -> None:
        make_member(room.session, room.run, room.anna.person, Role.FACILITATOR)
        annas, bos = room.sent("anna"), room.sent("bo")
        client = client_for(room.anna.person)
        assert "Anna Ahl af" not in text_of(client.get(f"/runs/{room.run.id}/reviews"))
        assert client.get(url(room, annas)).status_code == 404
        assert press(client, room, bos, "recuse").status_code == 303
        assert client.get(url(room, bos)).status_code == 404
        said = client.get(f"/runs/{room.run.id}/reviews")
        assert "Du er inhabil" in text_of(said)
        lift = f"/runs/{room.run.id}/reviews/recusals/{room.bo.id}/lift"
        assert client.post(lift).status_code == 302
        assert client.get(url(room, bos)).status_code == 200
        assert client.post(lift).status_code == 404

    def test_another_runs_work_is_not_there(self, room: Room, client_for: ClientFor) -> None:
        other = make_run(room.session, room.organiser)
        elsewhere = make_work(room.session, make_member(room.session, other), state="submitted")
        client = client_for(room.organiser)
        assert client.get(f"/runs/{other.id}/reviews/works/{elsewhere.id}").status_code == 200
        assert client.get(url(room, elsewhere)).status_code == 404
        assert press(client, room, elsewhere, "accept").status_code == 404
        assert client.post(url(room, elsewhere, "/lease")).status_code == 404

    @pytest.mark.parametrize("who", ["anna", "stranger"])
    def test_is_for_staff_only(self, room: Room, client_for: ClientFor, who: str) -> None:
        work = room.sent("bo")
        client = client_for(room.anna.person if who == "anna" else make_person(room.session))
        for path in (f"/runs/{room.run.id}/reviews", f"/runs/{room.run.id}/reviews/next", url(room, work)):
            assert client.get(path).status_code == 404

    def test_an_organiser_removed_while_signed_in_is_out_at_once(self, room: Room, client_for: ClientFor) -> None:
        work = room.sent()
        client = client_for(room.organiser)
        assert client.get(url(room, work)).status_code == 200
        room.session.execute(update(Membership).where(Membership.person_id == room.organiser.id).values(left_at=NOW))
        room.session.commit()
        assert client.get(url(room, work)).status_code == 404
        assert press(client, room, work, "accept").status_code == 404
        assert client.post(f"/runs/{room.run.id}/reviews/share-out").status_code == 404

    def test_shared_out_by_an_organiser(self, room: Room, client_for: ClientFor) -> None:
        room.sent("anna")
        room.sent("bo")
        share = f"/runs/{room.run.id}/reviews/share-out"
        data = {"reviewer": [str(room.mette.id), str(room.jens.id)]}
        assert client_for(room.mette).post(share, data=data).status_code == 404
        organiser = client_for(room.organiser)
        assert organiser.post(share, data=data).status_code == 302
        said = text_of(organiser.get(f"/runs/{room.run.id}/reviews"))
        assert "Fordelt: Jens Juul 1 og Mette Maj 1." in said or "Fordelt: Mette Maj 1 og Jens Juul 1." in said
        assert organiser.post(share, data={"reviewer": ["x"]}).status_code == 422

    def test_pages_filters_and_orders(self, room: Room, client_for: ClientFor) -> None:
        for number in range(30):
            member = make_member(room.session, room.run, make_person(room.session, f"Forfatter {number:02}"))
            make_work(room.session, member, state="submitted", now=NOW + timedelta(hours=30 - number))
        returned = make_work(room.session, room.anna, state="returned", judge=room.mette)
        client = client_for(room.mette)
        base = f"/runs/{room.run.id}/reviews"
        first = text_of(client.get(base))
        assert "Side 1 af 2 (30 i alt)" in first
        assert first.index("Forfatter 29") < first.index("Forfatter 10")
        assert "Forfatter 04" not in first
        assert "Forfatter 04" in text_of(client.get(f"{base}?page=2"))
        assert "Side 2 af 2" in text_of(client.get(f"{base}?page=999"))
        names = re.findall(r"Forfatter \d\d", text_of(client.get(f"{base}?order=author")))
        assert names == sorted(names)
        last = text_of(client.get(f"{base}?state=returned&order=deadline"))
        assert "Anna Ahl" in last
        assert "Frist 6. nov. kl. 10.00" in last
        assert returned.state == "returned"


class TestNext:
    def test_mine_first_then_nobodys_and_never_what_somebody_reads(self, room: Room, client_for: ClientFor) -> None:
        oldest = room.sent("anna", "good")
        read = room.sent("anna", "bad")
        mine = room.sent("bo", "good")
        jenses = room.sent("bo", "bad")
        service.take(room.session, actor=room.actor("mette"), now=NOW, work_id=mine.id)
        service.take(room.session, actor=room.actor("jens"), now=NOW, work_id=jenses.id)
        mette, jens = client_for(room.mette), client_for(room.jens)
        jens.get(url(room, read))
        ahead = f"/runs/{room.run.id}/reviews/next"
        assert mette.get(ahead).location.endswith(f"/works/{mine.id}")
        assert mette.get(f"{ahead}?after={mine.id}").location.endswith(f"/works/{oldest.id}?left={mine.id}")
        press(mette, room, mine, "accept")
        press(mette, room, oldest, "accept")
        said = mette.get(ahead)
        assert said.status_code == 200
        assert "Indbakken er tom" in text_of(said)

    def test_goes_round_and_lets_go_of_what_is_left(self, room: Room, client_for: ClientFor) -> None:
        works = [room.sent("anna", "good"), room.sent("anna", "bad"), room.sent("bo", "good")]
        client = client_for(room.mette)
        seen, answer = [], client.get(f"/runs/{room.run.id}/reviews/next")
        for _ in range(4):
            client.get(answer.location)
            seen.append(int(answer.location.split("/works/")[1].split("?")[0]))
            answer = client.get(f"/runs/{room.run.id}/reviews/next?after={seen[-1]}")
        assert seen == [works[0].id, works[1].id, works[2].id, works[0].id]
        with new_session(room.session.get_bind()) as session:  # type: ignore[arg-type]
            assert [lease.work_id for lease in session.scalars(select(Lease))] == [works[0].id]


@pytest.mark.parametrize("tail", ["", "?state=returned", "?state=all", "?activity=gp-05.case"])
def test_the_list_is_read_through_its_index(room: Room, client_for: ClientFor, engine: Engine, tail: str) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by the size of the tables")
    plans: list[str] = []

    def explain(connection: Connection, _c: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT") and "FROM work" in statement and "EXPLAIN" not in statement:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            plans.extend(str(row[-1]) for row in rows)

    client = client_for(room.mette)
    event.listen(engine, "before_cursor_execute", explain)
    try:
        assert client.get(f"/runs/{room.run.id}/reviews{tail}").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    assert any("ix_work_inbox (run_id=? AND needs_review=?" in plan for plan in plans)
    scanned = [plan for plan in plans if re.match("SCAN (work|revision|membership|person)", plan)]
    assert scanned == []
