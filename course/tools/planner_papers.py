"""The documents of the planners: of a meeting, of ground rules, and the page for the yearly discussion. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from course.content.planners import MeetingGuide
from course.printing import paper
from course.web.danish import day, minutes

from .ground_rules import FEWEST, Rule
from .planner_fields import QUESTION
from .planning_rules import Plan

Data = Mapping[str, Any]
FOOT = "Vejen Frem Kursus, CC BY 4.0. Ingen navne, intet om helbred."


def _question(data: Data) -> str:
    return str(data.get("question") or QUESTION)


def leader_plan(guide: MeetingGuide, found: Plan, data: Data) -> paper.Paper:
    """The plan minute by minute, for the one who leads the meeting."""
    rows = tuple(
        (f"{line.begins}–{line.ends}", line.title, f"{line.do}\n»{line.say}«" if line.say else line.do)
        for line in found.lines
    )
    blocks: list[paper.Block] = [
        paper.Answer("Spørgsmålet", _question(data), 0),
        paper.Bullets(guide.first_rules, "ask"),
        paper.Grid("Minut for minut", ("Minut", "Hvad", "Sådan"), rows, (14, 24, 62), first_is_head=True),
        paper.Heading("Det går tit galt"),
        paper.Words(f"{found.technique.pitfall} Gør i stedet: {found.technique.remedy}"),
        *(paper.Words(remark, "muted") for remark in found.remarks),
        paper.Heading("Hav med"),
        paper.Bullets(guide.bring),
        paper.Heading("Det må forlade mødet"),
        paper.Bullets(guide.leave),
    ]
    return paper.Paper("Min mødeplan", found.technique.title, _lede(found, data), tuple(blocks), FOOT)


def _lede(found: Plan, data: Data) -> str:
    size = f"{found.wanted.people} personer, {minutes(found.wanted.minutes)}"
    return f"{data['when']}. {size}" if data.get("when") else size


def handout(guide: MeetingGuide, found: Plan, data: Data) -> paper.Paper:
    """A sheet for everybody at the meeting: the rules, what happens, and room to write without a name."""
    blocks: list[paper.Block] = [
        paper.Heading("Sådan holder vi mødet"),
        paper.Bullets(guide.first_rules),
        paper.Heading("Det skal vi"),
        paper.Bullets(tuple(f"{line.title}, {minutes(line.minutes)}" for line in found.lines)),
        paper.Heading(_question(data)),
        paper.Answer("En opgave, der er hård ved kroppen", "", 3),
        paper.Answer("Det kunne vi prøve", "", 4),
        paper.Words("Skriv ikke dit navn. Sedlerne bliver smidt ud, når idéerne er skrevet sammen.", "muted"),
    ]
    return paper.Paper("Til mødet", "Arbejde og ondt i kroppen", str(data.get("when") or ""), tuple(blocks), FOOT)


def poster(guide: MeetingGuide, found: Plan, data: Data) -> paper.Paper:
    """An invitation for the wall."""
    blocks: list[paper.Block] = [paper.Words(_question(data), "lede"), paper.Bullets(guide.first_rules)]
    when = str(data.get("when") or "")
    time = f"{when}, {minutes(found.wanted.minutes)}" if when else minutes(found.wanted.minutes)
    return paper.Paper("Kom, og sig din mening", "Møde om arbejde og krop", time, tuple(blocks), FOOT, "poster")


def leader_note(guide: MeetingGuide, found: Plan, data: Data) -> paper.Paper:
    """One page for the leader: what is asked for, and what they get."""
    asked = f"{minutes(found.wanted.minutes).capitalize()} til et møde" + (
        f", {data['when']}" if data.get("when") else ""
    )
    blocks: list[paper.Block] = [
        paper.Heading("Det beder jeg om"),
        paper.Bullets((asked, *guide.leader)),
        paper.Heading("Det får du"),
        paper.Bullets(
            (
                "En liste med idéer fra dem, der laver arbejdet. Tit koster de første ikke noget.",
                "Senere fem til syv spilleregler, som I er enige om, og en dato, hvor I ser på dem igen.",
                "Noget at tage med til den årlige arbejdsmiljødrøftelse.",
            )
        ),
        paper.Heading("Det er det ikke"),
        paper.Words(
            "Det er ikke et klagemøde, og ingen skal fortælle, hvad de fejler. Arbejdsmiljørepræsentanten bliver ikke "
            "sagsbehandler. Samtalen med en ansat om opgaver er stadig din."
        ),
        paper.Heading("Sådan går mødet"),
        paper.Bullets(tuple(f"{line.title}, {minutes(line.minutes)}" for line in found.lines)),
    ]
    return paper.Paper("Til dig, der er leder", "Et kort møde om arbejde og krop", "", tuple(blocks), FOOT)


MEETING_PAPERS = {"plan": leader_plan, "handout": handout, "poster": poster, "note": leader_note}

# -- ground rules ------------------------------------------------------------------------------------------------------


def _review(data: Data) -> str:
    review = data.get("review")
    return day(date.fromisoformat(review)) if review else "________________"


def rules_sheet(rules: Sequence[Rule], data: Data) -> paper.Paper:
    """The rules on A4, with who and what if; empty rows to fill in by hand."""
    rows = [(rule.what, rule.owner, rule.unless, str(rule.consent or "")) for rule in rules]
    rows += [("", "", "", "")] * max(0, FEWEST - len(rows))
    blocks: list[paper.Block] = [
        paper.Grid(
            "", ("Hos os gør vi …", "Hvem sørger for det?", "Hvad hvis det ikke sker?", "Enighed 1–5"), tuple(rows),
            (40, 22, 24, 14), height=16,
        ),
        paper.Answer("Vi ser på dem igen den", _review(data) if rules or data.get("review") else "", 1),
        paper.Words(
            "En regel tvinger aldrig nogen til at fortælle om sit helbred. Enighed: Vis fingre fra 1 til 5. 3 er »jeg "
            "kan leve med det«. Skriv det laveste tal.",
            "muted",
        ),
    ]  # fmt: skip
    return paper.Paper("Vores spilleregler", "Arbejde og krop", "", tuple(blocks), FOOT)


def rules_poster(rules: Sequence[Rule], data: Data) -> paper.Paper:
    """The rules for the wall: what we do, and the day we look at them again."""
    blocks: list[paper.Block] = [
        paper.Numbered("", tuple(rule.what for rule in rules) or ("",) * FEWEST),
        paper.Words(f"Vi ser på dem igen den {_review(data)}."),
    ]
    return paper.Paper("Hos os gør vi …", "Vores spilleregler", "", tuple(blocks), FOOT, "poster")


RULES_PAPERS = {"sheet": rules_sheet, "poster": rules_poster}

# -- the yearly discussion ---------------------------------------------------------------------------------------------


def discussion(data: Data) -> paper.Paper:
    """One page for the yearly arbejdsmiljødrøftelse; what is empty is room for a pen."""
    ideas = [(row.get("idea", ""), row.get("done", ""), row.get("why", "")) for row in data.get("ideas") or ()]
    ideas += [("", "", "")] * max(0, 3 - len(ideas))
    blocks: list[paper.Block] = [
        paper.Heading("Spillereglerne"),
        *_answers(data, ("decided", "De bliver brugt mest"), ("failing", "Den virker ikke, og vores forslag")),
        paper.Heading("Idéerne"),
        paper.Grid("", ("Idé", "Lavet om?", "Hvis ikke: hvorfor, og hvornår?"), tuple(ideas), (48, 18, 34), height=8),
        paper.Heading("Når nogen fik ondt"),
        *_answers(
            data, ("again", "Det gør vi igen"), ("different", "Det gør vi anderledes"),
            ("work", "Det skal laves om ved selve arbejdet"), ("others", "Dem, der tog over: hvordan gik det?"),
        ),
        paper.Heading("Næste år"),
        *_answers(data, ("goal", "Mål, og hvem der sørger for det"), ("sign", "Vi kan se det, når")),
        paper.Pairs((("Vi ser på det igen den", _review(data) if data.get("review") else ""), ("Skrevet den", ""))),
    ]  # fmt: skip
    lede = "Har I haft færre end fem forløb, så skriv ikke hvor mange."
    return paper.Paper("Til den årlige arbejdsmiljødrøftelse", "Arbejde og ondt i kroppen", lede, tuple(blocks), FOOT)


def _answers(data: Data, *asked: tuple[str, str]) -> tuple[paper.Block, ...]:
    return tuple(paper.Answer(label, str(data.get(name) or ""), 0 if data.get(name) else 1) for name, label in asked)
