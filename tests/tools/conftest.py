"""What the tests of the tools share."""

from __future__ import annotations

import pytest

from course.printing import pdf


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a turn as long as it takes: other workers make documents on this machine too."""
    monkeypatch.setattr(pdf, "WAIT", 120.0)
