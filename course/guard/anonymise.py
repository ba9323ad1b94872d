"""`course anonymise`: text on standard input, findings as JSON on standard output."""

from __future__ import annotations

import json
from typing import TextIO

from course.guard import as_json, find


def run(stdin: TextIO, stdout: TextIO) -> int:
    """Write the findings of the text under the guard *patient* as a JSON list; returns the exit code 0.

    Each is {"start", "end", "kind", "level", "text", "suggestion"}, offsets in code points of the NFC text.
    """
    json.dump(as_json(find(stdin.read(), "patient")), stdout, ensure_ascii=False)
    stdout.write("\n")
    return 0
