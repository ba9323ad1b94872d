from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher, extract_parameters

from course.accounts import passwords


def test_a_password_is_hashed_with_argon2id_and_64_mib() -> None:
    kept = passwords.hash_password("kaffe cykel torden")
    parameters = extract_parameters(kept)
    assert parameters.type.name == "ID"
    assert parameters.memory_cost == 64 * 1024
    assert passwords.is_right(kept, "kaffe cykel torden")
    assert not passwords.is_right(kept, "kaffe cykel Torden")
    assert not passwords.wants_new_hash(kept)


def test_nobody_is_verified_against_a_hash_with_the_same_parameters() -> None:
    """The time an unknown address takes is the time of one verification, as for a known one."""
    assert not passwords.is_right(None, "der er ingen, der har denne adgangskode")
    nobody = extract_parameters(passwords._NOBODYS)
    assert nobody == extract_parameters(passwords.hash_password("en anden"))


def test_a_broken_hash_is_a_wrong_password() -> None:
    assert not passwords.is_right("ikke en hash", "kaffe cykel torden")


def test_older_parameters_want_a_new_hash() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("kaffe cykel torden")
    assert passwords.is_right(old, "kaffe cykel torden")
    assert passwords.wants_new_hash(old)


def test_decomposed_letters_are_the_same_password() -> None:
    kept = passwords.hash_password("blåbærgrød på ærø")
    assert passwords.is_right(kept, unicodedata.normalize("NFD", "blåbærgrød på ærø"))
