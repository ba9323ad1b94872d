"""Our signer writes and reads what itsdangerous' own does, and refuses what it refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from course.web.signing import OneKeySerializer
from tests.factories import NOW

VALUES: dict[str, Any] = {"token": "æøå", "seed": "0f" * 20}
KINDS = [{}, {"signer_kwargs": {"key_derivation": "hmac"}}]


@pytest.mark.parametrize("given", KINDS)
def test_each_reads_what_the_other_wrote(given: dict[str, Any]) -> None:
    ours = OneKeySerializer("en hemmelighed", salt="salt", **given)
    theirs = URLSafeTimedSerializer("en hemmelighed", salt="salt", **given)
    for _ in range(2):
        assert ours.loads(theirs.dumps(VALUES)) == theirs.loads(ours.dumps(VALUES)) == VALUES
    assert ours.loads(theirs.dumps(VALUES, salt="andet"), salt="andet") == VALUES
    assert theirs.loads(ours.dumps(VALUES, salt="andet"), salt="andet") == VALUES
    with pytest.raises(BadSignature):
        ours.loads(theirs.dumps(VALUES, salt="andet"))


@pytest.mark.parametrize("given", KINDS)
def test_what_is_changed_foreign_or_old_is_refused(given: dict[str, Any]) -> None:
    ours = OneKeySerializer("en hemmelighed", salt="salt", **given)
    with time_machine.travel(NOW, tick=False):
        written = ours.dumps(VALUES)
        foreign = OneKeySerializer("en anden hemmelighed", salt="salt", **given).dumps(VALUES)
        head, signature = written.rsplit(".", 1)
        changed = f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
        for text in (changed, "x" + written, written[1:], foreign, "", "..", head):
            with pytest.raises(BadSignature):
                ours.loads(text)
        assert ours.loads(written, max_age=60) == VALUES
    with time_machine.travel(NOW + timedelta(seconds=61), tick=False), pytest.raises(SignatureExpired):
        ours.loads(written, max_age=60)
