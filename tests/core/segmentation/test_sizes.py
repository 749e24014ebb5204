"""Working sizes by their names, one of which is another for each model."""

from __future__ import annotations

import pytest

from core.segmentation.sizes import SIZES, TRAINED, WorkingSize, size_called


def test_the_size_as_trained_is_the_models() -> None:
    assert size_called(TRAINED, (128, 171)) == WorkingSize("171", "", 171)
    assert size_called(TRAINED, (171, 128)).title == "As trained (171)"


@pytest.mark.parametrize(("trained", "pixels"), [((8, 16), 32), ((4000, 3000), 2048), ((512, 100), 512)])
def test_it_is_within_the_bounds_of_all_sizes(trained: tuple[int, int], pixels: int) -> None:
    assert size_called(TRAINED, trained).pixels == pixels


def test_without_it_there_is_a_usual_one() -> None:
    assert size_called(TRAINED, None) == SIZES["512"]
    assert size_called(TRAINED, None, unknown="full") == SIZES["full"]


def test_other_names_mean_the_same_for_all_models() -> None:
    assert [size_called(name, (128, 171)).pixels for name in ("128", "256", "512", "1024", "full")] == [
        128,
        256,
        512,
        1024,
        None,
    ]
