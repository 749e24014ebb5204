"""Regions hang together, have one class, and cover the picture; and what a browser gets of them."""

from __future__ import annotations

import typing
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from core.annotation.regions import Scale, cut, packed_regions, regions, segments
from core.annotation.runs import NOT_REVIEWED
from core.toytown.writing import frame

SCALES = typing.get_args(Scale)


def connected(numbers):
    return all(ndimage.label(numbers == number)[1] == 1 for number in range(numbers.max() + 1))


def in_order(numbers):
    """Whether each region's first pixel comes after that of the one before."""
    found, first = np.unique(numbers, return_index=True)
    return found.tolist() == list(range(len(found))) and np.all(np.diff(first) > 0)


def one_class(numbers, labels):
    return all(len(np.unique(labels[numbers == number])) == 1 for number in range(numbers.max() + 1))


@pytest.fixture(scope="module")
def picture():
    image, labels = frame(3, 2, (160, 120))
    return image, labels.astype(np.uint8)


@pytest.mark.parametrize("scale", SCALES)
def test_regions_of_a_frame_hang_together_and_have_one_class(picture, scale):
    image, labels = picture
    numbers = regions(image, labels, scale)
    assert numbers.shape == labels.shape
    assert numbers.dtype == np.int32
    assert connected(numbers)
    assert in_order(numbers)
    assert one_class(numbers, labels)


@settings(max_examples=40, deadline=None)
@given(st.data(), array_shapes(min_dims=2, max_dims=2, max_side=12), st.sampled_from(SCALES))
def test_whatever_the_picture_and_the_mask(data, shape, scale):
    image = data.draw(arrays(np.uint8, (*shape, 3)))
    labels = data.draw(arrays(np.uint8, shape, elements=st.sampled_from([0, 1, NOT_REVIEWED])))
    numbers = regions(image, labels, scale)
    assert connected(numbers)
    assert in_order(numbers)
    assert one_class(numbers, labels)


def test_the_same_picture_has_the_same_regions(picture):
    first, second = (regions(*picture, "small") for _ in range(2))
    assert np.array_equal(first, second)


def test_large_regions_are_fewer_than_small_ones(picture):
    small, middle, large = (regions(*picture, scale).max() + 1 for scale in ("small", "middle", "large"))
    assert small > middle > large > 1


def test_regions_follow_the_edges_in_the_picture():
    image = np.zeros((60, 80, 3), np.uint8)
    image[:, 30:] = (200, 180, 40)
    numbers = regions(image, np.zeros((60, 80), np.uint8), "small")
    left, right = (
        np.unique(numbers[:, :27]),
        np.unique(numbers[:, 33:]),
    )  # between them is what the blur makes
    assert len(left) == len(right) == 1
    assert left != right


def test_a_region_that_a_stroke_crosses_is_cut():
    image = np.full((40, 40, 3), 90, np.uint8)
    labels = np.zeros((40, 40), np.uint8)
    labels[18:22] = 3
    alike = segments(image, "large")
    assert cut(alike, np.zeros_like(labels), "large").max() == 0
    assert np.array_equal(
        cut(alike, labels, "large"), np.repeat([0, 1, 2], [18, 4, 18])[:, np.newaxis] * [[1] * 40]
    )


def test_a_sliver_joins_its_largest_neighbour_of_the_same_class_only():
    alike = np.zeros((300, 400), np.int32)
    alike[:, 100:] = 1
    alike[0, 99] = alike[1, 99] = 2  # two pixels between both
    labels = np.zeros((300, 400), np.uint8)
    assert cut(alike, labels, "small")[:3, 98:101].tolist() == [[0, 1, 1], [0, 1, 1], [0, 0, 1]]
    labels[:2, 99] = 7  # a class of its own stays
    assert cut(alike, labels, "small")[:3, 98:101].tolist() == [[0, 1, 2], [0, 1, 2], [0, 0, 2]]


@given(arrays(np.int32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 2**24 - 1)))
def test_packed_regions_are_three_planes_of_bytes(numbers):
    planes = np.frombuffer(zlib.decompress(packed_regions(numbers)), np.uint8).reshape(3, *numbers.shape)
    assert np.array_equal(planes[0] + 256 * planes[1].astype(int) + 65536 * planes[2].astype(int), numbers)
