"""Fitted temperatures: what is known by construction comes back, and the loss never rises."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError
from core.evaluation.temperature import LabelledPixels, best_temperature, fit_temperature
from core.segmentation.segmenter import load_segmenter
from tests.conftest import ROAD, Labels


def drawn(sharper: float, seed: int = 0, pixels: int = 20_000) -> LabelledPixels:
    """Pixels whose true classes are drawn from the softmax of logits that a network gives `sharper` times."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(scale=2, size=(pixels, 4))
    own, given = (np.exp(logits * times) for times in (1.0, sharper))
    own, given = (each / each.sum(axis=1, keepdims=True) for each in (own, given))
    truth = (draw.random((pixels, 1)) > own.cumsum(axis=1)).sum(axis=1)
    return LabelledPixels(np.minimum(truth, 3).astype(np.uint8), given.astype(np.float32))


@pytest.mark.parametrize("sharper", [0.5, 1.0, 2.0, 3.0])
def test_a_network_that_is_too_sure_by_a_factor_gets_that_temperature(sharper: float) -> None:
    pixels = drawn(sharper)

    best = best_temperature(pixels)

    assert best == pytest.approx(sharper, rel=0.04)
    assert pixels.calibration_error(best) < 0.015
    if sharper != 1:
        assert pixels.calibration_error(1) > 0.05


@given(sharper=st.floats(0.2, 5), seed=st.integers(0, 100))
def test_no_temperature_nearby_is_better(sharper: float, seed: int) -> None:
    pixels = drawn(sharper, seed, 300)

    best = best_temperature(pixels)

    assert pixels.loss(best) <= min(pixels.loss(best * 1.01), pixels.loss(best / 1.01), pixels.loss(1)) + 1e-9


def test_the_loss_and_the_sums_of_classes_are_those_by_hand() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2]], np.float32)

    alone = LabelledPixels(np.array([1], np.uint8), probabilities)
    together = LabelledPixels(np.array([1], np.uint8), probabilities, ((0,), (1, 2)))

    assert alone.loss(1) == pytest.approx(-math.log(0.3))
    assert together.loss(1) == pytest.approx(-math.log(0.5))
    # At T = 0.5 probabilities are squared: 0.25, 0.09 and 0.04 of 0.38.
    assert alone.loss(0.5) == pytest.approx(-math.log(0.09 / 0.38))
    assert together.loss(0.5) == pytest.approx(-math.log(0.13 / 0.38))


def test_a_model_is_fitted_on_the_frames_of_a_split(
    colour_model: str, make_dataset: Callable[..., Path], street: Labels
) -> None:
    shown = street.copy()
    shown[:4] = ROAD  # a tenth of the pixels look like another class
    folder = make_dataset({"a": street, "b": street}, valid=("b",), painted={"b": shown})
    told: list[tuple[int, int]] = []

    fit = fit_temperature(
        load_segmenter(colour_model), open_dataset(folder), "valid", lambda *done: told.append(done)
    )

    assert told == [(1, 1)]
    assert (fit.frames, fit.split) == (1, "valid")
    assert fit.pixels == np.count_nonzero(street != 3)  # no pixel that is Void
    assert fit.temperature > 1  # it is sure of all, and wrong about a tenth
    assert fit.loss[1] < fit.loss[0]
    assert fit.as_dict()["calibration_error"]["after"] == fit.calibration_error[1]


def test_a_split_without_frames_is_refused(
    colour_model: str, make_dataset: Callable[..., Path], street: Labels
) -> None:
    dataset = open_dataset(make_dataset({"a": street, "b": street}, valid=("b",)))

    with pytest.raises(DatasetError, match="choose another split"):
        fit_temperature(load_segmenter(colour_model), dataset, "test")
