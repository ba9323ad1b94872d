from typing import Any

import pytest

from course.content.faults import FaultList
from course.content.yaml_source import decode, parse


def parsed(text: str) -> tuple[Any, list[str]]:
    faults = FaultList()
    result = parse("f.yaml", text, faults)
    return (result.value if result else None), [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("000", "000"),
        ("9.00", "9.00"),
        ("1e3", "1e3"),
        ("0x10", "0x10"),
        ("true", True),
        ("false", False),
        ("yes", "yes"),
        ("on", "on"),
        ("No", "No"),
        ("null", None),
        ("", None),
        ('""', ""),
        ('"1"', "1"),
        ("2026-02-31", "2026-02-31"),
        ("æøå", "æøå"),
    ],
)
def test_plain_values_are_few(written: str, value: object) -> None:
    assert parsed(f"key: {written}\n") == ({"key": value}, [])


def test_on_is_a_key() -> None:
    assert parsed("on: {activity: a}\n") == ({"on": {"activity": "a"}}, [])


def test_lines_of_keys_items_and_texts() -> None:
    faults = FaultList()
    found = parse("f.yaml", "a:\n  - x\n  -\n    b: 1\ntext: |\n  en\n  to\n", faults)
    assert found is not None
    assert not faults.sorted()
    assert found.lines.of("a", 0) == 2
    assert found.lines.of("a", 1, "b") == 4
    assert found.lines.of("a", 1, "missing") == 4
    assert found.lines.of("nowhere") == 1
    assert found.lines.within(("text",), 1) == 7


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\na: 2\n", "f.yaml:2: nøglen »a« står to gange"),
        ("a: &x [1]\nb: *x\n", "f.yaml:2: genveje med »&« og »*« kan ikke bruges"),
        ("a: &x [*x]\n", "f.yaml:1: genveje med »&« og »*« kan ikke bruges"),
        ("a: !!python/name:os.system x\n", "f.yaml:1: mærker med »!«"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: filen må kun rumme ét dokument"),
        ("a: b: c\n", "f.yaml:1: et kolon med mellemrum"),
        ("a:\n\t- b\n", "f.yaml:2: linjen begynder med et tegn"),
        ("a: 'b\n", "et anførselstegn, en } eller en ] mangler"),
        ("", "f.yaml:1: filen er tom"),
        ("[" * 5000, "niveauer"),
        ("- " * 5000, "niveauer"),
        ("\n".join(" " * depth + "a:" for depth in range(2000)), "niveauer"),
        ("\n".join(" " * depth + "a:" for depth in range(100)), "niveauer"),
        ("? [a]\n: b\n", "f.yaml:1: en nøgle skal være et ord"),
    ],
)
def test_what_is_refused(text: str, fault: str) -> None:
    faults = parsed(text)[1]
    assert len(faults) == 1
    assert fault in faults[0]


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    rows = ["a0: &a0 [x, x]"]
    rows += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    faults = parsed("\n".join(rows))[1]
    assert len(faults) == 59
    assert all("genveje" in fault for fault in faults)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"ok\n\xe6\xf8\xe5", "f.md:2: filen er ikke gemt som UTF-8"),
        (b"ok\nno\x00", "f.md:2: et usynligt styretegn (U+0000)"),
        ("ok\u0085".encode(), ""),
        ("\ufeffok".encode(), ""),
        (b"a\r\nb", ""),
    ],
)
def test_decode(data: bytes, fault: str) -> None:
    faults = FaultList()
    text = decode("f.md", data, faults)
    found = [str(each) for each in faults]
    assert (text is None) == bool(fault)
    assert (fault in found[0]) if fault else not found
