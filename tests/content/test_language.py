import pytest

from course.content.language import Readability, exempt_words, is_long, measure, sentences


@pytest.mark.parametrize(
    ("paragraphs", "words", "sentences", "long_words"),
    [
        ([], 0, 0, 0),
        ([""], 0, 0, 0),
        (["Du har ondt."], 3, 1, 0),
        (["Du har ondt. Det går over!"], 6, 2, 0),
        (["Et punkt uden ende", "Et til"], 6, 2, 0),
        (["Det tager ca. 10 minutter, fx i dag."], 8, 1, 1),
        (["Bl.a. det. Og f.eks. dette."], 5, 2, 0),
        (["Kl. 9.00 mødes vi."], 4, 1, 0),
        (["Spørg: Hvad laver du?"], 4, 2, 0),
        (["»Jeg kan godt.« Sådan sagde hun."], 6, 2, 0),
        (["Muskelskeletbesvær og MSB-patienter."], 3, 1, 2),
        (["2.500 kr. om ugen"], 4, 1, 0),
    ],
)
def test_measure(paragraphs: list[str], words: int, sentences: int, long_words: int) -> None:
    assert measure(paragraphs) == Readability(words, sentences, long_words)


def test_lix_is_words_a_sentence_and_the_share_of_long_words() -> None:
    assert Readability(words=20, sentences=2, long_words=5).lix == 10 + 25
    assert Readability(0, 0, 0).lix == 0


def test_words_that_cannot_be_avoided_count_as_short() -> None:
    exempt = exempt_words("# ord\nMulighedserklæring\n\narbejdsmiljørepræsentant # AMR\n")
    assert exempt == {"mulighedserklæring", "arbejdsmiljørepræsentant"}
    assert not is_long("Mulighedserklæringen", exempt)
    assert is_long("muligheder", exempt)
    assert measure(["Mulighedserklæringen er lang."], exempt).long_words == 0


def test_sentences_are_cut_where_lix_cuts_them() -> None:
    text = ["Det tager ca. 10 minutter. »Ja,« sagde hun: Vi prøver", "Et punkt"]
    assert list(sentences(text)) == [
        ("Det tager ca 10 minutter.", 5),
        ("»Ja,« sagde hun:", 3),
        ("Vi prøver", 2),
        ("Et punkt", 2),
    ]
