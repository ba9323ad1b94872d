import pytest

from course.content import schema
from course.content.readers import READERS, UnknownFormat, reader_for


def test_todays_format_has_a_reader() -> None:
    assert schema.FORMAT in READERS
    assert max(READERS) == schema.FORMAT


@pytest.mark.parametrize("number", [0, 2, 99, -1, "1", None, True, (1,)])
def test_an_unknown_format_is_a_clear_fault(number: object) -> None:
    with pytest.raises(UnknownFormat, match="kendes ikke: denne version læser format 1"):
        reader_for({"format": number})


def test_a_reader_makes_the_model() -> None:
    value = {"format": 1, "objectives": ()}
    assert reader_for(value)(schema.ObjectivesFile, value) == schema.ObjectivesFile(format=1, objectives=())
