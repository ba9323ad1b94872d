"""The word pass: names, workplaces, places, rare jobs and health words, read from lists and from capitals.

Danish capitalises only names, so a capital inside a sentence is a candidate unless a list excuses it; at the
start of a sentence only a listed word is. `static/words.js` says the same in JavaScript, line by line.
"""

from __future__ import annotations

import re
from typing import Any

FIRST, SURNAME, PLACE, COUNTRY, WORK, ALLOWED, EPONYM, COMMON, AMBIGUOUS, JOB, HEALTH = (1 << bit for bit in range(11))
PERSON = FIRST | SURNAME
ENTITY = PERSON | PLACE | COUNTRY | WORK
LISTS = {
    "first_names": FIRST,
    "surnames": SURNAME,
    "places": PLACE,
    "countries": COUNTRY,
    "workplaces": WORK,
    "allowed": ALLOWED,
    "drugs": ALLOWED,
    "eponyms": EPONYM,
    "common": COMMON,
    "ambiguous": AMBIGUOUS,
    "rare_jobs": JOB,
    "health": HEALTH,
}
BLANKS = " \t\u00a0\u2007\u2009\u202f([*_"
QUOTES = "\"'“”„‘’»«›‹"
MARKERS = "-–—•*·>#)0123456789. \t"
DIGITS = frozenset("0123456789")
LONGEST_RUN = 6

Token = tuple[str, int, int]
Span = tuple[int, int, str]


def _is_capital(word: str) -> bool:
    return word[0] != word[0].lower()


def _is_all_capitals(word: str) -> bool:
    return len(word) > 1 and word == word.upper()


class Words:
    """The lists of one bundle, ready to scan a text in one pass."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self._token = re.compile(f"[{bundle['macros']['L']}]+")
        self._context = {name: frozenset(words) for name, words in bundle["context"].items()}
        self._endings = {kind: tuple(bundle["context"][f"{kind}_endings"]) for kind in ("institution", "place")}
        self._flags: dict[str, int] = {}
        self._phrases: dict[str, list[tuple[str, int]]] = {}
        for name, flag in LISTS.items():
            for entry in bundle["words"][name]:
                self._add(entry, flag)
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: (-len(phrase[0]), phrase[0]))

    def _add(self, entry: str, flag: int) -> None:
        if self._token.fullmatch(entry):
            self._flags[entry] = self._flags.get(entry, 0) | flag
        elif first := self._token.match(entry):
            self._phrases.setdefault(first.group(), []).append((entry, flag))

    def tokens(self, text: str) -> list[Token]:
        """The runs of letters in ``text`` with their start and end."""
        return [(match.group(), match.start(), match.end()) for match in self._token.finditer(text)]

    def scan(self, text: str, tokens: list[Token]) -> list[Span]:
        """Every span with its kind, in order, without overlaps; ``text`` in NFC, ``tokens`` its tokens."""
        phrases, flags, spans = self._phrases, self._flags, list[Span]()
        past = -1
        for at, (word, start, end) in enumerate(tokens):
            if start < past:
                continue
            low = word.lower()
            if low in phrases and (found := self._phrase(text, start, low)):
                past, kind = found
                if kind:
                    spans.append((start, past, kind))
            elif word[0] != low[0]:
                if kind := self._capital(text, tokens, at):
                    past, kind = self._run(text, tokens, at, kind)
                    spans.append((start, past, kind))
            elif (flag := flags.get(low)) and (kind := self._lower(flag)):
                spans.append((start, end, kind))
        return spans

    def is_town(self, word: str, digits: str) -> bool:
        """Whether a word after four digits makes them a postcode, not a year or an amount."""
        low = word.lower()
        flag = self._flags.get(low, 0)
        if digits[:2] in ("19", "20"):
            return low in self._context["capital_towns"]
        if flag & PLACE:
            return _is_capital(word) or not flag & (AMBIGUOUS | COMMON)
        return _is_capital(word) and not _is_all_capitals(word) and not flag & (ALLOWED | COMMON | EPONYM)

    def is_letter(self, character: str) -> bool:
        """Whether one character (or none) is a letter as the patterns know them."""
        return self._token.match(character) is not None

    def follows(self, text: str, start: int, name: str) -> bool:
        """Whether the word before ``start`` is one of the context list ``name``."""
        return self._before(text, start) in self._context[name]

    def _before(self, text: str, start: int) -> str:
        """The word before ``start``, lower case, when only blanks, a full stop or a colon are between."""
        end = start
        while end > 0 and start - end < 4 and text[end - 1] in " \u00a0.:":
            end -= 1
        begin = end
        while begin > 0 and end - begin < 24 and self._token.match(text[begin - 1]):
            begin -= 1
        return text[begin:end].lower()

    def _phrase(self, text: str, start: int, first: str) -> tuple[int, str] | None:
        """The end and kind ('' when allowed) of the longest phrase that begins here."""
        for phrase, flag in self._phrases[first]:
            end = start + len(phrase)
            if text[start:end].lower() != phrase:
                continue
            if text[end : end + 1] == "s":
                end += 1
            if self.is_letter(text[end : end + 1]):
                continue
            if flag & (JOB | HEALTH) or _is_capital(text[start]):
                return end, self._entity(flag, "")
        return None

    @staticmethod
    def _lower(flag: int) -> str:
        if flag & JOB:
            return "rare_job"
        if flag & HEALTH:
            return "health"
        if flag & (AMBIGUOUS | COMMON | ALLOWED | EPONYM) or not flag & (FIRST | PLACE | COUNTRY | WORK):
            return ""
        return "name" if flag & FIRST else "workplace" if flag & WORK else "place"

    def _flag(self, low: str) -> int:
        flag = self._flags.get(low, 0)
        if not flag and len(low) > 2 and low[-1] == "s":
            return self._flags.get(low[:-1], 0)
        return flag

    def _capital(self, text: str, tokens: list[Token], at: int) -> str:
        """The kind of a capitalised word, or '' when it is nothing to look at."""
        word, start, end = tokens[at]
        if text[start - 1 : start] in DIGITS or text[end : end + 1] in DIGITS:
            return ""
        flag = self._flag(word.lower())
        if len(word) == 1:
            return self._initial(text, start)
        if flag & ALLOWED or (flag & EPONYM and self._is_eponym(text, tokens, at, flag)):
            return ""
        if _is_all_capitals(word):
            return self._capitals(flag, word, self._before(text, start))
        if flag & ENTITY:
            return self._listed(text, tokens, at, flag)
        if flag & (JOB | HEALTH):
            return "rare_job" if flag & JOB else "health"
        if flag & COMMON or len(word) == 2 or self._opens(text, start, end):
            return ""
        return self._guess(text, start, word.lower())

    def _initial(self, text: str, start: int) -> str:
        return "name" if self._before(text, start) in ("hr", "fru", "frk") else ""

    def _capitals(self, flag: int, word: str, lead: str) -> str:
        """An abbreviation is a firm when it is a known one or comes after 'hos' and the like."""
        if flag & WORK or (flag & ENTITY and not flag & AMBIGUOUS and len(word) > 3):
            return self._entity(flag, "")
        return "workplace" if lead in self._context["firm_leads"] and len(word) > 2 else ""

    def _listed(self, text: str, tokens: list[Token], at: int, flag: int) -> str:
        _, start, end = tokens[at]
        if flag & AMBIGUOUS and self._opens(text, start, end) and not self._is_evident(text, tokens, at, flag):
            return ""
        return self._entity(flag, self._before(text, start))

    def _entity(self, flag: int, lead: str) -> str:
        """The kind of a listed word; the word before decides between a place, a firm and a person."""
        if flag & (JOB | HEALTH):
            return "rare_job" if flag & JOB else "health"
        if flag & (PLACE | COUNTRY) and (not flag & (PERSON | WORK) or lead in self._context["place_leads"]):
            return "place"
        if flag & WORK and (not flag & PERSON or lead in self._context["workplace_leads"]):
            return "workplace"
        return "name" if flag & PERSON else ""

    def _is_eponym(self, text: str, tokens: list[Token], at: int, flag: int) -> bool:
        if not flag & PERSON or self._before(text, tokens[at][1]) in self._context["eponym_leads"]:
            return True
        following = self._next(text, tokens, at, " -")
        return following in self._context["eponym_heads"] or bool(self._flag(following) & EPONYM)

    @staticmethod
    def _next(text: str, tokens: list[Token], at: int, gaps: str) -> str:
        """The next word, lower case, when one character of ``gaps`` is between; else ''."""
        if at + 1 == len(tokens):
            return ""
        word, start, _ = tokens[at + 1]
        end = tokens[at][2]
        return word.lower() if start == end + 1 and text[end] in gaps else ""

    def _is_evident(self, text: str, tokens: list[Token], at: int, flag: int) -> bool:
        """Whether what follows shows that an ambiguous word at the start of a sentence is a name."""
        following = self._next(text, tokens, at, " \u00a0-")
        if not following:
            return False
        if following in self._context["institutions"]:
            return True
        if flag & (PERSON | WORK) and following in self._context["person_verbs"]:
            noun = tokens[at][0].lower() in self._context["noun_names"]
            return not (noun and following in self._context["plain_verbs"])
        word = tokens[at + 1][0]
        return (
            _is_capital(word)
            and len(word) > 1
            and not _is_all_capitals(word)
            and not self._flag(following) & (ALLOWED | COMMON)
        )

    def _guess(self, text: str, start: int, low: str) -> str:
        """The likeliest kind of an unknown capitalised word inside a sentence."""
        lead, context = self._before(text, start), self._context
        if lead in context["titles"]:
            return "name"
        if low in context["institutions"] or low.endswith(self._endings["institution"]):
            return "workplace"
        if lead in context["place_leads"]:
            return "place"
        if low.endswith(self._endings["place"]) and lead in ("på", "ved", "til"):
            return "place"
        return "workplace" if lead in context["workplace_leads"] else "name"

    def _run(self, text: str, tokens: list[Token], at: int, kind: str) -> tuple[int, str]:
        """The end and kind of the whole name that begins at a token: 'Hanne K.', 'Odense Kommune'."""
        last = at
        while last - at < LONGEST_RUN and (joined := self._join(text, tokens, last, kind)):
            last, kind = joined
        end = tokens[last][2]
        if text[end : end + 1] in ("'", "’") and text[end + 1 : end + 2] == "s":
            end += 2
        elif len(tokens[last][0]) == 1 and text[end : end + 1] == ".":
            end += 1
        return end, kind

    def _join(self, text: str, tokens: list[Token], last: int, kind: str) -> tuple[int, str] | None:
        if last + 1 == len(tokens):
            return None
        word, start, _ = tokens[last + 1]
        gap = text[tokens[last][2] : start]
        if gap not in (" ", "-", "\u00a0") and not (gap == ". " and len(tokens[last][0]) == 1):
            return None
        low = word.lower()
        if _is_capital(word):
            return (last + 1, self._joined_kind(kind, low)) if self._may_join(word, kind) else None
        if low in self._context["institutions"] and kind != "name":
            return last + 1, "workplace"
        if kind == "name" and low in self._context["particles"] and last + 2 < len(tokens):
            return self._after_particle(text, tokens, last)
        return None

    def _after_particle(self, text: str, tokens: list[Token], last: int) -> tuple[int, str] | None:
        word, start, _ = tokens[last + 2]
        gap = text[tokens[last + 1][2] : start]
        return (last + 2, "name") if gap in (" ", "-") and _is_capital(word) else None

    def _may_join(self, word: str, kind: str) -> bool:
        if len(word) == 1:
            return kind == "name" and word != "I"
        if _is_all_capitals(word):
            return False
        low = word.lower()
        flag = self._flag(low)
        if low in self._context["institutions"]:
            return True
        return not flag & ALLOWED and (bool(flag & ENTITY) or not flag & (COMMON | EPONYM | JOB | HEALTH))

    def _joined_kind(self, kind: str, low: str) -> str:
        flag = self._flag(low)
        if flag & WORK or low in self._context["institutions"]:
            return "workplace"
        return "name" if kind == "place" and flag & PERSON and not flag & PLACE else kind

    def _opens(self, text: str, start: int, end: int) -> bool:
        """Whether a sentence, a heading, a list item or a quotation begins at ``start``."""
        at, quoted = start - 1, False
        while at >= 0 and (text[at] in BLANKS or text[at] in QUOTES):
            quoted = quoted or text[at] in QUOTES
            at -= 1
        if at < 0:
            return True
        before = text[at]
        if before in "\n\r!?…":
            return True
        if before == ":":
            return self._before(text, at) not in self._context["labels"]
        if before == "." and self._ends_sentence(text, at):
            return True
        if quoted and text[end : end + 1] not in QUOTES:
            return True
        return before in MARKERS and self._is_marker(text, at)

    def _ends_sentence(self, text: str, at: int) -> bool:
        word = self._before(text, at)
        return text[at - 1 : at] == "." or not (len(word) == 1 or word in self._context["abbreviations"])

    @staticmethod
    def _is_marker(text: str, at: int) -> bool:
        """Whether only list-marker characters stand between the line's beginning and ``at``."""
        begin = at
        while begin >= 0 and at - begin < 8 and text[begin] in MARKERS:
            begin -= 1
        return begin < 0 or text[begin] in "\n\r"
