"""What training sees of a frame: its size, and that picture and label map stay together."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.dataset import sampled
from core.evaluation.metrics import IGNORE
from core.models.networks import find_network
from core.photos.images import resize
from core.training.batches.data import (
    GREY,
    Augment,
    Normalise,
    Pictures,
    stage_dataloaders,
)
from core.training.batches.examples import TrainingExample
from core.training.batches.loss import class_weights
from core.training.recipes.recipe import Recipe, Stage
from tests.conftest import examples

# Colours of classes 0, 1 and 2, and of what does not count
PALETTE = np.array([[0, 0, 255], [255, 0, 0], [0, 255, 0]], dtype=np.uint8)
EVEN = torch.ones(3)


def recipe(crop=(32, 64), scale=(0.5, 2.0), valid_size=1.0, batch_size=2, **settings) -> Recipe:
    stage = Stage(
        name="only", crop=crop, scale=scale, epochs=1, lr=1e-3, valid_size=valid_size, batch_size=batch_size
    )
    return Recipe(name="test", network="pixel_colour", classes="dataset", stages=(stage,), **settings)


def checkered(height: int, width: int, seed: int = 0, block: int = 16) -> TrainingExample:
    """An example of class squares, whose picture shows each pixel's class, 255 as the grey that surrounds."""
    squares = np.random.default_rng(seed).choice([0, 1, 2, IGNORE], (height // block + 1, width // block + 1))
    label = squares.astype(np.uint8).repeat(block, 0).repeat(block, 1)[:height, :width]
    image = np.where((label == IGNORE)[..., None], GREY, PALETTE[label % 3]).astype(np.uint8)
    return TrainingExample(torch.from_numpy(image).permute(2, 0, 1), torch.from_numpy(label.copy()))


def augmented(settings: Recipe, example: TrainingExample, seed: int, rarity: torch.Tensor = EVEN):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    stage = settings.stages[0]
    return Augment(settings, stage, rarity, stage.framing(*example.label.shape))(example)


def shown(image: torch.Tensor) -> torch.Tensor:
    """(H, W) class whose colour, or the grey, is nearest to each pixel."""
    colours = torch.tensor([*PALETTE.tolist(), [GREY] * 3]).float()
    distances = (image.float().permute(1, 2, 0)[:, :, None] - colours).square().sum(dim=3)
    return torch.tensor([0, 1, 2, IGNORE])[distances.argmin(dim=2)]


def interior(label: torch.Tensor, margin: int = 3) -> torch.Tensor:
    """(H, W) whether all labels within `margin` pixels are the same."""
    values = F.pad(label[None, None].float(), [margin] * 4, value=-1)
    size = 2 * margin + 1
    highest, lowest = F.max_pool2d(values, size, 1), -F.max_pool2d(-values, size, 1)
    return (highest == lowest)[0, 0]


seeds = st.integers(0, 2**31 - 1)
sides = st.integers(32, 90)


# Augmentation


@given(sides, sides, seeds, st.sampled_from([0.0, 0.5, 1.0]))
def test_a_crop_has_the_stages_size_and_only_labels_of_its_source(height, width, seed, rare_crop):
    example = checkered(height, width, seed)
    image, label = augmented(recipe(rare_crop=rare_crop, colour=0.5, blur=0.5), example, seed)

    assert image.shape == (3, 32, 64)
    assert label.shape == (32, 64)
    assert image.dtype == label.dtype == torch.uint8
    assert set(label.unique().tolist()) <= set(example.label.unique().tolist()) | {IGNORE}


@given(sides, sides, seeds, st.sampled_from([0.0, 1.0]))
def test_picture_and_label_map_stay_together(height, width, seed, rare_crop):
    image, label = augmented(recipe(rare_crop=rare_crop), checkered(height, width, seed), seed)

    inside = interior(label)
    assert torch.equal(shown(image)[inside], label[inside].long())


def test_the_check_of_alignment_would_notice_a_shift_of_three_pixels():
    """A test of the test above: a mirrored or shifted label map must not pass it."""
    image, label = augmented(recipe(), checkered(90, 90, 1), 1)

    for moved in (label.flip(1), label.roll(4, 1), label.roll(4, 0)):
        inside = interior(moved)
        assert not torch.equal(shown(image)[inside], moved[inside].long())


@given(sides, sides, seeds)
def test_the_same_seed_gives_the_same_crop(height, width, seed):
    example = checkered(height, width)
    settings = recipe(rare_crop=0.5, colour=0.5, blur=0.5)
    first, second = augmented(settings, example, seed), augmented(settings, example, seed)

    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])


def test_other_seeds_give_other_crops():
    crops = {augmented(recipe(), checkered(90, 90), seed)[1].numpy().tobytes() for seed in range(10)}

    assert len(crops) == 10


def test_about_half_of_the_crops_are_mirrored():
    # left half class 0, right half class 1, and a box that always covers the whole picture
    label = torch.zeros(32, 64, dtype=torch.uint8)
    label[:, 32:] = 1
    example = TrainingExample(torch.zeros(3, 32, 64, dtype=torch.uint8), label)
    mirrored = 0
    for seed in range(60):
        _, crop = augmented(recipe(scale=(0.4, 0.4)), example, seed)
        cols = [(crop == value).any(dim=0).nonzero().float().mean() for value in (0, 1)]
        mirrored += int(cols[0] > cols[1])

    assert 15 < mirrored < 45


def test_a_picture_smaller_than_its_crop_is_surrounded_by_grey_that_counts_nowhere():
    example = TrainingExample(
        torch.zeros(3, 32, 32, dtype=torch.uint8), torch.zeros(32, 32, dtype=torch.uint8)
    )
    image, label = augmented(recipe(crop=(64, 64), scale=(1.0, 1.0)), example, 0)

    # squeezing changes height and width by at most 10.5 % each, in opposite directions
    assert 29 * 29 <= (label == 0).sum() <= 36 * 36
    assert (label == IGNORE).sum() == 64 * 64 - (label == 0).sum()
    assert (image[:, interior(label) & (label == IGNORE)] == GREY).all()


def test_no_colour_change_and_no_blur_leave_the_colours_as_they_are():
    example = TrainingExample(
        torch.full((3, 90, 90), 77, dtype=torch.uint8), torch.zeros(90, 90, dtype=torch.uint8)
    )
    image, _ = augmented(recipe(scale=(1.5, 2.0)), example, 3)

    assert (image == 77).all()


def test_colour_changes_leave_the_label_map_as_it_is():
    plain = augmented(recipe(colour=0.0), checkered(90, 90), 5)
    coloured = augmented(recipe(colour=0.5), checkered(90, 90), 5)

    assert torch.equal(plain[1], coloured[1])
    assert not torch.equal(plain[0], coloured[0])


def test_rare_crops_show_the_rare_class():
    label = torch.zeros(300, 300, dtype=torch.uint8)
    label[280:284, 10:14] = 2
    example = TrainingExample(torch.zeros(3, 300, 300, dtype=torch.uint8), label)
    rarity = torch.tensor([0.0, 0.0, 1.0])
    settings = recipe(scale=(1.0, 1.0), rare_crop=1.0)

    assert all((augmented(settings, example, seed, rarity)[1] == 2).any() for seed in range(20))


def test_rare_crops_of_a_picture_without_classes_are_taken_anywhere():
    example = TrainingExample(
        torch.zeros(3, 64, 64, dtype=torch.uint8), torch.full((64, 64), IGNORE, dtype=torch.uint8)
    )

    assert (augmented(recipe(rare_crop=1.0), example, 0)[1] == IGNORE).all()


# Weighing


def test_class_weights_of_power_nothing_are_even():
    assert class_weights(torch.tensor([10, 30, 60]), 0.0).tolist() == pytest.approx([1, 1, 1])


def test_class_weights_of_power_one_give_each_class_the_same_say():
    # shares 0.1, 0.3 and 0.6; weight times share is the same for all and sums to 1
    weights = class_weights(torch.tensor([10, 30, 60]), 1.0)

    assert weights.tolist() == pytest.approx([1 / 0.3, 1 / 0.9, 1 / 1.8])


def test_class_weights_of_power_a_half():
    # shares 0.2 and 0.8, whose 1 / sqrt is 2.236 and 1.118; their mean over pixels is 1.342
    weights = class_weights(torch.tensor([1, 4]), 0.5)

    assert weights.tolist() == pytest.approx([5 / 3, 5 / 6])


def test_a_class_without_pixels_has_no_weight():
    assert class_weights(torch.tensor([0, 5]), 0.5).tolist() == [0, 1]


# Batches


@examples(0.5)
@given(sides, sides, st.sampled_from([0.5, 1.0]))
def test_validation_takes_whole_pictures_as_the_app_scales_them(height, width, factor):
    settings = recipe(valid_size=factor)
    example = checkered(height, width)
    loaders = stage_dataloaders(
        settings, settings.stages[0], find_network("unet_lite0"), Pictures([example], [example], EVEN), 1
    )
    images, labels = next(iter(loaders.valid))

    scaled = max(1, round(height * factor)), max(1, round(width * factor))
    photo = example.image.permute(1, 2, 0).contiguous().numpy()
    assert np.array_equal(images[0], resize(photo, *scaled))
    assert tuple(labels.shape) == (1, *scaled)
    assert set(labels.unique().tolist()) <= set(example.label.unique().tolist())
    if factor == 1:
        assert torch.equal(labels[0], example.label.long())


def test_training_batches_have_the_stages_size_and_the_networks_range():
    settings = recipe(batch_size=3)
    examples = [checkered(64, 64, seed) for seed in range(7)]
    loaders = stage_dataloaders(
        settings, settings.stages[0], find_network("unet_lite0"), Pictures(examples, examples, EVEN), 3
    )
    batches = list(loaders.train)

    assert [tuple(images.shape) for images, _ in batches] == [(3, 3, 32, 64)] * 2
    for images, labels in batches:
        assert labels.dtype == torch.int64
        assert labels.shape == (3, 32, 64)
        assert images.min() >= -1
        assert images.max() <= 1


def test_a_batch_is_normalised_by_the_networks_mean_and_spread():
    images = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 3, 1, 1)
    labels = torch.tensor([[[IGNORE]]], dtype=torch.uint8)
    found, numbers = Normalise(find_network("unet_resnet34"))((images, labels))

    # (pixel / 255 - mean) / std of ImageNet
    expected = [-0.485 / 0.229, (0.2 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    assert found.flatten().tolist() == pytest.approx(expected, rel=1e-5)
    assert numbers.tolist() == [[[IGNORE]]]


@pytest.mark.parametrize(("height", "width"), [(3, 4), (128, 171), (7, 200), (61, 97), (240, 320)])
def test_a_label_map_is_scaled_for_evaluation_as_in_training(height, width):
    label = np.random.default_rng(1).integers(0, 12, (61, 97)).astype(np.uint8)
    by_torch = F.interpolate(torch.from_numpy(label)[None, None], (height, width), mode="nearest-exact")

    assert np.array_equal(sampled(label, height, width), by_torch[0, 0].numpy())
