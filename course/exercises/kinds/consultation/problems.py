"""What `course check` says about a talk: where in the file, and a Danish sentence.

Ids come first; only a talk whose parts find each other is walked through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from course.content.prose import outline

from . import paths, rules
from .conditions import MINUTES, Condition, parse
from .schema import ChoicePart, ConsultationPart
from .talk import Talk, build

Keys = tuple[str | int, ...]
Problem = tuple[Keys, str]

FEWEST_SCENES, MOST_SCENES = 8, 20
FEWEST_DECISIONS, MOST_DECISIONS = 3, 5
OPTIONS = 3
"""What a decision is met with, each time: three plausible choices."""
MOST_BY_RULE = 60
"""Percent of the best that a lazy rule may earn."""
MOST_PATHS = 5_000
"""More ways than this nobody can review."""


def problems(model: ConsultationPart) -> Iterator[Problem]:
    """Give everything that is wrong with a talk."""
    yield from at_a_glance(model)
    yield from of_the_ways(model)


def at_a_glance(model: ConsultationPart) -> Iterator[Problem]:
    """Give what is wrong with the parts of a talk."""
    yield from _names(model)
    yield from _shapes(model)
    yield from _texts(model)


def of_the_ways(model: ConsultationPart) -> Iterator[Problem]:
    """Give what shows when every way through a talk is walked."""
    if hangs_together(model):
        yield from _ways(model, build(model, plain))


def hangs_together(model: ConsultationPart) -> bool:
    """Whether every id of a talk is there once, so that it can be built and walked through."""
    return next(_names(model), None) is None


def plain(text: str | None) -> Markup:
    """A text as written, for looking through a talk and for paper in a terminal."""
    return Markup(text or "")


# --- ids


def _choices(model: ConsultationPart) -> Iterator[tuple[Keys, ChoicePart]]:
    for s, scene in enumerate(model.scenes):
        for c, choice in enumerate(scene.choices):
            yield ("scenes", s, "choices", c), choice


def _conditions(model: ConsultationPart) -> Iterator[tuple[Keys, Condition]]:
    for keys, choice in _choices(model):
        for n, text in enumerate(choice.when):
            yield (*keys, "when", n), parse(text)
        for w, way in enumerate(choice.to):
            for n, text in enumerate(way.when):
                yield (*keys, "to", w, "when", n), parse(text)


def _names(model: ConsultationPart) -> Iterator[Problem]:
    """Give what is doubled, and what names something that is not there."""
    yield from _doubled((("scenes", s, "id"), scene.id) for s, scene in enumerate(model.scenes))
    yield from _doubled(((*keys, "id"), choice.id) for keys, choice in _choices(model))
    yield from _doubled((("counters", n, "id"), counter.id) for n, counter in enumerate(model.counters))
    yield from _unknown_scenes(model)
    yield from _unknown_counters(model)
    known = {choice.id for _, choice in _choices(model)}
    for n, choice in enumerate(model.expert.path):
        if choice not in known:
            yield ("expert", "path", n), f"valget »{choice}« findes ikke"
    yield from _clock(model)


def _doubled(found: Iterable[tuple[Keys, str]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for keys, name in found:
        if name in seen:
            yield keys, f"id »{name}« står to gange"
        seen.add(name)


def _unknown_scenes(model: ConsultationPart) -> Iterator[Problem]:
    known = {scene.id for scene in model.scenes}
    named: list[tuple[Keys, str]] = [(("start",), model.start)]
    if model.time_up is not None:
        named.append((("time_up",), model.time_up))
    for keys, choice in _choices(model):
        named += [((*keys, "to", n, "scene"), way.scene) for n, way in enumerate(choice.to)]
    for keys, scene in named:
        if scene not in known:
            yield keys, f"scenen »{scene}« findes ikke"


def _unknown_counters(model: ConsultationPart) -> Iterator[Problem]:
    known = {counter.id for counter in model.counters}
    if MINUTES in known:
        yield ("counters",), f"en tæller kan ikke hedde »{MINUTES}«: ordet står for de minutter, der er tilbage"
    for keys, choice in _choices(model):
        for name in choice.effects:
            if name not in known:
                yield (*keys, "effects", name), f"tælleren »{name}« findes ikke"
    for keys, condition in _conditions(model):
        if condition.is_number and condition.name not in known | {MINUTES}:
            yield keys, f"tælleren »{condition.name}« findes ikke"
        elif not condition.is_number and condition.name in known:
            yield keys, f"»{condition.name}« er en tæller: skriv et tal efter, fx »{condition.name} >= 3«"


def _clock(model: ConsultationPart) -> Iterator[Problem]:
    if model.minutes and model.time_up is None:
        yield ("minutes",), "nøglen »time_up« mangler: skriv den scene, der kommer, når minutterne er brugt"
    if not model.minutes and model.time_up is not None:
        yield ("time_up",), "»time_up« hører kun til, når »minutes« er mere end 0"
    if not model.minutes:
        for keys, condition in _conditions(model):
            if condition.name == MINUTES:
                yield keys, "betingelsen spørger til minutter, men »minutes« er 0"


# --- shapes


def _shapes(model: ConsultationPart) -> Iterator[Problem]:
    if not FEWEST_SCENES <= len(model.scenes) <= MOST_SCENES:
        yield ("scenes",), f"{len(model.scenes)} scener: skriv {FEWEST_SCENES}–{MOST_SCENES}"
    for s in range(len(model.scenes)):
        yield from _scene_shape(model, s)
    yield from _flags(model)
    yield from _counter_use(model)


def _scene_shape(model: ConsultationPart, s: int) -> Iterator[Problem]:
    scene = model.scenes[s]
    keys = ("scenes", s)
    if scene.ends is not None:
        if scene.choices or scene.decision:
            yield keys, "en slutning (»ends«) har ingen valg"
        return
    if not scene.choices:
        yield keys, "blindgyde: skriv valg (»choices«), eller lad scenen være en slutning (»ends«)"
    elif not 2 <= len(scene.choices) <= (6 if scene.decision else 4):
        yield (*keys, "choices"), f"{len(scene.choices)} valg: skriv 2–4"
    for c, choice in enumerate(scene.choices):
        yield from _choice_shape((*keys, "choices", c), choice, scene.decision)


def _choice_shape(keys: Keys, choice: ChoicePart, is_decision: bool) -> Iterator[Problem]:
    for key in ("value", "work"):
        if is_decision and getattr(choice, key) is None:
            yield keys, f"nøglen »{key}« mangler: valget hører til en beslutning"
        if not is_decision and getattr(choice, key) is not None:
            yield (*keys, key), f"»{key}« hører kun til i en beslutning (»decision: true«)"
    if choice.value == "harmful" and not (choice.effects or choice.sets):
        yield (*keys, "value"), "et skadeligt valg skal få følger: skriv »effects« eller »sets«"
    if choice.to[-1].when:
        yield (*keys, "to"), "den sidste vej skal være uden betingelser, så der altid er en"
    for w, way in enumerate(choice.to[:-1]):
        if not way.when:
            yield (*keys, "to", w), "vejen har ingen betingelse, så vejene efter den bliver aldrig taget"


def _flags(model: ConsultationPart) -> Iterator[Problem]:
    asked = {condition.name for _, condition in _conditions(model) if not condition.is_number}
    is_set = {name for _, choice in _choices(model) for name in choice.sets}
    for keys, choice in _choices(model):
        for n, name in enumerate(choice.sets):
            if name not in asked:
                yield (*keys, "sets", n), f"»{name}« huskes, men ingen betingelse spørger til det"
    for keys, condition in _conditions(model):
        if not condition.is_number and condition.name not in is_set:
            yield keys, f"»{condition.name}« huskes aldrig: skriv det ved »sets« på et valg"


def _counter_use(model: ConsultationPart) -> Iterator[Problem]:
    changed = {name for _, choice in _choices(model) for name, change in choice.effects.items() if change}
    asked = {condition.name for _, condition in _conditions(model) if condition.is_number}
    for n, counter in enumerate(model.counters):
        if counter.id not in changed:
            yield ("counters", n), f"tælleren »{counter.id}« bruges ikke: intet valg ændrer den"
        elif counter.id not in asked:
            yield ("counters", n), f"tælleren »{counter.id}« bruges ikke: ingen betingelse spørger til den"


def texts(model: ConsultationPart) -> Iterator[tuple[Keys, str]]:
    """Give every Markdown text of a talk but its intro, with its place; a feedback is plain text."""
    for s, scene in enumerate(model.scenes):
        yield ("scenes", s, "says"), scene.says
    yield ("expert", "thinking"), model.expert.thinking


def _texts(model: ConsultationPart) -> Iterator[Problem]:
    for keys, text in texts(model):
        yield from ((keys, message) for _, message in outline(text, page=False).problems)


# --- the ways through


def _ways(model: ConsultationPart, talk: Talk) -> Iterator[Problem]:
    places = {scene.id: ("scenes", n) for n, scene in enumerate(model.scenes)}
    loops = list(_loops(talk, places))
    yield from loops
    try:
        found = paths.survey(talk)
    except rules.NotOffered:
        return  # a last way with conditions, or a choice of an ending: said above
    except paths.TooMany:
        yield ("scenes",), f"der er for mange veje at gennemgå: højst {MOST_PATHS}"
        return
    if not loops:
        yield from _dead_ends(found, places)
    yield from _never(model, found)
    yield from _decisions(model, found, places)
    yield from _ends(model, talk, found)
    yield from _expert(talk, found)
    if not loops:
        yield from _tricks(talk)


def _loops(talk: Talk, places: dict[str, Keys]) -> Iterator[Problem]:
    ends = {scene.id for scene in talk.scenes.values() if scene.ends is not None}
    for scene in talk.scenes.values():
        after = paths.reachable(talk, scene.id, late=False)
        if scene.id in after and not after & ends:
            yield places[scene.id], f"løkke uden udgang: fra »{scene.id}« når man aldrig en slutning"


def _dead_ends(found: paths.Survey, places: dict[str, Keys]) -> Iterator[Problem]:
    for scene, way in found.dead_ends.items():
        yield places[scene], f"blindgyde: efter {_told(way)} er der intet valg i »{scene}«"


def _told(way: tuple[str, ...]) -> str:
    return " → ".join(way) or "starten"


def _never(model: ConsultationPart, found: paths.Survey) -> Iterator[Problem]:
    for n, scene in enumerate(model.scenes):
        if scene.id not in found.scenes:
            yield ("scenes", n), f"scenen »{scene.id}« kan ikke nås"
    for keys, choice in _choices(model):
        if model.scenes[int(keys[1])].id not in found.scenes:
            continue
        if choice.id not in found.offered:
            yield (*keys, "when"), f"valget »{choice.id}« tilbydes aldrig: betingelserne holder ikke på nogen vej"
            continue
        for w, way in enumerate(choice.to):
            if (choice.id, w) not in found.taken:
                yield (*keys, "to", w), f"vejen til »{way.scene}« tages aldrig: betingelserne gør den umulig"


def _decisions(model: ConsultationPart, found: paths.Survey, places: dict[str, Keys]) -> Iterator[Problem]:
    for scene, counts in found.decisions.items():
        for count in sorted(counts - {OPTIONS}):
            yield (
                (*places[scene], "choices"),
                f"beslutningen »{scene}« mødes med {count} valg på en vej: der skal være {OPTIONS} hver gang",
            )
    rest = found.rest
    if rest.fewest < FEWEST_DECISIONS or rest.most > MOST_DECISIONS:
        span = f"{rest.fewest}" if rest.fewest == rest.most else f"{rest.fewest}–{rest.most}"
        yield ("scenes",), f"vejene har {span} beslutninger: der skal være {FEWEST_DECISIONS}–{MOST_DECISIONS} på hver"


def _ends(model: ConsultationPart, talk: Talk, found: paths.Survey) -> Iterator[Problem]:
    if found.rest.paths > MOST_PATHS:
        yield ("scenes",), f"der er {found.rest.paths} veje: højst {MOST_PATHS} kan gennemgås"
    if len(found.rest.good) < 2:
        yield (
            ("scenes",),
            "der skal være mindst to veje med hver sine beslutninger til en god slutning (»ends: good«)",
        )
    if not any(talk.scenes[scene].ends == "poor" for scene in found.scenes):
        yield ("scenes",), "ingen vej fører til en dårlig slutning (»ends: poor«)"


def _expert(talk: Talk, found: paths.Survey) -> Iterator[Problem]:
    state = rules.begin(talk)
    for n, choice in enumerate(talk.expert):
        try:
            state = rules.choose(talk, state, choice)
        except rules.NotOffered:
            where = f"i scenen »{state.scene}« efter {_told(state.way)}"
            yield ("expert", "path", n), f"ekspertens vej kan ikke gås: »{choice}« tilbydes ikke {where}"
            return
    if not rules.has_ended(talk, state):
        yield ("expert", "path"), f"ekspertens vej slutter ikke: den står i »{state.scene}«"
    elif talk.scenes[state.scene].ends != "good":
        yield ("expert", "path"), "ekspertens vej ender ikke godt (»ends: good«)"
    if state.points < found.rest.best:
        yield (
            ("expert", "path"),
            f"ekspertens vej giver {state.points}, men {_told(found.rest.best_way)} giver {found.rest.best}",
        )


def _tricks(talk: Talk) -> Iterator[Problem]:
    """Give the lazy rules that earn too much; who always takes the same place earns too much together."""
    for name, rule in paths.LAZY.items():
        try:
            share = paths.percent(talk, paths.lazy(talk, rule))
        except rules.NotOffered:
            return
        if share > MOST_BY_RULE:
            yield ("scenes",), f"hvem der altid vælger {name}, får {share} % af det bedste: højst {MOST_BY_RULE} %"
