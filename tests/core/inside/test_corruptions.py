"""Spoilt pictures: none at strength 0, always the same, worse with strength; and the labels that stay."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import SizeError
from core.inside.corruptions import CORRUPTIONS, STRENGTHS
from core.inside.kept import curves, kept_labels
from core.photos import images
from core.photos.samples import SAMPLES
from core.segmentation.segmenter import Segmenter


@pytest.fixture(scope="module")
def photo() -> NDArray[np.uint8]:
    noon = images.decode(SAMPLES[1].path.read_bytes())
    return images.resize(noon, 75, 100)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_strength_0_is_the_picture_and_others_are_further_from_it(
    name: str, photo: NDArray[np.uint8]
) -> None:
    before = photo.copy()
    spoilt = [CORRUPTIONS[name].apply(photo, strength) for strength in range(STRENGTHS + 1)]
    far = [np.abs(each.astype(float) - photo).mean() for each in spoilt]

    assert (photo == before).all()
    assert spoilt[0] is photo
    assert {(each.shape, each.dtype) for each in spoilt} == {((75, 100, 3), np.dtype(np.uint8))}
    assert min(far[1:]) > 0
    assert name == "fog" or far == sorted(far)  # stronger fog is thicker here and thinner there
    assert (CORRUPTIONS[name].apply(photo, 3) == spoilt[3]).all()


@pytest.mark.parametrize("strength", [-1, 6])
def test_another_strength_is_refused(strength: int, photo: NDArray[np.uint8]) -> None:
    with pytest.raises(SizeError, match="choose one from 0"):
        CORRUPTIONS["fog"].apply(photo, strength)


def test_noise_is_as_strong_as_its_source_says() -> None:
    grey = np.full((100, 100, 3), 128, np.uint8)

    noisy = CORRUPTIONS["noise"].apply(grey, 1)

    assert noisy.std() == pytest.approx(0.08 * 255, rel=0.02)
    assert noisy.mean() == pytest.approx(128, abs=0.5)


def test_night_is_dark_and_blue() -> None:
    white = np.full((100, 100, 3), 255, np.uint8)

    red, _, blue = CORRUPTIONS["night"].apply(white, 3).mean(axis=(0, 1))

    # A tenth of the light, times 0.8 in red, through a gamma of 2.2: 0.08 ** (1 / 2.2) of 255
    assert red == pytest.approx(81, abs=3)
    assert blue > red


def test_labels_that_stay_are_counted_by_class() -> None:
    before = np.array([[0, 0, 0, 1], [2, 2, 0, 1]], np.uint8)
    after = np.array([[0, 0, 0, 2], [2, 2, 1, 2]], np.uint8)

    kept = kept_labels(before, after, 4)

    assert kept.share == 5 / 8
    assert kept.pixels.tolist() == [4, 2, 2, 0]
    assert kept.by_class[:3].tolist() == [3 / 4, 0, 1]
    assert np.isnan(kept.by_class[3])
    assert [kept.became(number) for number in range(3)] == [1, 2, None]


def test_curves_begin_at_1_and_tell_each_pass(segmenter: Segmenter, picture: NDArray[np.uint8]) -> None:
    told: list[tuple[int, int]] = []
    labels = segmenter.segment(picture).labels

    noise, fog = curves(
        segmenter, picture, labels, ("noise", "fog"), lambda done, total: told.append((done, total))
    )

    assert told == [(done, 10) for done in range(1, 11)]
    assert (noise.corruption, fog.corruption) == ("noise", "fog")
    assert noise.shares[0] == fog.shares[0] == 1
    assert noise.shares[5] < 1
