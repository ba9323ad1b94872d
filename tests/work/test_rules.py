"""Which operation is possible in which state: the whole table."""

from __future__ import annotations

import pytest

from course.work.rules import BY_AUTHOR, REFUSED, Operation, Projection, State, is_possible, possible

Op, S, P = Operation, State, Projection
AUTHOR_WRITES = {Op.SAVE, Op.SUBMIT}

TABLE = {
    (S.DRAFT, P.NONE): AUTHOR_WRITES,
    (S.WITHDRAWN, P.NONE): AUTHOR_WRITES,
    (S.WITHDRAWN, P.RECALLED): AUTHOR_WRITES,
    (S.SUBMITTED, P.NONE): {Op.WITHDRAW, Op.RETURN, Op.ACCEPT, Op.REJECT, Op.REDACT},
    (S.SUBMITTED, P.RECALLED): {Op.WITHDRAW, Op.RETURN, Op.ACCEPT, Op.REJECT, Op.REDACT},
    (S.RETURNED, P.NONE): AUTHOR_WRITES | {Op.REJECT},
    (S.RETURNED, P.RECALLED): AUTHOR_WRITES | {Op.REJECT},
    (S.ACCEPTED, P.NONE): {Op.RETURN, Op.REJECT, Op.REDACT, Op.RELEASE},
    (S.ACCEPTED, P.RECALLED): {Op.RETURN, Op.REJECT, Op.REDACT, Op.RELEASE},
    (S.ACCEPTED, P.RELEASED): {Op.RECALL},
    (S.REJECTED, P.NONE): {Op.REPLACE},
    (S.REJECTED, P.RECALLED): {Op.REPLACE},
}


@pytest.mark.parametrize(("state", "projection"), TABLE)
def test_what_is_possible(state: State, projection: Projection) -> None:
    assert possible(state, projection) == TABLE[state, projection]


@pytest.mark.parametrize("state", [state for state in State if state is not State.ACCEPTED])
@pytest.mark.parametrize("operation", Operation)
def test_only_an_accepted_work_can_be_recalled_or_released(state: State, operation: Operation) -> None:
    if operation in {Op.RECALL, Op.RELEASE}:
        assert not any(is_possible(operation, state, projection) for projection in Projection)


def test_a_returned_text_cannot_be_withdrawn_because_it_is_with_its_author_already() -> None:
    """Withdrawn, it would lose the deadline of its own, and nobody could send it any more."""
    assert not is_possible(Op.WITHDRAW, S.RETURNED, P.NONE)


def test_every_refusal_has_a_sentence_and_every_author_operation_is_one() -> None:
    assert set(REFUSED) == set(Operation)
    assert all(sentence.endswith(".") for sentence in REFUSED.values())
    assert {Op.SAVE, Op.SUBMIT, Op.WITHDRAW, Op.REPLACE} == BY_AUTHOR
