"""Reading, scoring and explaining the answers to a quiz. Pure.

The answers of a step map a question to a list of texts: the chosen options (single, multiple), the chosen option and
the reason (truefalse with reasons), the options in the order given (order), what was chosen for each option or gap in
the order of the file (match, sort, gap), the number (number).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from course.content.kinds import Log, Posted, Score, Step, Unclear

from .spec import Answer, Question, Quiz

Answers = Mapping[str, list[str]]
NUMBER = re.compile(r"[-−]?[0-9]{1,7}")
"""Shorter than any phone number or CPR number."""


def answers_in(log: Log) -> Answers:
    """The answers of a log: a quiz has one step, all of it."""
    return log[0].get("answers", {}) if log else {}


# -- asking ----------------------------------------------------------------------------------------------------------


def parts(question: Question) -> dict[str, tuple[str, ...]]:
    """The names a question is answered under, each with what may be chosen; nothing for a number."""
    if question.kind == "order":
        numbers = tuple(str(number) for number in range(1, len(question.options) + 1))
        return {f"{question.id}.{option.id}": numbers for option in question.options}
    if question.kind == "match":
        targets = tuple(option.id for option in question.targets)
        return {f"{question.id}.{option.id}": targets for option in question.options}
    if question.kind == "sort":
        groups = tuple(group.id for group in question.groups)
        return {f"{question.id}.{option.id}": groups for option in question.options}
    if question.kind == "gap":
        return {f"{question.id}.{n}": _ids(gap) for n, gap in enumerate(question.gaps, 1)}
    if question.kind == "number":
        return {question.id: ()}
    reasons = {f"{question.id}.reason": _ids(question.reasons)} if question.reasons else {}
    return {question.id: _ids(question.options)} | reasons


def _ids(options: Sequence[Answer]) -> tuple[str, ...]:
    return tuple(option.id for option in options)


def _chosen(question: Question, posted: Posted) -> dict[str, list[str]]:
    """What was chosen under each name of a question; what cannot be chosen there is not read."""
    if question.kind == "number":
        typed = (posted.get(question.id) or "").strip()
        return {question.id: [typed.replace("−", "-")] if NUMBER.fullmatch(typed) else []}
    return {
        name: [value for value in allowed if value in set(posted.getlist(name))]
        for name, allowed in parts(question).items()
    }


def _answer(question: Question, chosen: Mapping[str, list[str]]) -> list[str] | None:
    """The answer in what was chosen; None when something is missing, or there is too much of it."""
    if question.kind == "multiple":
        return chosen[question.id]
    if any(len(values) != 1 for values in chosen.values()):
        return None
    values = [values[0] for values in chosen.values()]
    if question.kind != "order":
        return values
    placed = {int(value): option.id for option, value in zip(question.options, values, strict=True)}
    return [placed[at] for at in sorted(placed)] if len(placed) == len(question.options) else None


def read(quiz: Quiz, log: Log, posted: Posted) -> Step:
    """The answer to every question; one may choose nothing where several can be right."""
    answers: dict[str, list[str]] = {}
    kept: dict[str, list[str]] = {}
    problems: list[tuple[str, str]] = []
    for question in quiz.questions:
        chosen = _chosen(question, posted)
        kept |= chosen
        answer = _answer(question, chosen)
        if answer is None:
            problems.append((question.id, MISSING.get(question.kind, "Svar på »{text}«").format(text=_short(question))))
        else:
            answers[question.id] = answer
    if problems:
        raise Unclear(problems, {"chosen": kept})
    return {"answers": answers}


MISSING = {
    "order": "Giv hver linje sit eget nummer i »{text}«",
    "match": "Vælg til hver linje i »{text}«",
    "sort": "Vælg en gruppe til hver linje i »{text}«",
    "number": "Skriv et helt tal i »{text}«",
    "gap": "Vælg til hvert hul i »{text}«",
}


def _short(question: Question) -> str:
    words = "".join(f"{text}…" if gap else text for text, gap in question.pieces)
    return words if question.kind == "gap" else question.text


def page(quiz: Quiz, log: Log) -> Mapping[str, Any]:
    """The questions to ask."""
    return {"questions": quiz.questions}


# -- scoring ---------------------------------------------------------------------------------------------------------


def score(quiz: Quiz, log: Log) -> Score:
    """One point for each question that is answered rightly in all its parts.

    Ticking everything therefore earns no more than knowing nothing.
    """
    answers = answers_in(log)
    return Score(sum(is_right(q, answers) for q in quiz.questions) if log else 0, len(quiz.questions))


def is_right(question: Question, answers: Answers) -> bool:
    """Whether a question is answered rightly in all its parts."""
    given = answers.get(question.id, [])
    if question.kind in ("single", "multiple") or (question.kind == "truefalse" and not question.reasons):
        return frozenset(given) == question.right
    parts = rows(question, given)
    return bool(parts) and all(row["is_right"] for row in parts)


def missed(quiz: Quiz, log: Log) -> tuple[str, ...]:
    """The questions that were not answered rightly."""
    answers = answers_in(log)
    return tuple(question.id for question in quiz.questions if not is_right(question, answers))


# -- explaining ------------------------------------------------------------------------------------------------------


def rows(question: Question, given: Sequence[str]) -> list[dict[str, Any]]:
    """The parts of a question: what it is about, what was given, what is right, and why."""
    return list(_ROWS[question.kind](question, list(given)))


def _text(options: Sequence[Answer], option_id: str) -> str:
    return next((option.text for option in options if option.id == option_id), "")


def _row(about: str, given: str, right: str, is_right: bool, why: str) -> dict[str, Any]:
    return {"about": about, "given": given, "right": right, "is_right": is_right, "why": why}


def _at(given: Sequence[str], index: int) -> str:
    return given[index] if index < len(given) else ""


def _reason_rows(question: Question, given: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The answer and, where there are some, the reason."""
    for index, options in enumerate((question.options, question.reasons) if question.reasons else (question.options,)):
        right = next(option for option in options if option.correct)
        chosen = _at(given, index)
        yield _row("", _text(options, chosen), right.text, chosen == right.id, right.why)


def _order_rows(question: Question, given: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, option in enumerate(question.options, 1):
        placed = str(given.index(option.id) + 1) if option.id in given else ""
        yield _row(option.text, placed, str(number), placed == str(number), option.why)


def _match_rows(question: Question, given: Sequence[str]) -> Iterator[dict[str, Any]]:
    for index, option in enumerate(question.options):
        chosen = next((one.to for one in question.options if one.id == _at(given, index)), "")
        yield _row(option.text, chosen, option.to, chosen == option.to, option.why)


def _sort_rows(question: Question, given: Sequence[str]) -> Iterator[dict[str, Any]]:
    groups = {group.id: group.text for group in question.groups}
    for index, option in enumerate(question.options):
        chosen = _at(given, index)
        yield _row(
            option.text, groups.get(chosen, ""), groups[option.group], chosen == option.group, option.why
        )  # fmt: skip


def _number_rows(question: Question, given: Sequence[str]) -> Iterator[dict[str, Any]]:
    asked, typed = question.number, _at(given, 0)
    assert asked is not None
    is_right = bool(NUMBER.fullmatch(typed)) and asked.low <= int(typed) <= asked.high
    around = f" (fra {asked.low} til {asked.high} tæller med)" if asked.low < asked.high else ""
    yield _row("", f"{typed} {asked.unit}", f"{asked.value} {asked.unit}{around}", is_right, asked.why)


def _gap_rows(question: Question, given: Sequence[str]) -> Iterator[dict[str, Any]]:
    for index, options in enumerate(question.gaps):
        right = next(option for option in options if option.correct)
        chosen = _at(given, index)
        row = _row(f"Hul {index + 1}", _text(options, chosen), right.text, chosen == right.id, right.why)
        yield row | {"others": [option for option in options if option is not right]}


_ROWS = {
    "single": _reason_rows, "multiple": _reason_rows, "truefalse": _reason_rows, "order": _order_rows,
    "match": _match_rows, "sort": _sort_rows, "number": _number_rows, "gap": _gap_rows,
}  # fmt: skip


def report(quiz: Quiz, log: Log) -> Mapping[str, Any]:
    """Each question with what was answered, whether it was right, and its parts with the reasons."""
    answers = answers_in(log)
    return {"questions": [_told(question, answers) for question in quiz.questions]}


def _told(question: Question, answers: Answers) -> dict[str, Any]:
    given = answers.get(question.id, [])
    lists = []
    if question.kind in ("single", "multiple", "truefalse"):
        # With reasons the second of the two answers is the reason: the ids may be the same.
        lists.append((question.options, given[:1] if question.reasons else given))
    if question.reasons:
        lists.append((question.reasons, given[1:]))
    return {
        "question": question,
        "lists": lists,
        "rows": [] if lists else rows(question, given),
        "is_right": is_right(question, answers),
        "text": _short(question),
    }
