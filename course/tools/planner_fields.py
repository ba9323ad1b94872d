"""What the planners ask for, as fields of a form: read, pointed at and shown by the same code as the tools' own."""

from __future__ import annotations

from course.content.catalogue import Field, FieldColumn, FieldType, Guard, Option
from course.content.planners import MeetingGuide

from .ground_rules import MOST

STEP = "planner"
ROOM = 2
"""So many more rules than there should be can be typed: the page says that they are too many, and drops none."""


def _field(id_: str, type_: FieldType, label: str, help_: str = "", **values: object) -> Field:
    guard = Guard.WORKPLACE if type_ in (FieldType.LINE, FieldType.TEXT, FieldType.ROWS) else Guard.NONE
    return Field(id_, type_, label, help_, False, STEP, guard=guard, **values)  # type: ignore[arg-type]


QUESTION = "Hvilken opgave er hård ved kroppen, og hvad kunne vi prøve?"


def meeting_fields(guide: MeetingGuide) -> tuple[Field, ...]:
    """What a meeting plan is made of."""
    techniques = tuple(Option(one.id, one.title) for one in guide.techniques.values())
    return (
        _field("people", FieldType.NUMBER, "Hvor mange er I?", min=2, max=200),
        _field("minutes", FieldType.NUMBER, "Hvor mange minutter har I?", min=5, max=180),
        _field("technique", FieldType.CHOICE, "Hvilken måde?", options=techniques),
        _field("vote", FieldType.CHOICES, "Til sidst", options=(Option("dots", "Vælg med prikker"),)),
        _field("question", FieldType.LINE, "Spørgsmålet, I tager op", f"Fx »{QUESTION}«", max=200),
        _field("when", FieldType.LINE, "Hvornår og hvor", "Fx »torsdag klokken to i kantinen«", max=120),
    )


CONSENT = tuple(Option(str(level), str(level)) for level in range(1, 6))
RULE_COLUMNS = (
    FieldColumn("what", "Hos os gør vi …", "text"),
    FieldColumn("owner", "Hvem sørger for det?", "line"),
    FieldColumn("unless", "Hvad hvis det ikke sker?", "line"),
    FieldColumn("consent", "Laveste enighed, 1–5", "line"),
)


def rules_fields() -> tuple[Field, ...]:
    """What a set of ground rules is made of."""
    return (
        _field("rules", FieldType.ROWS, "Reglerne", "Skriv roller, ikke navne.", columns=RULE_COLUMNS, min_items=5,
               max_items=MOST + ROOM),
        _field("review", FieldType.DATE, "Vi ser på dem igen den"),
    )  # fmt: skip


def discussion_fields() -> tuple[Field, ...]:
    """What the page for the yearly discussion is made of."""
    return (
        _field("decided", FieldType.LINE, "Spilleregler, der bliver brugt mest", max=200),
        _field("failing", FieldType.LINE, "Spilleregel, der ikke virker, og vores forslag", max=200),
        _field("ideas", FieldType.ROWS, "Idéerne", columns=(
            FieldColumn("idea", "Idé", "line"),
            FieldColumn("done", "Lavet om?", "line"),
            FieldColumn("why", "Hvis ikke: hvorfor, og hvornår?", "line"),
        ), min_items=3, max_items=5),
        _field("again", FieldType.TEXT, "Når nogen fik ondt: det gør vi igen", max=400),
        _field("different", FieldType.TEXT, "Det gør vi anderledes", max=400),
        _field("work", FieldType.TEXT, "Det skal laves om ved selve arbejdet", max=400),
        _field("others", FieldType.TEXT, "Dem, der tog over: hvordan gik det?", max=400),
        _field("goal", FieldType.LINE, "Mål for næste år, og hvem der sørger for det", max=200),
        _field("sign", FieldType.LINE, "Vi kan se det, når …", max=200),
        _field("review", FieldType.DATE, "Vi ser på det igen den"),
    )  # fmt: skip
