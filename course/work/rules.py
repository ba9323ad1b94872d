"""States of a work, and which operation is possible in which. Pure."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a work stands between its author and its reviewers."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Projection(StrEnum):
    """What others of the run can see of it."""

    NONE = "none"
    RELEASED = "released"
    RECALLED = "recalled"


class Operation(StrEnum):
    """The named operations of the spine."""

    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return_for_changes"
    ACCEPT = "accept"
    REJECT = "reject"
    REDACT = "redact"
    RELEASE = "release"
    RECALL = "recall"
    REPLACE = "replace"


_S, _O = State, Operation

ALLOWED: dict[Operation, frozenset[State]] = {
    _O.SAVE: frozenset({_S.DRAFT, _S.RETURNED, _S.WITHDRAWN}),
    _O.SUBMIT: frozenset({_S.DRAFT, _S.RETURNED, _S.WITHDRAWN}),
    _O.WITHDRAW: frozenset({_S.SUBMITTED}),
    _O.RETURN: frozenset({_S.SUBMITTED, _S.ACCEPTED}),
    _O.ACCEPT: frozenset({_S.SUBMITTED}),
    _O.REJECT: frozenset({_S.SUBMITTED, _S.RETURNED, _S.ACCEPTED}),
    _O.REDACT: frozenset({_S.SUBMITTED, _S.ACCEPTED}),
    _O.RELEASE: frozenset({_S.ACCEPTED}),
    _O.RECALL: frozenset({_S.ACCEPTED}),
    _O.REPLACE: frozenset({_S.REJECTED}),
}

BY_AUTHOR = frozenset({_O.SAVE, _O.SUBMIT, _O.WITHDRAW, _O.REPLACE})
"""Operations only the author can do. All others are only for staff, and never on one's own work."""


def is_possible(operation: Operation, state: State, projection: Projection) -> bool:
    """Whether the operation is possible for a work that stands like this.

    What colleagues can see right now must be recalled before it can change: a released work is neither
    returned, rejected nor redacted. Only a released work can be recalled, and it is released once at a time.
    """
    if state not in ALLOWED[operation]:
        return False
    if operation is Operation.RECALL:
        return projection is Projection.RELEASED
    return projection is not Projection.RELEASED or operation not in {
        _O.RETURN,
        _O.REJECT,
        _O.REDACT,
        _O.RELEASE,
    }


def possible(state: State, projection: Projection) -> frozenset[Operation]:
    """Every operation that is possible for a work that stands like this."""
    return frozenset(operation for operation in Operation if is_possible(operation, state, projection))


REFUSED: dict[Operation, str] = {
    _O.SAVE: "Teksten kan ikke ændres nu, fordi den er sendt.",
    _O.SUBMIT: "Teksten er allerede sendt.",
    _O.WITHDRAW: "Teksten kan ikke trækkes tilbage, som den står nu.",
    _O.RETURN: "Teksten kan ikke sendes tilbage, som den står nu. Er den frigivet, skal den først kaldes tilbage.",
    _O.ACCEPT: "Teksten kan ikke godkendes, som den står nu.",
    _O.REJECT: "Teksten kan ikke afvises, som den står nu. Er den frigivet, skal den først kaldes tilbage.",
    _O.REDACT: "Der kan ikke streges i teksten, som den står nu. Er den frigivet, skal den først kaldes tilbage.",
    _O.RELEASE: "Kun en godkendt tekst kan frigives.",
    _O.RECALL: "Teksten er ikke frigivet.",
    _O.REPLACE: "Kun en afvist tekst kan erstattes af en ny.",
}
"""What to tell somebody whose operation is not possible; each a whole Danish sentence."""
