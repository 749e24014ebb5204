"""Outputs for added classes: they start at the answers of the nearest class."""

from __future__ import annotations

import math

import pytest
import torch

from core.classes import CAMVID_11, CAMVID_31, ClassList, SegmentationClass
from core.datasets.layouts.opening import open_dataset
from core.models.networks import NETWORKS, find_network
from core.segmentation.segmenter import load_segmenter
from core.training.learner.outputs import BEHIND, nearest_classes, with_added_outputs, with_finer_outputs
from tests.conftest import COLOURS, ROAD, SKY, TREE, VOID

EXTENDED = ClassList("Extended", (*COLOURS.classes, SegmentationClass("Becak", (9, 9, 9))), VOID)
BECAK = 4


def widened(name: str, nearest: tuple[int, ...]):
    torch.manual_seed(1)
    old = find_network(name).build(4, False).eval()
    new = find_network(name).build(4 + len(nearest), False).eval()
    new.load_state_dict(with_added_outputs(old, nearest))
    return old, new


@pytest.mark.parametrize("name", sorted(set(NETWORKS) - {"unet_resnet34"}))
def test_an_added_class_starts_at_the_answers_of_its_nearest_one(name):
    old, new = widened(name, (2, 0))
    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        before, after = old(image), new(image)

    torch.testing.assert_close(after[:, :4], before)
    torch.testing.assert_close(after[:, 4], before[:, 2] - BEHIND, rtol=0, atol=1e-5)
    torch.testing.assert_close(after[:, 5], before[:, 0] - BEHIND, rtol=0, atol=1e-5)
    assert torch.equal(after.argmax(dim=1), before.argmax(dim=1))


def test_without_added_classes_the_weights_are_the_old_ones():
    old, new = widened("pixel_colour", ())

    assert torch.equal(new.weight, old.weight)


def test_the_nearest_class_is_the_one_predicted_most_on_the_new_ones_pixels(
    colour_model, make_dataset, street
):
    label, painted = street.copy(), street.copy()
    label[:] = 255
    label[4:12, 4:20] = BECAK
    painted[4:12, 4:20], painted[4:12, 4:8] = ROAD, TREE  # most of it looks like road
    painted[20:30] = SKY
    root = make_dataset({"a": label}, painted={"a": painted}, codes=EXTENDED.names)

    dataset = open_dataset(root)
    assert nearest_classes(load_segmenter(colour_model), dataset, EXTENDED) == (ROAD,)
    assert nearest_classes(load_segmenter(colour_model), dataset, COLOURS) == ()


def test_fine_classes_start_as_their_shares_of_the_coarse_one():
    torch.manual_seed(1)
    old = find_network("unet_tiny").build(len(CAMVID_11), False).eval()
    new = find_network("unet_tiny").build(len(CAMVID_31), False).eval()
    new.load_state_dict(with_finer_outputs(old, CAMVID_11, CAMVID_31, {"LaneMkgsDriv": 0.03}))
    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        before, after = old(image), new(image)

    # the exponentials of a set's logits sum to the coarse class's
    for number, members in enumerate(CAMVID_11.members(CAMVID_31)):
        summed = after[:, list(members)].logsumexp(dim=1)
        torch.testing.assert_close(summed, before[:, number], rtol=0, atol=1e-4)
    road, lane = before[:, CAMVID_11.index("Road")], after[:, CAMVID_31.index("LaneMkgsDriv")]
    torch.testing.assert_close((lane - road).exp(), torch.full_like(lane, 0.03), rtol=1e-3, atol=0)
    # what is none of the coarse classes begins behind every mean answer
    train = after[:, CAMVID_31.index("Train")]
    torch.testing.assert_close(train, before.mean(dim=1) + math.log(0.01), rtol=0, atol=1e-4)


@pytest.mark.parametrize(("coarse", "fine"), [(CAMVID_11, CAMVID_11), (CAMVID_31, CAMVID_11)])
def test_classes_that_are_not_told_further_apart_keep_their_outputs(coarse, fine):
    network = find_network("pixel_colour").build(len(coarse), False)

    weights = with_finer_outputs(network, coarse, fine)
    assert torch.equal(weights["weight"], network.weight)
