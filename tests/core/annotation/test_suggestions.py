"""Suggestions keep off what was reviewed, learn what they are shown, and say when they cannot."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from core.annotation.regions import segments
from core.annotation.runs import NOT_REVIEWED
from core.annotation.strokes import brush
from core.annotation.suggestions import read_suggester
from core.classes import CAMVID_32, ClassList, SegmentationClass
from core.errors import AnnotationError
from core.segmentation.segmenter import load_segmenter
from core.toytown.writing import frame

ROAD, SKY = CAMVID_32.index("Road"), CAMVID_32.index("Sky")
WALL = CAMVID_32.index("Wall")
"""A class that street-lite0 never had."""


@pytest.fixture(scope="module")
def segmenter():
    return load_segmenter("street-lite0")


@pytest.fixture(scope="module")
def picture(segmenter):
    """A frame with a wall: its image, its label map, its segmentation and its segments."""
    image, labels = frame(108, 0)
    return image, labels, segmenter.segment(image), segments(image, "small")


@pytest.fixture(scope="module")
def suggester(segmenter, picture):
    _, _, segmentation, alike = picture
    return read_suggester(segmenter, segmentation, alike, CAMVID_32)


def scribbled(labels, number, width=7):
    """A mask in which a short stroke through the middle of the largest area of a class is reviewed."""
    areas, _ = ndimage.label(labels == number)
    largest = areas == np.bincount(areas.ravel())[1:].argmax() + 1
    rows, cols = np.nonzero(largest)
    row, col = int(np.median(rows)), int(np.median(cols))
    stroke = brush(labels.shape, [(2 * col - 21, 2 * row + 1), (2 * col + 23, 2 * row + 1)], width)
    mask = np.full(labels.shape, NOT_REVIEWED, np.uint8)
    mask[stroke & largest] = number
    return mask


def agreement(found, truth, where):
    return (found == truth)[where].mean()


def test_a_class_that_the_network_never_had_is_learned_from_a_stroke(picture, suggester):
    _, labels, _, _ = picture
    mask = scribbled(labels, WALL)
    found = suggester.suggest(mask).labels
    wall, rest = labels == WALL, mask == NOT_REVIEWED
    called_so = (found == WALL) & rest
    chance = wall.mean()
    assert np.count_nonzero(mask == WALL) < 0.1 * np.count_nonzero(wall)
    assert called_so[wall & rest].mean() > 0.5
    assert wall[called_so].mean() > max(0.5, 3 * chance)


def test_the_rest_of_the_picture_keeps_the_networks_answer(picture, suggester):
    _, labels, segmentation, _ = picture
    network = segmentation.class_list.translation(CAMVID_32)[segmentation.labels]
    found = suggester.suggest(scribbled(labels, WALL)).labels
    elsewhere = labels != WALL
    assert agreement(found, network, elsewhere) > 0.85


def test_a_correction_never_makes_the_rest_worse_than_the_network_left_it(picture, suggester):
    _, labels, segmentation, _ = picture
    network = segmentation.class_list.translation(CAMVID_32)[segmentation.labels]
    for number in (SKY, ROAD, WALL):
        mask = scribbled(labels, number)
        rest = mask == NOT_REVIEWED
        found = suggester.suggest(mask).labels
        assert agreement(found, labels, rest) > agreement(network, labels, rest)


def test_what_was_reviewed_stays(picture, suggester):
    _, labels, _, _ = picture
    mask = np.full(labels.shape, NOT_REVIEWED, np.uint8)
    mask[::3, ::2] = np.random.default_rng(0).integers(0, len(CAMVID_32), mask[::3, ::2].shape)
    found = suggester.suggest(mask)
    reviewed = mask != NOT_REVIEWED
    assert np.array_equal(found.labels[reviewed], mask[reviewed])
    assert np.all(found.confidence[reviewed] == 100)
    assert found.labels.max() < len(CAMVID_32)
    assert found.labels.dtype == found.confidence.dtype == np.uint8
    assert found.confidence.max() <= 100


def test_the_same_mask_gets_the_same_suggestion_whatever_was_asked_before(picture, suggester):
    _, labels, _, _ = picture
    mask = scribbled(labels, ROAD)
    first = suggester.suggest(mask)
    suggester.suggest(scribbled(labels, WALL))
    second = suggester.suggest(mask)
    assert np.array_equal(first.labels, second.labels)
    assert np.array_equal(first.confidence, second.confidence)


def test_one_class_alone_does_not_take_the_whole_picture(picture, suggester):
    _, labels, _, _ = picture
    found = suggester.suggest(scribbled(labels, SKY)).labels
    assert agreement(found, labels, labels == ROAD) > 0.8
    assert (found == SKY).mean() < 1.5 * (labels == SKY).mean() + 0.05


def test_all_reviewed_leaves_nothing_to_suggest(picture, suggester):
    _, labels, _, _ = picture
    assert np.array_equal(suggester.suggest(labels).labels, labels)


def test_nothing_reviewed_is_said(picture, suggester):
    _, labels, _, _ = picture
    with pytest.raises(AnnotationError, match="Nothing is reviewed yet"):
        suggester.suggest(np.full(labels.shape, NOT_REVIEWED, np.uint8))


def test_another_picture_teaches_too(picture, suggester):
    _, labels, _, _ = picture
    taught = suggester.examples(scribbled(labels, WALL))
    nothing = np.full(labels.shape, NOT_REVIEWED, np.uint8)
    found = suggester.suggest(nothing, others=[taught]).labels
    assert (found == WALL)[labels == WALL].mean() > 0.5
    assert suggester.examples(nothing).shares.shape == (0, len(CAMVID_32))


def test_a_mask_of_another_picture_or_class_list_is_refused(picture, suggester):
    _, labels, _, _ = picture
    with pytest.raises(AnnotationError, match="This mask has 5 x 4 pixels"):
        suggester.suggest(np.zeros((4, 5), np.uint8))
    with pytest.raises(AnnotationError, match="class number 77"):
        suggester.suggest(np.full(labels.shape, 77, np.uint8))


def test_examples_of_another_class_list_are_refused(segmenter, picture, suggester):
    _, labels, segmentation, alike = picture
    other = read_suggester(segmenter, segmentation, alike, segmentation.class_list)
    mask = np.full(labels.shape, NOT_REVIEWED, np.uint8)
    mask[:9] = 1
    with pytest.raises(AnnotationError, match="another model or class list"):
        suggester.suggest(mask, others=[other.examples(mask)])


def test_memory_is_little_more_than_the_segments(suggester, picture):
    _, labels, _, _ = picture
    assert suggester.nbytes < 4 * labels.size + 500 * len(suggester.sizes)


def test_features_that_are_no_numbers_are_said(segmenter, picture, monkeypatch):
    _, _, segmentation, alike = picture
    features = segmenter.predictor.features
    monkeypatch.setattr(segmenter.predictor, "features", lambda images: features(images) * np.float16(np.nan))
    with pytest.raises(AnnotationError, match="street-lite0 gives no usable features"):
        read_suggester(segmenter, segmentation, alike, CAMVID_32)


def test_a_large_picture_is_looked_at_smaller(segmenter, picture, monkeypatch):
    """The features of a picture of any size are bounded, and what they say is found at the same places."""
    _, labels, segmentation, alike = picture
    monkeypatch.setattr("core.annotation.suggestions._MOST_CELLS", 5000)
    sizes = []
    features = segmenter.predictor.features
    monkeypatch.setattr(
        segmenter.predictor, "features", lambda images: sizes.append(images[0].shape) or features(images)
    )
    small = read_suggester(segmenter, segmentation, alike, CAMVID_32)
    assert sizes[0][0] * sizes[0][1] <= 1.05 * 5000 * segmenter.stride**2
    found = small.suggest(scribbled(labels, WALL)).labels
    assert (found == WALL)[labels == WALL].mean() > 0.3


def test_classes_that_have_other_numbers_in_the_mask(segmenter, picture):
    """The network's classes are found in the list by name, in whatever order it has them."""
    _, labels, segmentation, alike = picture
    names = ("Other", *reversed(segmentation.class_list.names))
    shuffled = ClassList("shuffled", tuple(SegmentationClass(name, (0, 0, 0)) for name in names))
    mask = np.full(labels.shape, NOT_REVIEWED, np.uint8)
    road = names.index("Road")
    mask[scribbled(labels, ROAD) == ROAD] = road
    found = read_suggester(segmenter, segmentation, alike, shuffled).suggest(mask).labels
    assert agreement(found == road, labels == ROAD, labels == ROAD) > 0.8
    assert not (found == 0).any()


def test_classes_that_come_later_are_as_if_they_had_been_there(segmenter, picture, suggester):
    """And those that are gone, as if they had never been: the network knows neither."""
    _, _, segmentation, alike = picture
    network = segmentation.class_list
    own = read_suggester(segmenter, segmentation, alike, network)
    longer = ClassList("longer", (*network.classes, SegmentationClass("Becak", (1, 2, 3))))
    with_becak = read_suggester(segmenter, segmentation, alike, longer)
    assert np.allclose(own.with_classes(len(longer)).beforehand, with_becak.beforehand, atol=1e-3)
    assert np.array_equal(with_becak.with_classes(len(network)).beforehand, own.beforehand)
    assert own.with_classes(len(longer)).features is own.features


def test_a_picture_with_one_segment(segmenter):
    image = np.full((40, 60, 3), 120, np.uint8)
    segmentation = segmenter.segment(image)
    suggester = read_suggester(segmenter, segmentation, np.zeros((40, 60), np.int32), CAMVID_32)
    mask = np.full((40, 60), NOT_REVIEWED, np.uint8)
    mask[0, 0] = WALL
    found = suggester.suggest(mask)
    assert found.labels[0, 0] == WALL
    assert len(np.unique(found.labels[1:])) == 1
