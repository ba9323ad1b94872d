"""Teaching cases and rubrics."""

from collections.abc import Iterator, Mapping

from course.content.checks.courses import doubled
from course.content.checks.forms import check_markdown
from course.content.faults import FaultList
from course.content.reading import File, Written
from course.content.schema import AnchorPart, CaseFile, RubricFile


def check(written: Written, faults: FaultList) -> None:
    for case in written.cases.values():
        _check_case(written, case, faults)
    for rubric in written.rubrics.values():
        _check_rubric(rubric, faults)


def _check_case(written: Written, case: File[CaseFile], faults: FaultList) -> None:
    model = case.model
    doubled(case, ("perspectives",), (perspective.id for perspective in model.perspectives), faults)
    for index, course in enumerate(model.courses):
        if course not in written.courses:
            faults.add(case.path, case.lines.of("courses", index), f"kurset »{course}« findes ikke")
    check_markdown(case, ("story",), model.story, faults)
    for index, perspective in enumerate(model.perspectives):
        check_markdown(case, ("perspectives", index, "text"), perspective.text, faults)


def _check_rubric(rubric: File[RubricFile], faults: FaultList) -> None:
    model = rubric.model
    check_markdown(rubric, ("intro",), model.intro, faults)
    doubled(rubric, ("criteria",), (criterion.id for criterion in model.criteria), faults)
    doubled(rubric, ("anchors",), (anchor.id or f"[{n}]" for n, anchor in enumerate(model.anchors)), faults)
    levels = {criterion.id: len(criterion.levels) for criterion in model.criteria}
    for index, anchor in enumerate(model.anchors):
        for key, message in _anchor_problems(anchor, levels):
            faults.add(rubric.path, rubric.lines.of("anchors", index, *key), message)


def _anchor_problems(anchor: AnchorPart, levels: Mapping[str, int]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give what is wrong with one anchor: the keys that lead to it, and a sentence."""
    for key in ("id", "why"):
        if getattr(anchor, key) is None:
            yield (), f"nøglen »{key}« mangler"
    if set(anchor.levels) != set(levels):
        yield ("levels",), "teksten skal have et trin for hvert kriterium, og kun dem"
    for name, level in anchor.levels.items():
        if level >= levels.get(name, level + 1):
            yield ("levels",), f"kriteriet »{name}« har ikke noget trin {level}"
    if anchor.why is not None and set(anchor.why) != set(levels):
        yield ("why",), "teksten skal have en begrundelse for hvert kriterium, og kun dem"
