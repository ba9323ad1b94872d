"""The rules and word lists as one bundle, which Python and the browser both read.

``data/rules.json`` holds kinds, guards, patterns and context words; ``data/words/*.txt`` one word or phrase
a line, lower case. The bundle joins them: what `GET /guard/rules.json` sends and `Detector` takes.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def load() -> dict[str, Any]:
    """Read the data files and join them. Raises OSError or ValueError when a file is missing or broken."""
    rules: dict[str, Any] = json.loads((DATA / "rules.json").read_text(encoding="utf-8"))
    rules["words"] = {path.stem: _lines(path) for path in sorted((DATA / "words").glob("*.txt"))}
    return rules


def _lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _packed(words: list[str]) -> str:
    """Sorted words, each as a capital (A = 0: letters shared with the word before) and the rest."""
    packed, before = "", ""
    for word in sorted(words):
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, word, strict=False))
        shared = min(sum(1 for _ in same), 25)
        packed += chr(ord("A") + shared) + word[shared:]
        before = word
    return packed


@cache
def rules_json() -> bytes:
    """The bundle as compact UTF-8 JSON, the same bytes for the same data."""
    bundle = load()
    bundle["words"] = {name: _packed(words) for name, words in bundle["words"].items()}
    for rule in bundle["patterns"]:
        del rule["example"]
    return json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


@cache
def rules_digest() -> str:
    """A short digest of the bundle, for ``/guard/rules.json?v=…``: changes when any rule or word does."""
    return hashlib.sha256(rules_json()).hexdigest()[:16]
