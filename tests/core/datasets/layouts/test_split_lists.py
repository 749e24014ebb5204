"""Lists that say how a data set is split: every way to write them, and what is wrong with them."""

from __future__ import annotations

import codecs

import numpy as np
import pytest

from core.datasets.contents.check import check
from core.datasets.layouts.opening import list_dataset, open_dataset


@pytest.fixture
def root(make_dataset, street):
    """A data set of the frames `a`, `b` and `c`; `c` is for validation."""
    return make_dataset({"a": street, "b": np.fliplr(street), "c": np.flipud(street)}, valid=("c.png",))


def validation(root) -> list[str]:
    return [frame.name for frame in open_dataset(root).valid]


@pytest.mark.parametrize(
    "content",
    [
        *(b"images\\b.png\r\n", b"b.png\rc.png\r", codecs.BOM_UTF8 + b"b.png\r\n", b'"b.png"\n', b"b\n\n\n"),
        *("b.png\r\n".encode("utf-16"), b"images/b.png labels/b_P.png\n", b"labels/b_P.png\n", b"./b.PNG"),
    ],
)
def test_a_list_is_read_as_any_program_writes_it(root, content):
    (root / "valid.txt").write_bytes(content)

    expected = ["b", "c"] if b"c" in content else ["b"]
    assert validation(root) == expected
    assert check(root).clean


def test_a_line_that_names_no_frame_stops_whoever_uses_the_split(root, refusal):
    (root / "valid.txt").write_text("c.png\nd.png\n")

    sentence = refusal(lambda: open_dataset(root))
    assert sentence == (
        f"{root / 'valid.txt'} names d.png (line 2), which is not a frame of the data set; "
        "correct the line or delete it."
    )
    assert [problem.message for problem in check(root).problems] == [sentence]
    assert [frame.name for frame in open_dataset(root, strict=False).valid] == ["c"]


def test_many_such_lines_are_one_sentence(root, refusal):
    (root / "valid.txt").write_text("".join(f"\n{name}.png" for name in "vwxyz"))

    assert refusal(lambda: open_dataset(root)) == (
        f"{root / 'valid.txt'} has 5 lines that name no frame of the data set: v.png (line 2), "
        "w.png (line 3), x.png (line 4) and 2 more; correct these lines or delete them."
    )


@pytest.mark.parametrize("name", ["valid.txt", "test.txt"])
@pytest.mark.parametrize("content", [b"", b"\n \r\n\t\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_an_empty_list_is_never_clean(root, refusal, name, content):
    (root / name).write_bytes(content)

    assert f"{root / name} is empty" in refusal(lambda: open_dataset(root))
    assert [problem.kind for problem in check(root).problems] == ["list"]


def test_an_entry_that_can_mean_two_frames_is_not_guessed(make_dataset, street, refusal):
    root = make_dataset({"Ab": street, "aB": np.fliplr(street)}, valid=("AB.png",))

    sentence = refusal(lambda: open_dataset(root))
    assert f"names AB.png (line 1), which can mean {root / 'images' / 'Ab.png'} or" in sentence
    assert [problem.kind for problem in check(root).problems] == ["list"]


def test_a_frame_in_two_lists_is_for_validation_until_it_is_put_right(root, refusal):
    (root / "test.txt").write_text("a\nc\n")

    assert f"c is in both {root / 'valid.txt'} and test.txt" in refusal(lambda: open_dataset(root))
    listed = open_dataset(root, strict=False)
    assert ([f.name for f in listed.valid], [f.name for f in listed.test]) == (["c"], ["a"])


def test_a_frame_that_is_named_twice_is_only_a_note(root):
    (root / "valid.txt").write_text("c.png\nb\nimages/c.png\n")

    listing = list_dataset(root)
    assert listing.problems == ()
    assert listing.notes == (
        f"{root / 'valid.txt'} names c.png more than once (lines 1 and 3); it counts once.",
    )


def test_a_listed_picture_without_label_map_is_one_problem_not_two(root):
    (root / "labels" / "c_P.png").unlink()

    assert [problem.kind for problem in list_dataset(root).problems] == ["missing label"]


def test_frames_for_the_test_stay_there_when_nobody_says_what_is_for_validation(root):
    (root / "valid.txt").unlink()
    (root / "test.txt").write_text("c\n")

    dataset = open_dataset(root)
    assert [[frame.name for frame in dataset.frames(split)] for split in ("train", "valid", "test")] == [
        ["a"],
        ["b"],
        ["c"],
    ]


def test_a_line_of_a_million_words_is_no_name(root, refusal):
    (root / "valid.txt").write_text("b.png " * 600_000)

    assert "which is not a frame" in refusal(lambda: open_dataset(root))
