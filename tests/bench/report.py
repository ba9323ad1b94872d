"""The speed table in words, with what was promised beside what was measured."""

from dataclasses import dataclass, field

from tests.bench.rates import Compared
from tests.bench.scale import Growth
from tests.bench.scene import STAFF_PAGES
from tests.bench.weight import Weight

RATIO = 0.35
QUERIES = 6
GROWTH = 1.3
SECONDS = 2.0
FIRST, AGAIN = 100_000, 15_000
MEGABYTES = 120


@dataclass
class Measured:
    """Everything that was measured on one kind of database."""

    database: str
    pages: list[Compared] = field(default_factory=list)
    save: Compared | None = None
    queries: dict[str, list[int]] = field(default_factory=dict)
    people: list[int] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    weights: dict[str, Weight] = field(default_factory=dict)
    seconds: float = 0.0
    memory: tuple[float, float] = (0.0, 0.0)


def table(found: Measured) -> str:
    """A Markdown section with one row a promise; a promise that is not kept is said to be so."""
    rows = [*rates(found), *queries(found), *growth(found), *costs(found), *weights(found)]
    head = ["| what | must reach | measured | kept |", "|---|---|---|---|"]
    return "\n".join([f"## {found.database}", "", *head, *rows, ""])


def row(what: str, wanted: str, measured: str, kept: bool) -> str:
    return f"| {what} | {wanted} | {measured} | {'yes' if kept else '**no**'} |"


def rates(found: Measured) -> list[str]:
    every = [*found.pages, *([found.save] if found.save else [])]
    return [
        row(
            each.name,
            f"≥ {RATIO} × floor",
            f"**{each.ratio:.2f}** × ({each.rate:.0f} of {each.floor:.0f}/s, {each.milliseconds:.0f} ms)",
            each.ratio >= RATIO,
        )
        for each in every
    ]


def queries(found: Measured) -> list[str]:
    sizes = " / ".join(str(size) for size in found.people)
    rows = []
    for name, counts in found.queries.items():
        most = None if name in STAFF_PAGES else QUERIES  # the promise to participants names a number
        rows.append(
            row(
                f"queries: {name} ({sizes} participants)",
                f"≤ {most}, constant" if most else "constant",
                " / ".join(str(count) for count in counts),
                len(set(counts)) == 1 and (most is None or counts[0] <= most),
            )
        )
    return rows


def growth(found: Measured) -> list[str]:
    return [
        row(
            f"{each.name}, 30 → 3,000 works in the instance",
            f"< {GROWTH} ×",
            f"**{each.times:.2f}** × ({each.few:.1f} → {each.many:.1f} ms)",
            each.times < GROWTH,
        )
        for each in found.growth
    ]


def costs(found: Measured) -> list[str]:
    rss, pss = found.memory
    return [
        row("first page after start", f"< {SECONDS:.0f} s", f"{found.seconds:.2f} s", found.seconds < SECONDS),
        row(
            "memory of a worker after the load",
            f"≤ {MEGABYTES} MB",
            f"{rss:.0f} MB (its share of shared pages counted: {pss:.0f} MB)",
            rss <= MEGABYTES,
        ),
    ]


def weights(found: Measured) -> list[str]:
    rows = []
    for name, each in found.weights.items():
        parts = (("HTML", each.html), ("CSS", each.css), ("JS", each.javascript), ("fonts", each.fonts))
        told = ", ".join(f"{part} {size / 1000:.1f}" for part, size in parts)
        rest = f", other {each.other / 1000:.1f}" if each.other else ""
        rows += [
            row(
                f"weight: {name}, first visit",
                f"≤ {FIRST // 1000} kB",
                f"{each.first / 1000:.1f} kB ({told}{rest})",
                each.first <= FIRST and not each.elsewhere,
            ),
            row(
                f"weight: {name}, return",
                f"≤ {AGAIN // 1000} kB",
                f"{each.again / 1000:.1f} kB",
                each.again <= AGAIN,
            ),
        ]
    return rows
