"""The errors a domain operation may raise. Each knows its HTTP status and says in Danish what happened."""

from __future__ import annotations


class DomainError(Exception):
    """An operation that the rules refuse.

    ``status`` is the HTTP status of the page that tells it, ``message`` a whole Danish sentence.
    """

    status = 409

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if status is not None:
            self.status = status


class NotAllowed(DomainError):
    """The actor may not do this, and may not know whether the object exists."""

    status = 404

    def __init__(self, message: str = "Siden findes ikke, eller du har ikke adgang til den.") -> None:
        super().__init__(message)
