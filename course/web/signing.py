"""Signatures of cookies and form tokens: itsdangerous' own, with their key derived once.

Its serializers make a signer, and derive its key from the secret, at every signature and every check of one. Here
neither the secret nor the salt ever changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from itsdangerous import Signer, TimestampSigner, URLSafeTimedSerializer


class OneKeySigner(TimestampSigner):
    """A signer that remembers the key it derives."""

    @cached_property
    def _derived(self) -> bytes:
        return super().derive_key()

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """The key to sign with; that of another secret is not remembered."""
        return self._derived if secret_key in (None, self.secret_key) else super().derive_key(secret_key)


class OneKeySerializer(URLSafeTimedSerializer):
    """A serializer with one signer for its whole life. It writes and reads what itsdangerous' own does."""

    default_signer = OneKeySigner

    @cached_property
    def _signer(self) -> Signer:
        return super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        """The signer; one for another salt is made anew."""
        return self._signer if salt in (None, self.salt) else super().make_signer(salt)

    def iter_unsigners(self, salt: str | bytes | None = None) -> Iterator[Any]:
        """The signer alone: there are no older secrets to try."""
        yield self.make_signer(salt)
