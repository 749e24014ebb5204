"""The softmax's temperature fitted on labelled frames, so that a network's confidence is what it is worth.

Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017, section 4.2: one
number T, by which all logits are divided, with the lowest negative log-likelihood on validation data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets import SegmentationDataset, Split
from core.datasets.dataset import no_frames
from core.errors import DatasetError
from core.evaluation.calibration import count_calibration
from core.evaluation.metrics import IGNORE, check_classes_fit, no_known_pixel, truth_table
from core.evaluation.own_classes import measured_classes
from core.jobs import ProgressCallback
from core.languages import sentence
from core.segmentation.probabilities import temper
from core.segmentation.segmenter import Segmenter

LOWEST, HIGHEST = 0.05, 20.0
"""Between these the temperature is looked for."""

_PIXELS = 300_000
"""Drawn from all frames together: with 31 classes they take 40 MB."""
_PER_FRAME = 4096
_STEPS = 40
"""Each leaves 62 % of the range: to a hundred-millionth of it."""
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class TemperatureFit:
    """A fitted temperature, and what it does on the pixels that it was fitted on.

    loss: mean negative log-likelihood in nats, at temperature 1 and at the fitted one. calibration_error: the
    expected calibration error, in [0, 1], likewise. pixels: drawn from `frames` frames.
    """

    model: str
    dataset: str
    split: str
    frames: int
    pixels: int
    temperature: float
    loss: tuple[float, float]
    calibration_error: tuple[float, float]

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        names = ("before", "after")
        return vars(self) | {
            "loss": dict(zip(names, self.loss, strict=True)),
            "calibration_error": dict(zip(names, self.calibration_error, strict=True)),
        }


@dataclass(frozen=True, eq=False)
class LabelledPixels:
    """Pixels with their true classes and what a network says of them.

    truth: (N,) class numbers. probabilities: (N, C) of the network's classes, in [0, 1]. members: for each
    true class those of the network's that it may be; None where the classes are the same.
    """

    truth: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    members: tuple[tuple[int, ...], ...] | None = None

    def at(self, temperature: float) -> NDArray[np.float64]:
        """(N, K) the probabilities of the true classes at a temperature; each row sums to 1."""
        fine = temper(np.maximum(self.probabilities, np.finfo(np.float32).tiny), temperature)
        if self.members is None:
            return fine
        summed = np.stack([fine[:, list(each)].sum(axis=1) for each in self.members], axis=1)
        whole: NDArray[np.float64] = np.maximum(summed.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        shares: NDArray[np.float64] = summed / whole
        return shares

    def loss(self, temperature: float) -> float:
        """The mean negative log-likelihood of the true classes, in nats."""
        true = self.at(temperature)[np.arange(len(self.truth)), self.truth]
        return float(-np.log(np.maximum(true, np.finfo(np.float64).tiny)).mean())

    def calibration_error(self, temperature: float) -> float:
        """The expected calibration error, in [0, 1]."""
        found = self.at(temperature)
        best = found.argmax(axis=1)
        sure = found[np.arange(len(best)), best].astype(np.float32)
        counted = count_calibration(self.truth, best.astype(np.uint8), sure, found.shape[1])
        return counted.expected_error()


def best_temperature(pixels: LabelledPixels) -> float:
    """The temperature with the lowest loss, between LOWEST and HIGHEST.

    By golden section on its logarithm: the loss has one minimum, for it is convex in 1 / T.
    Source: Kiefer, "Sequential Minimax Search for a Maximum", 1953.
    """
    low, high = math.log(LOWEST), math.log(HIGHEST)
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    of_left, of_right = pixels.loss(math.exp(left)), pixels.loss(math.exp(right))
    for _ in range(_STEPS):
        if of_left <= of_right:
            high, right, of_right = right, left, of_left
            left = high - _GOLDEN * (high - low)
            of_left = pixels.loss(math.exp(left))
        else:
            low, left, of_left = left, right, of_right
            right = low + _GOLDEN * (high - low)
            of_right = pixels.loss(math.exp(right))
    return math.exp((low + high) / 2)


def fit_temperature(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    split: Split = "valid",
    progress: ProgressCallback = lambda done, total: None,
) -> TemperatureFit:
    """Fit a model's temperature on pixels drawn from a split, the same ones each time.

    Every frame is segmented at the size at which the data set gives it, as `evaluate` does; a model that
    tells apart what the data set does not is fitted by the sums of its classes.
    progress: told after each frame; raising from it stops the work. DatasetError as for `evaluate`.
    """
    frames = dataset.frames(split)
    if not frames:
        raise DatasetError(no_frames(dataset.name, split))
    check_classes_fit(dataset, segmenter.class_list, segmenter.name)
    classes, members = measured_classes(dataset.class_list, segmenter.class_list)
    table = truth_table(dataset.class_list, classes)
    draw = np.random.default_rng(0)
    most = max(1, min(_PER_FRAME, _PIXELS // len(frames)))
    truths, found = [], []
    for done, frame in enumerate(frames, 1):
        image, label = dataset.read(frame)
        truth = table[label]
        rows, cols = np.nonzero(truth != IGNORE)
        chosen = draw.permutation(len(rows))[:most]
        rows, cols = rows[chosen], cols[chosen]
        seen = segmenter.segment(image)
        if seen.labels.shape != label.shape:
            raise DatasetError(
                sentence("{name} is too large to be segmented at its own size.", name=frame.image.name)
            )
        truths.append(truth[rows, cols])
        found.append(seen.probabilities(rows, cols))
        progress(done, len(frames))
    pixels = LabelledPixels(np.concatenate(truths), np.concatenate(found), members)
    if not len(pixels.truth):
        raise no_known_pixel(dataset, split, segmenter.name)
    best = best_temperature(pixels)
    return TemperatureFit(
        segmenter.name,
        dataset.name,
        split,
        len(frames),
        len(pixels.truth),
        best,
        (pixels.loss(1), pixels.loss(best)),
        (pixels.calibration_error(1), pixels.calibration_error(best)),
    )
