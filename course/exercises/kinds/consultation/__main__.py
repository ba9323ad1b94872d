"""`python -m course.exercises.kinds.consultation FILE…`: check talks on their own, outside a course."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from course.content import messages
from course.content.faults import FaultList
from course.content.language import measure
from course.content.yaml_source import decode, parse

from . import paths, rules
from .problems import hangs_together, plain, problems
from .schema import ConsultationPart
from .talk import Talk, build


def read(path: str, data: bytes, faults: FaultList) -> Talk | None:
    """Return the talk of a file when its ids fit; every fault goes to `faults`."""
    text = decode(path, data, faults)
    parsed = None if text is None else parse(path, text, faults)
    if parsed is None:
        return None
    try:
        model = ConsultationPart.model_validate(parsed.value)
    except ValidationError as error:
        messages.report(path, ConsultationPart, parsed, error, faults)
        return None
    for keys, sentence in problems(model):
        faults.add(path, parsed.lines.of(*keys), sentence)
    return build(model, plain) if hangs_together(model) else None


def told(talk: Talk) -> Iterator[str]:
    """Give the figures of a talk, a line each; none when it cannot be walked to its end."""
    try:
        found = paths.survey(talk)
    except (rules.NotOffered, paths.TooMany):
        return
    span = sorted({found.rest.fewest, found.rest.most})
    yield f"  {len(talk.scenes)} scener, {found.rest.paths} veje, {'–'.join(map(str, span))} beslutninger på hver"
    words = measure(_paragraphs(talk))
    yield f"  {words.words} ord, LIX {words.lix}"
    yield f"  bedste sum {found.rest.best}: {' → '.join(found.rest.best_way)}"
    yield f"  ekspertens vej {talk.best}: {' → '.join(talk.expert)}"
    for name, rule in paths.LAZY.items():
        state = paths.lazy(talk, rule)
        ends = talk.scenes[state.scene].ends
        points = rules.score(talk, state).points
        yield f"  altid {name}: {paths.percent(talk, state)} % ({points} af {talk.best}, ender {ends})"


def _paragraphs(talk: Talk) -> Iterator[str]:
    texts = [*(scene.says_html for scene in talk.scenes.values()), talk.thinking_html]
    for choice in talk.choices.values():
        texts += [choice.text, *choice.feedback]
    for text in texts:
        yield from str(text).split("\n\n")


def main(arguments: Sequence[str]) -> int:
    """Print faults and figures of each file; 1 if there is any fault."""
    failed = False
    for name in arguments:
        faults = FaultList()
        talk = read(name, Path(name).read_bytes(), faults)
        failed = failed or len(faults) > 0
        for fault in faults:
            print(fault)
        print(f"{name}: {len(faults)} fejl")
        if talk is not None:
            print("\n".join(told(talk)))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
