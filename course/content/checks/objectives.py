"""Objectives: that each is named once, assessed in a way its column allows and, in a complete course,
covered.
"""

from course.content.catalogue import Column
from course.content.coverage import COLUMN_RULE, assessment_of, gather
from course.content.faults import FaultList
from course.content.reading import OBJECTIVES, CourseParts, File, Written
from course.content.schema import ActivityPart, ModuleFile, ObjectivePart, ObjectivesFile


def check(written: Written, faults: FaultList) -> None:
    if written.objectives is None:
        if OBJECTIVES not in written.texts and written.courses:
            faults.add(OBJECTIVES, 1, "filen mangler")
        return
    _check_list(written.objectives, faults)
    objectives = {objective.id: objective for objective in written.objectives.model.objectives}
    for parts in written.courses.values():
        for module in parts.modules.values():
            for index, activity in enumerate(module.model.activities):
                _check_activity(written, parts, module, index, activity, objectives, faults)
        _check_covered(written, parts, written.objectives, faults)


def _check_list(file: File[ObjectivesFile], faults: FaultList) -> None:
    seen: set[str] = set()
    for index, objective in enumerate(file.model.objectives):
        line = file.lines.of("objectives", index, "id")
        if objective.id in seen:
            faults.add(file.path, line, f"læringsmålet »{objective.id}« står to gange")
        seen.add(objective.id)
        if not objective.id.startswith(f"{objective.course}."):
            faults.add(file.path, line, f"læringsmålets id skal begynde med kursets: {objective.course}.")
        named = [part for part in objective.id.split(".") if part in set(Column)]
        if named and named[0] != objective.column:
            faults.add(file.path, line, f"læringsmålet hedder »{named[0]}«, men står i kolonnen »{objective.column}«")


def _check_activity(
    written: Written,
    parts: CourseParts,
    module: File[ModuleFile],
    index: int,
    activity: ActivityPart,
    objectives: dict[str, ObjectivePart],
    faults: FaultList,
) -> None:
    for key in ("teaches", "assesses"):
        for number, name in enumerate(getattr(activity, key)):
            line = module.lines.of("activities", index, key, number)
            objective = objectives.get(name)
            if objective is None:
                if name not in written.broken_ids:
                    faults.add(module.path, line, f"læringsmålet »{name}« findes ikke")
            elif objective.course != parts.folder:
                faults.add(module.path, line, f"læringsmålet »{name}« hører til kurset »{objective.course}«")
            elif key == "assesses" and not assessment_of(activity, parts) & COLUMN_RULE[objective.column].ways:
                faults.add(
                    module.path,
                    line,
                    f"»{name}« kan ikke vurderes her: {COLUMN_RULE[objective.column].words}",
                )


def _check_covered(written: Written, parts: CourseParts, file: File[ObjectivesFile], faults: FaultList) -> None:
    is_complete = parts.file is not None and parts.file.model.status == "complete"
    if not is_complete or written.has_broken_module(parts.folder):
        return
    lines = {objective.id: index for index, objective in enumerate(file.model.objectives)}
    for row in gather(written, parts):
        for word, where in (("undervises", row.taught), ("vurderes", row.assessed)):
            if not where:
                faults.add(
                    file.path,
                    file.lines.of("objectives", lines[row.objective], "id"),
                    f"læringsmålet »{row.objective}« {word} ingen steder, men »{parts.folder}« er complete",
                )
