"""Progress in a sentence: what is done, how far it is, and the time left."""

from __future__ import annotations

import pytest

from core.jobs import JobProgress
from pages.widgets.shared.jobs import progress_text


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (JobProgress(), "Evaluating it · starting"),
        (JobProgress(0, 101, None, "loading the network"), "Evaluating it · loading the network"),
        (JobProgress(0, 101), "Evaluating it · frame 0 of 101"),
        (JobProgress(12, 101, 40.2), "Evaluating it · frame 12 of 101 · 40 s left"),
    ],
)
def test_progress_is_a_sentence(progress: JobProgress, words: str) -> None:
    assert progress_text(progress, "Evaluating it", "frame") == words


def test_without_a_unit_only_the_numbers_are_given() -> None:
    assert progress_text(JobProgress(1, 8), "Drawing the film") == "Drawing the film · 1 of 8"
