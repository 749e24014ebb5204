"""What is said of the files that were added last."""

from __future__ import annotations

import pytest

from pages.widgets.photos.added import Added

BAD = [("notes.txt", "no picture"), ("empty.jpg", "no bytes")]


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        (Added(15, 0, [], 15, 24), "15 added: you have 15 photos of 24."),
        (Added(1, 0, [], 1, 24), "1 added: you have 1 photo of 24."),
        (Added(13, 1, BAD, 20, 24), "13 added, 1 already here, 2 refused: you have 20 photos of 24."),
        (Added(0, 0, BAD[:1], 0, 24), "0 added, 1 refused: you have 0 photos of 24."),
    ],
)
def test_all_counts_stand_in_one_sentence(added: Added, sentence: str) -> None:
    assert added.sentence() == sentence
