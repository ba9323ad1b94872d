"""Requests a second beside the floor: measured in turn, so that both see the same machine."""

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from tests.bench.load import Request, Result, load
from tests.bench.scene import LANES, PAGES
from tests.drill.server import Server
from tests.drill.web import FORM, Browser, form, message
from tests.drill.world import World
from tests.drill.writing import DIGITS
from tests.factories import ROOT, case_data, form_of

SECONDS = 2.0
ROUNDS = 5
TEXT = 3000


@dataclass(frozen=True, slots=True)
class Compared:
    """The middle of some rounds: requests a second of the floor and of the product, and their ratio."""

    name: str
    floor: float
    rate: float
    ratio: float
    milliseconds: float


def compare(name: str, floor: tuple[Server, Request], product: tuple[Server, Request]) -> Compared:
    """Load both in turn. Raises when either answers anything but 200."""
    for server, request in (floor, product):
        measured(server, request, SECONDS / 2)
    rounds = [(measured(*floor, SECONDS), measured(*product, SECONDS)) for _ in range(ROUNDS)]
    return Compared(
        name=name,
        floor=statistics.median(low.rate for low, _ in rounds),
        rate=statistics.median(high.rate for _, high in rounds),
        ratio=statistics.median(high.rate / low.rate for low, high in rounds),
        milliseconds=statistics.median(high.milliseconds() for _, high in rounds),
    )


def measured(server: Server, request: Request, seconds: float) -> Result:
    result = load(server.port, request, seconds, LANES)
    if result.refused:
        raise AssertionError(f"{len(result.refused)} answers were not 200: {result.refused[0][:600]!r}")
    return result


def pages(floor: Server, product: Server, people: World, who: Sequence[Browser]) -> Iterator[Compared]:
    """Every kind of signed-in page beside one SELECT and one small template."""
    for name, path in PAGES.items():
        address = path.format(run=people.run_id)
        requests = [message("GET", address, browser.headers()) for browser in who]
        yield compare(name, (floor, floor_page), (product, lambda lane, _, of=requests: of[lane]))


def saves(floor: Server, product: Server, people: World, who: Sequence[Browser]) -> Compared:
    """Saving a revision of 3 kB beside a single INSERT of 3 kB, both with synchronous=FULL."""
    path = f"/runs/{people.run_id}/activities/gp-05.case/good/steps/events/autosave"
    answers, text, body = step_answers(), prose(TEXT), prose(TEXT).encode()
    saved = [1] * len(who)  # the scene has saved each of these works once

    def insert(lane: int, _: int) -> bytes:
        return message("POST", f"/person/{lane + 1}/line", body=body)

    def save(lane: int, _: int) -> bytes:
        number, saved[lane] = saved[lane], saved[lane] + 1
        fields = {
            **answers,
            "did": f"{spelt(number)} {text}",
            "base_no": str(number),
            "save_id": str(uuid4()),
        }
        return message("POST", path, [*who[lane].headers(), FORM, ("X-CSRFToken", who[lane].token)], form(fields))

    return compare("save a revision of 3 kB", (floor, insert), (product, save))


def floor_page(lane: int, _: int) -> bytes:
    return message("GET", f"/person/{lane + 1}")


def step_answers() -> dict[str, str]:
    """The other fields of the step, answered shortly."""
    asked = {field.id for field in form_of("gp-05.case").step("events").fields}
    return {name: value for name, value in case_data().items() if name in asked}


def prose(length: int) -> str:
    """Danish as people write it: the guard has to read it as it would read them."""
    pages = sorted((ROOT / "modules" / "gp").glob("*/*.md"))
    text = " ".join(page.read_text("utf-8") for page in pages)
    return " ".join(re.findall(r"[a-zæøåA-ZÆØÅ,.]+", text))[:length]


def spelt(number: int) -> str:
    return " ".join(DIGITS[int(digit)] for digit in str(number))
