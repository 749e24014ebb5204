"""Which photos of a set of corrections are taught, and which are held out."""

from __future__ import annotations

import numpy as np
import pytest

from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError
from core.training.corrections.photos import corrected_photos, reviewed_pixels
from tests.conftest import COLOURS as THREE_AND_VOID
from tests.conftest import ROAD, SKY, VOID

NOTHING = np.full((32, 32), 255, np.uint8)


def half(number: int) -> np.ndarray:
    label = NOTHING.copy()
    label[:16] = number
    return label


@pytest.mark.parametrize(
    ("count", "held_out"), [(1, []), (4, []), (5, ["p4"]), (9, ["p4"]), (10, ["p4", "p9"])]
)
def test_of_five_photos_or_more_every_fifth_is_held_out(make_dataset, count, held_out):
    names = [f"p{number}" for number in range(count)]
    found = corrected_photos(open_dataset(make_dataset({name: half(SKY) for name in names})))

    assert found.held_out == bool(held_out)
    taught = [name for name in names if name not in held_out]
    assert [frame.name for frame in found.dataset.train] == taught
    assert [frame.name for frame in found.dataset.valid] == (held_out or taught)


def test_photos_in_which_nothing_was_reviewed_are_left_out(make_dataset):
    labels = {"a": half(SKY), "b": NOTHING, "c": half(VOID)}
    found = corrected_photos(open_dataset(make_dataset(labels)))

    assert [frame.name for frame in found.dataset.frames()] == ["a", "a"]


def test_a_split_that_the_set_gives_is_kept(make_dataset):
    labels = {name: half(SKY) for name in "abc"}
    found = corrected_photos(open_dataset(make_dataset(labels, valid=("b.png",))))

    assert found.held_out
    assert [frame.name for frame in found.dataset.train] == ["a", "c"]
    assert [frame.name for frame in found.dataset.valid] == ["b"]


def test_a_given_split_whose_held_out_photos_are_empty_is_not_kept(make_dataset):
    found = corrected_photos(open_dataset(make_dataset({"a": half(SKY), "b": NOTHING}, valid=("b.png",))))

    assert not found.held_out
    assert [frame.name for frame in found.dataset.train] == ["a"]


def test_a_set_in_which_nothing_was_reviewed_is_one_sentence(make_dataset):
    dataset = open_dataset(make_dataset({"a": NOTHING}))
    with pytest.raises(DatasetError, match=r"^Nothing was reviewed in toy: correct something"):
        corrected_photos(dataset)


def test_void_and_what_nobody_reviewed_are_no_reviewed_pixels(make_dataset):
    label = half(SKY)
    label[:4], label[4:6] = VOID, ROAD
    dataset = open_dataset(make_dataset({"a": label}))

    counts = reviewed_pixels(dataset, dataset.frames())
    assert counts[: len(THREE_AND_VOID)].tolist() == [10 * 32, 2 * 32, 0, 0]
    assert counts.sum() == 12 * 32
