"""Passwords: hashed with Argon2id (64 MiB, RFC 9106), never inside a write transaction, few at a time."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .rules import normalise_password

MEMORY = 64 * 1024
"""KiB for one password."""
TIMES, LANES = 3, 4
AT_ONCE = 2
"""How many passwords a process hashes at the same time."""

_hasher = PasswordHasher(time_cost=TIMES, memory_cost=MEMORY, parallelism=LANES)
_turns = threading.BoundedSemaphore(AT_ONCE)
_NOBODYS = f"$argon2id$v=19$m={MEMORY},t={TIMES},p={LANES}${'A' * 22}${'A' * 43}"
"""A hash with the same parameters that no password has: what an unknown address is compared with."""


def hash_password(password: str) -> str:
    """The hash to keep. Takes about 0.1 s; call it before the write transaction."""
    with _turns:
        return _hasher.hash(normalise_password(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether ``password`` is the one whose hash is ``kept``. Takes as long when nothing is kept."""
    with _turns:
        try:
            right = _hasher.verify(kept or _NOBODYS, normalise_password(password))
        except (VerificationError, InvalidHashError):
            return False
    return right and kept is not None


def wants_new_hash(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)
