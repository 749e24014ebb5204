"""Sentences that are raised in one place and read in another, in the language of whoever reads them."""

from __future__ import annotations

import json
import pickle

import pytest

from core.errors import DatasetError, ImageError, LessonError, LessonFault
from core.languages import (
    PSEUDO,
    Sentence,
    all_of,
    counted,
    from_plain,
    from_text,
    heard,
    sentence,
    to_plain,
    to_text,
    translated,
    use,
)
from core.workers import error_of, failure_of, from_line, to_line

NESTED = sentence(
    "There is no room on the disk for {name}: free some space and {again}.",
    name="a.png",
    again=sentence("try again"),
)
INDONESIAN = "Tidak ada ruang di disk untuk a.png: kosongkan sebagian dan coba lagi."


def test_a_sentence_is_english_until_somebody_reads_it():
    with use("id"):
        error = ImageError(NESTED)
        assert str(error) == "There is no room on the disk for a.png: free some space and try again."
        assert translated(error) == INDONESIAN
    assert translated(error) == str(error)


def test_an_error_in_a_sentence_is_said_in_the_same_language():
    error = DatasetError(sentence("{path} cannot be read: {reason}", path="b", reason=ImageError(NESTED)))
    with use("id"):
        assert translated(error) == f"b tidak bisa dibaca: {INDONESIAN}"


def test_what_is_no_sentence_stays_as_it_is():
    with use("id"):
        assert [translated(each) for each in ("plain", OSError("told"), 12)] == ["plain", "told", "12"]


def test_one_and_several():
    one, several = (counted("{count} picture", "{count} pictures", count=count) for count in (1, 2))
    assert [one, several] == ["1 picture", "2 pictures"]
    with use("id"):
        assert [translated(one), translated(several)] == ["1 gambar", "2 gambar"]


def test_words_are_listed_as_people_list_them():
    assert [all_of(["a"]), all_of(["a", "b"]), all_of(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
    with use("id"):
        assert translated(all_of(["a", "b", "c"])) == "a, b dan c"


@pytest.mark.parametrize("said", [NESTED, all_of(["a", NESTED]), "plain", '["no", "sentence"]'])
def test_sentences_survive_pickle_json_and_a_line_of_text(said):
    for again in (pickle.loads(pickle.dumps(said)), from_text(to_text(said))):  # noqa: S301 (our own)
        assert (again, to_plain(again)) == (said, to_plain(said))
    assert from_plain(json.loads(json.dumps(to_plain(said)))) == said


def test_sentences_survive_the_way_from_a_worker():
    error = LessonError(
        sentence("it is damaged"), [LessonFault("en.md", 3, sentence("this file is missing"))]
    )
    message = from_line(to_line(failure_of(error)).encode())
    assert not hasattr(message, "values")
    with use("id"):
        assert translated(error_of(message)) == "isinya rusak\nen.md, baris 3: berkas ini tidak ada"


@pytest.mark.parametrize(
    "plain",
    [
        None,
        ["{a.__class__}", {"a": "x"}],
        ["{a[0]}", {"a": "x"}],
        ["{a:>999999999}", {"a": "x"}],
        ["{a:.9999999f}", {"a": 1.0}],
        ["{a:{b}}", {"a": 1, "b": "999999999"}],
        ["{}", {}],
        ["{b}", {"a": "x"}],
        ["{a:d}", {"a": "x"}],
        ["{", {}],
        ["{a}", {"a": [["{a}", {"a": ["{a}", {"a": None}]}]]}],
    ],
)
def test_what_strangers_made_of_a_sentence_is_refused(plain):
    with pytest.raises(ValueError, match=r"."):
        from_plain(plain)
    assert heard("as it was", plain) == "as it was"


def test_a_sentence_within_too_many_others_is_refused():
    plain = ["x", {}]
    for _ in range(20):
        plain = ["{a}", {"a": plain}]
    with pytest.raises(ValueError, match="no sentence"):
        from_plain(plain)


def test_another_sentence_than_the_english_one_is_not_heard():
    assert heard("it is damaged", ["it is empty", {}]) == "it is damaged"
    assert isinstance(heard("it is damaged", ["it is damaged", {}]), Sentence)


def test_the_pseudo_language_shows_what_is_a_sentence():
    with use(PSEUDO):
        assert translated(sentence("it is damaged")) == "îţ îš đàḿàĝéđ"
