"""Which operation is possible in which state: the whole table."""

from __future__ import annotations

import pytest

from course.work.rules import BY_AUTHOR, REFUSED, Operation, Projection, State, is_possible, possible

O, S, P = Operation, State, Projection
AUTHOR_WRITES = {O.SAVE, O.SUBMIT}

TABLE = {
    (S.DRAFT, P.NONE): AUTHOR_WRITES,
    (S.WITHDRAWN, P.NONE): AUTHOR_WRITES,
    (S.WITHDRAWN, P.RECALLED): AUTHOR_WRITES,
    (S.SUBMITTED, P.NONE): {O.WITHDRAW, O.RETURN, O.ACCEPT, O.REJECT, O.REDACT},
    (S.SUBMITTED, P.RECALLED): {O.WITHDRAW, O.RETURN, O.ACCEPT, O.REJECT, O.REDACT},
    (S.RETURNED, P.NONE): AUTHOR_WRITES | {O.REJECT},
    (S.RETURNED, P.RECALLED): AUTHOR_WRITES | {O.REJECT},
    (S.ACCEPTED, P.NONE): {O.RETURN, O.REJECT, O.REDACT, O.RELEASE},
    (S.ACCEPTED, P.RECALLED): {O.RETURN, O.REJECT, O.REDACT, O.RELEASE},
    (S.ACCEPTED, P.RELEASED): {O.RECALL},
    (S.REJECTED, P.NONE): {O.REPLACE},
    (S.REJECTED, P.RECALLED): {O.REPLACE},
}


@pytest.mark.parametrize(("state", "projection"), TABLE)
def test_what_is_possible(state: State, projection: Projection) -> None:
    assert possible(state, projection) == TABLE[state, projection]


@pytest.mark.parametrize("state", [state for state in State if state is not State.ACCEPTED])
@pytest.mark.parametrize("operation", Operation)
def test_only_an_accepted_work_can_be_recalled_or_released(state: State, operation: Operation) -> None:
    if operation in {O.RECALL, O.RELEASE}:
        assert not any(is_possible(operation, state, projection) for projection in Projection)


def test_a_returned_text_cannot_be_withdrawn_because_it_is_with_its_author_already() -> None:
    """Withdrawn, it would lose the deadline of its own, and nobody could send it any more."""
    assert not is_possible(O.WITHDRAW, S.RETURNED, P.NONE)


def test_every_refusal_has_a_sentence_and_every_author_operation_is_one() -> None:
    assert set(REFUSED) == set(Operation)
    assert all(sentence.endswith(".") for sentence in REFUSED.values())
    assert {O.SAVE, O.SUBMIT, O.WITHDRAW, O.REPLACE} == BY_AUTHOR
