"""Reading an author's Markdown for what it names and what it must not hold, with the line of each.

Rendering says nothing about lines and repairs what it can; this looks at the text as written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from course.content import schema
from course.content.blocks import ACTIVITY, BOXES, MAP, RULE_OPTIONS, is_place
from course.content.markdown import slug

_CODE = re.compile(r"`[^`\n]*`")
_RAW_HTML = re.compile(r"<(?=[a-zA-Z/!?])")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+[^)]*)?\)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s", re.M)
_HEADING = re.compile(r"(#{1,6})\s*(.*?)\s*#*\s*")
_UNDERLINED = re.compile(r"(?:=+|-+)\s*")
_OPEN = re.compile(r" {0,3}(/{3,})\s*([\w-]+)\s*(?:\|\s*(.*?)\s*)?")
_CLOSE = re.compile(r" {0,3}(/{3,})\s*")
_OPTION = re.compile(r" {4}(\w+):\s*(.*?)\s*")
_ADDRESS = re.compile(r"(?P<scheme>https|mailto|module|page|figur):(?P<target>[^#]+)(?:#(?P<fragment>.+))?")
_RULE_SOURCE = re.compile(r"[\"']?(?:\d{3}[a-z]?|law), .+")
_TASK = re.compile(r" *[-*+] \[[ xX]\] ")


@dataclass(frozen=True, slots=True)
class Placed:
    """Something a text names. `offset` counts lines from 0."""

    offset: int
    what: str
    fragment: str = ""


@dataclass(slots=True)
class Outline:
    """What was found in a text.

    `links` hold "module:…", "page:…" and "figur:…"; `anchors` the headings' ids.
    """

    problems: list[tuple[int, str]] = field(default_factory=list)
    activities: list[Placed] = field(default_factory=list)
    links: list[Placed] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _OpenBlock:
    offset: int
    slashes: int
    name: str
    in_options: bool = True
    options: dict[str, str] = field(default_factory=dict)


def outline(text: str, *, page: bool) -> Outline:
    """Read a text; a page may have headings, activities and inner links, other texts may not."""
    found = Outline()
    masked = _CODE.sub(lambda code: " " * len(code[0]), text)
    _read_lines(masked, found, page=page)
    for link in _LINK.finditer(masked):
        _read_link(link, masked.count("\n", 0, link.start()), found, page=page)
    for html in _RAW_HTML.finditer(masked):
        found.problems.append((masked.count("\n", 0, html.start()), "rå HTML kan ikke bruges: skriv Markdown"))
    for reference in _REFERENCE.finditer(masked):
        offset = masked.count("\n", 0, reference.start())
        found.problems.append((offset, "skriv linkets adresse i parentes lige efter teksten: [tekst](adresse)"))
    return found


def _read_lines(text: str, found: Outline, *, page: bool) -> None:
    blocks: list[_OpenBlock] = []
    level = 1
    previous = ""
    for offset, line in enumerate(text.split("\n")):
        if _read_block_line(line, offset, blocks, found, page=page):
            previous = ""
            continue
        if blocks and blocks[-1].name == MAP:
            found.problems.extend((offset, problem) for problem in _map_problems(line))
            continue
        if _TASK.match(line):
            found.problems.append((offset, "afkrydsningslister kan ikke bruges: lav en aktivitet"))
        heading = _HEADING.fullmatch(line)
        if heading:
            level = _read_heading(heading, offset, level, found, page=page)
        elif previous.strip() and _UNDERLINED.fullmatch(line):
            found.problems.append((offset, "skriv overskrifter med ## foran"))
        previous = line
    for block in blocks:
        found.problems.append((block.offset, f"»/// {block.name}« lukkes ikke med ///"))


def _read_heading(heading: re.Match[str], offset: int, level: int, found: Outline, *, page: bool) -> int:
    new = len(heading[1])
    if not page:
        found.problems.append((offset, "overskrifter kan kun stå på sider"))
    elif new == 1:
        found.problems.append((offset, "sidens titel er allerede dens overskrift: begynd med ##"))
    elif new > 5 or new > level + 1:
        found.problems.append((offset, f"overskriften springer et niveau over: brug {'#' * min(5, level + 1)}"))
    if not heading[2]:
        found.problems.append((offset, "overskriften er tom"))
    found.anchors.add(slug(heading[2]))
    return max(new, 2)


def _read_block_line(line: str, offset: int, blocks: list[_OpenBlock], found: Outline, *, page: bool) -> bool:
    """Read a line that opens, closes or sets an option of a block; False for any other line."""
    closing = _CLOSE.fullmatch(line)
    if closing:
        _close(len(closing[1]), offset, blocks, found)
        return True
    opening = _OPEN.fullmatch(line)
    if opening:
        _open(opening, offset, blocks, found, page=page)
        return True
    if blocks and blocks[-1].in_options:
        option = _OPTION.fullmatch(line)
        if option:
            blocks[-1].options[option[1]] = option[2]
            return True
        _end_options(blocks[-1], found)
    return False


def _open(opening: re.Match[str], offset: int, blocks: list[_OpenBlock], found: Outline, *, page: bool) -> None:
    name, argument = opening[2], opening[3] or ""
    if blocks:
        _end_options(blocks[-1], found)
    if name == ACTIVITY:
        _place_activity(argument, offset, blocks, found, page=page)
    elif name == MAP and not (page and argument):
        found.problems.append(
            (offset, "et kort skal have en overskrift og kan kun stå på sider: /// map | Kort over …")
        )
    elif name not in BOXES and name != MAP:
        names = ", ".join((ACTIVITY, MAP, *BOXES))
        found.problems.append((offset, f"blokken »{name}« findes ikke: vælg mellem {names}"))
    if name in BOXES or name == MAP:
        found.anchors.add(slug(argument or BOXES.get(name, "")))
    if blocks and len(opening[1]) >= blocks[-1].slashes:
        problem = f"»{name}« står inde i »{blocks[-1].name}«: luk den først, eller giv den ydre flere skråstreger"
        found.problems.append((offset, problem))
    blocks.append(_OpenBlock(offset, len(opening[1]), name))


def _map_problems(line: str) -> Iterator[str]:
    """A map holds a picture and a list of places, and nothing else."""
    item = line.strip()
    if item.startswith("- ") and not is_place(item[2:]):
        yield "et sted på kortet skrives: - [Nakken](#nakken) 50 15 højre 10, alle tal i spring på 5"
    elif item and not item.startswith(("- ", "![")):
        yield "et kort rummer kun et billede og en liste af steder"


def _place_activity(argument: str, offset: int, blocks: list[_OpenBlock], found: Outline, *, page: bool) -> None:
    if not page:
        found.problems.append((offset, "aktiviteter kan kun stå på sider"))
    elif not argument:
        found.problems.append((offset, "skriv aktivitetens id efter stregen: /// activity | gp-02.confidence"))
    elif blocks:
        found.problems.append((offset, "en aktivitet kan ikke stå inde i en boks"))
    else:
        found.activities.append(Placed(offset, argument))


def _close(slashes: int, offset: int, blocks: list[_OpenBlock], found: Outline) -> None:
    if not blocks or slashes != blocks[-1].slashes:
        found.problems.append((offset, "/// lukker ikke noget her"))
        return
    _end_options(blocks[-1], found)
    blocks.pop()


def _end_options(block: _OpenBlock, found: Outline) -> None:
    if not block.in_options:
        return
    block.in_options = False
    found.problems.extend((block.offset, problem) for problem in _option_problems(block))


def _option_problems(block: _OpenBlock) -> Iterator[str]:
    allowed = RULE_OPTIONS if block.name == "rule" else ()
    for key in block.options:
        if key not in allowed:
            yield f"»/// {block.name}« har ikke »{key}«"
    if block.name == "rule":
        yield from _rule_problems(block.options)


def _rule_problems(options: dict[str, str]) -> Iterator[str]:
    for key in ("checked", "source"):
        if not options.get(key):
            yield f"reglen mangler »{key}:« på linjerne under, rykket fire mellemrum ind"
    for key in ("valid_from", "checked"):
        if options.get(key):
            yield from _day_problems(options[key])
    source = options.get("source")
    if source and not _RULE_SOURCE.fullmatch(source):
        yield f"kilden »{source}« skal skrives som 000, Bilag 5"


def _day_problems(text: str) -> Iterator[str]:
    try:
        schema.real_date(text.strip("\"'"))
    except ValueError as error:
        yield str(error)


def _read_link(link: re.Match[str], offset: int, found: Outline, *, page: bool) -> None:
    is_image, text, address = link[1] == "!", link[2].strip(), link[3]
    if not text:
        found.problems.append(
            (
                offset,
                "billedet mangler en tekst til dem, der ikke ser det" if is_image else "linket mangler en tekst",
            )
        )
    if address.startswith("#") and page and not is_image:
        found.links.append(Placed(offset, "", address[1:]))
        return
    parts = _ADDRESS.fullmatch(address)
    if not parts or (parts["scheme"] == "figur") != is_image:
        found.problems.append((offset, _address_problem(address, is_image=is_image)))
    elif parts["scheme"] in ("module", "page", "figur"):
        if not page:
            found.problems.append((offset, "links til moduler og sider og billeder kan kun stå på sider"))
        else:
            found.links.append(Placed(offset, f"{parts['scheme']}:{parts['target']}", parts["fragment"] or ""))


def _address_problem(address: str, *, is_image: bool) -> str:
    if is_image:
        return f"billedet »{address}« skal ligge i modulets mappe og skrives figur:navn.svg"
    return f"adressen »{address}« kan ikke bruges: skriv https:, mailto:, module:, page: eller #overskrift"
