"""Markdown pages: that each is used, and that what it places and links to exists."""

from course.content.faults import FaultList
from course.content.reading import CourseParts, File, PageText, Written
from course.content.schema import ModuleFile

STAFF_ONLY = ("facilitator", "projector")
"""The audiences of pages a participant never sees."""

DANGEROUS_SVG = ("<script", "<foreignobject", "javascript:", "<!entity", "onload=", "onclick=")


def check(written: Written, faults: FaultList) -> None:
    used: set[str] = set()
    figures: set[str] = set()
    for parts in written.courses.values():
        anchors = _anchors(written, parts)
        for module in parts.modules.values():
            used |= _check_module(written, parts, module, anchors, figures, faults)
    for path, page in written.pages.items():
        if path not in used and path.rpartition("/")[0] not in written.broken_folders:
            faults.add(path, 1, "siden bruges ikke: skriv den i module.yaml, eller slet filen")
        for offset, message in page.outline.problems:
            faults.add(path, offset + 1, message)
    for path, data in written.figures.items():
        is_used = path in figures or path.rpartition("/")[0] in written.broken_folders
        _check_figure(path, data, is_used, faults)


def _anchors(written: Written, parts: CourseParts) -> dict[str, set[str]]:
    """Return the ids of headings of every page, by "module/page"."""
    return {
        f"{module.model.id}/{page.id}": found.outline.anchors
        for module in parts.modules.values()
        for page in module.model.pages
        if (found := written.pages.get(f"{module.folder}/{page.file}"))
    }


def _check_module(
    written: Written,
    parts: CourseParts,
    module: File[ModuleFile],
    anchors: dict[str, set[str]],
    figures: set[str],
    faults: FaultList,
) -> set[str]:
    used: set[str] = set()
    for index, page in enumerate(module.model.pages):
        path = f"{module.folder}/{page.file}"
        text = written.pages.get(path)
        if path in used:
            faults.add(module.path, module.lines.of("pages", index, "file"), f"filen »{page.file}« bruges to gange")
        elif text is None:
            if path not in written.texts and path not in {fault.path for fault in faults}:
                faults.add(module.path, module.lines.of("pages", index, "file"), f"filen »{page.file}« findes ikke")
        else:
            if page.id not in {earlier.id for earlier in module.model.pages[:index]}:
                _check_placed(written, module, page.id, text, faults)
            _check_links(written, parts, module, text, anchors, figures, faults)
            if page.audience not in STAFF_ONLY:
                _check_reach(parts, text, faults)
        used.add(path)
    return used


def _check_placed(written: Written, module: File[ModuleFile], page_id: str, text: PageText, faults: FaultList) -> None:
    activities = {activity.id: activity for activity in module.model.activities}
    placed: set[str] = set()
    for place in text.outline.activities:
        name = place.what
        activity = activities.get(name)
        if activity is None:
            if name not in written.broken_ids:
                faults.add(text.path, place.offset + 1, f"aktiviteten »{name}« findes ikke i modulet")
        elif name in placed:
            faults.add(text.path, place.offset + 1, f"aktiviteten »{name}« står allerede på siden")
        elif activity.page != page_id:
            faults.add(
                text.path,
                place.offset + 1,
                f"aktiviteten »{name}« hører til siden »{activity.page}« (module.yaml)",
            )
        placed.add(name)
    for index, activity in enumerate(module.model.activities):
        if activity.page == page_id and activity.id not in placed:
            faults.add(
                module.path,
                module.lines.of("activities", index, "page"),
                f"aktiviteten står ikke på siden: skriv /// activity | {activity.id} i {text.path}",
            )


def _check_links(
    written: Written,
    parts: CourseParts,
    module: File[ModuleFile],
    text: PageText,
    anchors: dict[str, set[str]],
    figures: set[str],
    faults: FaultList,
) -> None:
    for link in text.outline.links:
        scheme, _, target = link.what.partition(":")
        if scheme == "figur":
            figures.add(f"{module.folder}/{target}")
        headings = _headings_of(written, parts, module, text, anchors, link.what)
        if headings is None:
            if target.partition("/")[0] not in written.broken_ids:
                faults.add(text.path, link.offset + 1, f"»{link.what}« findes ikke{_hint(scheme, target)}")
        elif link.fragment and link.fragment not in headings:
            faults.add(text.path, link.offset + 1, f"overskriften »#{link.fragment}« findes ikke på siden")


def _check_reach(parts: CourseParts, text: PageText, faults: FaultList) -> None:
    """Report links on a page for participants that lead to a page they cannot see."""
    for link in text.outline.links:
        scheme, _, target = link.what.partition(":")
        name, _, page_id = target.partition("/")
        module = parts.modules.get(name) if scheme == "page" else None
        audiences = {page.id: page.audience for page in module.model.pages} if module else {}
        if audiences.get(page_id) in STAFF_ONLY:
            message = f"»{link.what}« er kun for kursuslederen: kursister kan ikke følge linket"
            faults.add(text.path, link.offset + 1, message)


def _headings_of(
    written: Written,
    parts: CourseParts,
    module: File[ModuleFile],
    text: PageText,
    anchors: dict[str, set[str]],
    what: str,
) -> set[str] | None:
    """Return the ids one may link to in what a link names, or None when it does not exist."""
    scheme, _, target = what.partition(":")
    if scheme == "module":
        return set() if target in parts.modules else None
    if scheme == "page":
        return anchors.get(target)
    if scheme == "figur":
        return set() if f"{module.folder}/{target}" in written.figures else None
    return text.outline.anchors


def _hint(scheme: str, target: str) -> str:
    if scheme == "page" and "/" not in target:
        return ": skriv page:modul/side"
    return ": billedet skal ligge i modulets mappe" if scheme == "figur" else ""


def _check_figure(path: str, data: bytes, is_used: bool, faults: FaultList) -> None:
    if not is_used:
        faults.add(path, 1, "billedet bruges ikke på nogen side i modulet")
    if path.lower().endswith(".svg"):
        text = data.decode("utf-8", "replace").lower()
        for dangerous in DANGEROUS_SVG:
            if dangerous in text:
                line = text.count("\n", 0, text.index(dangerous)) + 1
                faults.add(path, line, f"billedet rummer »{dangerous}«, som ikke kan bruges")
