"""Whether a quiz can be answered rightly, explains itself and cannot be won by a trick."""

from collections.abc import Iterable, Iterator

from course.content.kinds import Problem

from .schema import QuestionPart, QuizPart
from .spec import GAP

ENOUGH = 5
"""Fewer single questions than this say nothing about tricks."""

MOST_BY_TRICK = 0.6
"""Who always picks the longest answer gets at most this share right."""


def problems(model: QuizPart) -> Iterator[Problem]:
    """Give everything that is wrong with a quiz."""
    yield from _doubled(("questions",), (question.id for question in model.questions))
    for index, question in enumerate(model.questions):
        here = ("questions", index)
        yield from _doubled((*here, "options"), (option.id for option in question.options))
        for key, message in question_problems(question):
            yield (*here, key), message
    yield from _trick_problems(model)


def _doubled(path: tuple[str | int, ...], ids: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(ids):
        if name in seen:
            yield (*path, index, "id"), f"id »{name}« står to gange"
        seen.add(name)


def _trick_problems(model: QuizPart) -> Iterator[Problem]:
    singles = [question for question in model.questions if question.kind == "single"]
    won = sum(is_longest_right(question) for question in singles)
    if len(singles) >= ENOUGH and won > MOST_BY_TRICK * len(singles):
        yield (
            ("questions",),
            f"det længste svar er rigtigt i {won} af {len(singles)} spørgsmål: det må højst være i 60 %",
        )


def question_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    """Give what is wrong with a question's answers: the key and a sentence."""
    wanted = NEEDED[question.kind]
    for key in KEYS:
        if key == wanted and not getattr(question, key):
            yield key, f"et spørgsmål af slagsen {question.kind} skal have »{key}«"
        elif getattr(question, key) and key not in (wanted, *ALSO.get(question.kind, ())):
            yield key, f"et spørgsmål af slagsen {question.kind} kan ikke have »{key}«"
    yield from _stray_problems(question)
    yield from _OF_KIND[question.kind](question)


NEEDED = {
    "single": "options", "multiple": "options", "truefalse": "options", "order": "options", "match": "options",
    "sort": "options", "number": "answer", "gap": "gaps",
}  # fmt: skip
ALSO = {"truefalse": ("reasons",), "sort": ("groups",)}
KEYS = ("options", "reasons", "groups", "gaps", "answer")


def _stray_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    """Keys of an answer that its kind of question does not read."""
    for key, kinds in (("to", ("match",)), ("group", ("sort",)), ("correct", ("single", "multiple", "truefalse"))):
        if question.kind not in kinds and any(getattr(option, key) for option in question.options):
            yield "options", f"»{key}« hører ikke til et spørgsmål af slagsen {question.kind}"


def _choice_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    if not question.options:
        return
    right = sum(option.correct for option in question.options)
    if right == 0:
        yield "options", "intet svar er rigtigt: skriv correct: true ved det rigtige"
    elif right > 1 and question.kind != "multiple":
        yield "options", f"{right} svar er rigtige: skriv kind: multiple, eller lad kun et være rigtigt"
    elif right == len(question.options):
        yield "options", "alle svar er rigtige: så er der intet at vælge"
    if question.kind == "truefalse" and len(question.options) != 2:
        yield "options", "et spørgsmål af slagsen truefalse skal have netop to svar"
    if question.reasons and sum(reason.correct for reason in question.reasons) != 1:
        yield "reasons", "netop én begrundelse skal være rigtig: skriv correct: true ved den"


def _order_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    if len({option.text for option in question.options}) != len(question.options):
        yield "options", "to linjer er ens: så kan rækkefølgen ikke afgøres"


def _match_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    if any(option.to is None for option in question.options):
        yield "options", "hvert svar skal have »to«: det, det hører sammen med"
    elif len({option.to for option in question.options}) < 2:
        yield "options", "alt hører sammen med det samme: så er der intet at vælge"


def _sort_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    known = {group.id for group in question.groups}
    if not known:
        yield "groups", "et spørgsmål af slagsen sort skal have »groups«"
        return
    if len(known) != len(question.groups):
        yield "groups", "to grupper har samme id"
    for option in question.options:
        if option.group not in known:
            yield "options", f"svaret »{option.id}« skal have »group« med en af grupperne: {', '.join(sorted(known))}"
    if len({option.group for option in question.options}) < 2:
        yield "options", "alle svar hører til i samme gruppe: så er der intet at sortere"


def _number_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    answer = question.answer
    if answer is None:
        return
    low = answer.value if answer.from_ is None else answer.from_
    high = answer.value if answer.to is None else answer.to
    if not low <= answer.value <= high:
        yield "answer", f"{answer.value} ligger ikke fra {low} til {high}"


def _gap_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    places = [int(found) for found in GAP.findall(question.text)]
    if places != list(range(1, len(question.gaps) + 1)):
        yield "text", f"teksten skal have hullerne {{1}} til {{{len(question.gaps)}}}, hvert én gang og i orden"
    for number, gap in enumerate(question.gaps, 1):
        if sum(option.correct for option in gap.options) != 1:
            yield "gaps", f"hul {number} skal have netop ét rigtigt svar: skriv correct: true ved det"
        if len({option.id for option in gap.options}) != len(gap.options):
            yield "gaps", f"hul {number} har to svar med samme id"


_OF_KIND = {
    "single": _choice_problems, "multiple": _choice_problems, "truefalse": _choice_problems, "order": _order_problems,
    "match": _match_problems, "sort": _sort_problems, "number": _number_problems, "gap": _gap_problems,
}  # fmt: skip


def is_longest_right(question: QuestionPart) -> bool:
    """Whether one answer is longer than all others, and right."""
    by_length = sorted(question.options, key=lambda option: len(option.text), reverse=True)
    return len(by_length) > 1 and by_length[0].correct and len(by_length[0].text) > len(by_length[1].text)
