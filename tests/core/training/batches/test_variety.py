"""Pictures changed as other cameras would."""

from __future__ import annotations

import random

import pytest
import torch

from core.training.batches import variety


@pytest.fixture
def image():
    return torch.arange(3 * 32 * 48).reshape(3, 32, 48).remainder(251).to(torch.uint8)


def test_without_variety_a_picture_stays_as_it_is(image):
    assert variety.varied(image, 0.0) is image


@pytest.mark.parametrize("change", [change for _, change in variety._CHANGES])
def test_each_change_gives_another_picture_of_the_same_size(image, change):
    random.seed(1)
    changed = change(image)

    assert (changed.shape, changed.dtype) == (image.shape, torch.uint8)
    assert not torch.equal(changed, image)
