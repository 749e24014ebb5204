"""Pins: pixels that somebody keeps, with the prediction at the time."""

from __future__ import annotations

from dataclasses import dataclass

from core.segmentation.reading import ClassProbability, PixelPrediction


@dataclass(frozen=True)
class Pin:
    """A pixel that is kept under a name.

    photo, model, size: what was segmented, by which model, and the working size's label.
    row, col: in the working-size picture. entropy: in bits. top: the most probable classes.
    """

    name: str
    photo: str
    model: str
    size: str
    row: int
    col: int
    label: str
    probability: float
    entropy: float
    certainty: str
    top: tuple[ClassProbability, ...]


def pin(name: str, photo: str, model: str, size: str, prediction: PixelPrediction) -> Pin:
    """Keep a pixel, usually the chosen one of a reading, under a name."""
    return Pin(
        name,
        photo,
        model,
        size,
        prediction.row,
        prediction.col,
        prediction.label,
        prediction.probability,
        prediction.entropy,
        prediction.certainty,
        prediction.top,
    )
