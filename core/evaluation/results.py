"""The results of an evaluation: figures and what they were measured on. Nothing here imports torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.classes import ClassList
from core.evaluation.boundaries import FARTHEST, WIDTH, BoundaryCounts
from core.evaluation.calibration import BINS, Calibration
from core.evaluation.frame_counts import FrameCounts
from core.evaluation.metrics import (
    FloatArray,
    IntArray,
    class_frequency,
    classes_in_mean,
    mean_iou,
    per_class_iou,
    per_class_precision,
    per_class_recall,
    pixel_accuracy,
)

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A model evaluated on labelled frames. Figures never travel without what they were measured on."""

    model: str
    dataset: str
    split: str
    size: str
    images: int
    class_names: tuple[str, ...]
    confusion: IntArray

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON-ready values; None stands for a division by 0, such as the IoU
        of a class that is not in the truth.
        """
        return {
            "model": self.model,
            "dataset": self.dataset,
            "split": self.split,
            "size": self.size,
            "images": self.images,
            "classes": len(self.class_names),
            "acc_camvid": _json_ready(pixel_accuracy(self.confusion)),
            "mean_iou": _json_ready(mean_iou(self.confusion)),
            "classes_in_mean": classes_in_mean(self.confusion),
            "per_class_iou": self._by_class(per_class_iou),
            "precision": self._by_class(per_class_precision),
            "recall": self._by_class(per_class_recall),
            "frequency": self._by_class(class_frequency),
            "confusion": self.confusion.tolist(),
        }

    def _by_class(self, metric: Callable[[IntArray], FloatArray]) -> dict[str, float | None]:
        values = map(_json_ready, metric(self.confusion).tolist())
        return dict(zip(self.class_names, values, strict=True))


@dataclass(frozen=True, eq=False)
class SplitEvaluation(Evaluation):
    """A model evaluated on a split: pixels counted by class, confidence and distance from a boundary.

    class_list: the model's. frames: the counts of each frame, in the split's order.
    """

    class_list: ClassList
    frames: FrameCounts
    calibration: Calibration
    boundary: BoundaryCounts

    def as_dict(self) -> dict[str, Any]:
        """As `Evaluation.as_dict`, with calibration and boundary accuracy."""
        return super().as_dict() | {"calibration": self._calibration(), "boundary": self._boundary()}

    def _calibration(self) -> dict[str, Any]:
        bins = zip(
            self.calibration.bin_pixels.tolist(),
            self.calibration.bin_confidence.tolist(),
            self.calibration.bin_accuracy.tolist(),
            strict=True,
        )
        return {
            "expected_calibration_error": _json_ready(self.calibration.expected_error()),
            "mean_confidence": _json_ready(self.calibration.mean_confidence),
            "bins": [
                {
                    "above": number / BINS,
                    "up_to": (number + 1) / BINS,
                    "pixels": pixels,
                    "confidence": _json_ready(confidence),
                    "accuracy": _json_ready(accuracy),
                }
                for number, (pixels, confidence, accuracy) in enumerate(bins)
            ],
        }

    def _boundary(self) -> dict[str, Any]:
        pixels, accuracies = self.boundary.pixels.sum(axis=0).tolist(), self.boundary.by_distance().tolist()
        return {
            "width": WIDTH,
            "share": _json_ready(self.boundary.near_share()),
            "accuracy": _json_ready(self.boundary.accuracy()),
            "inside_accuracy": _json_ready(self.boundary.inside_accuracy()),
            "distances": [
                {
                    "distance": number + 1 if number < FARTHEST else None,
                    "pixels": count,
                    "accuracy": _json_ready(accuracy),
                }
                for number, (count, accuracy) in enumerate(zip(pixels, accuracies, strict=True))
            ],
        }


def _json_ready(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
