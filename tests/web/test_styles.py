"""What is asked of every style sheet at once, so that axe need not ask it on every page."""

from __future__ import annotations

from pathlib import Path

import course

PACKAGE = Path(course.__file__).parent


def test_nothing_is_locked_to_one_orientation() -> None:
    """WCAG 1.3.4: a phone may be held either way. No style asks how it is held."""
    sheets = [path for path in PACKAGE.rglob("*.css") if path.name != "print.css"]
    assert len(sheets) > 8
    assert [path.name for path in sheets if "orientation" in path.read_text(encoding="utf-8")] == []
