"""Segmentations as pictures: masks, overlays and differences as RGB arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList

if TYPE_CHECKING:
    from core.segmentation.comparison import Comparison
    from core.segmentation.segmentation import Segmentation


_LIGHT = 0.6
"""How much white is in the line between two classes."""


def colour_mask(labels: NDArray[np.uint8], class_list: ClassList) -> NDArray[np.uint8]:
    """(H, W) class numbers to an (H, W, 3) picture in the classes' colours."""
    return class_list.palette[labels]


def overlay(segmentation: Segmentation, opacity: float = 0.55) -> NDArray[np.uint8]:
    """The photo with the mask over it. opacity: the mask's, in [0, 1]. Returns (H, W, 3) uint8."""
    return blended(segmentation.image, segmentation.labels, segmentation.class_list, opacity)


def blended(
    image: NDArray[np.uint8], labels: NDArray[np.uint8], class_list: ClassList, opacity: float = 0.55
) -> NDArray[np.uint8]:
    """An (H, W, 3) picture, or some of its rows, with the colours of its (H, W) labels over it."""
    mixed = image * (1 - opacity) + colour_mask(labels, class_list) * opacity
    return mixed.round().astype(np.uint8)


def outlined(picture: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture with a light line where one class ends and another begins, whatever their colours.

    picture: (H, W, 3). labels: (H, W).
    """
    edge = np.zeros(labels.shape, bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[1:] |= labels[1:] != labels[:-1]
    light = (picture * (1 - _LIGHT) + 255 * _LIGHT).round().astype(np.uint8)
    return np.where(edge[..., None], light, picture)


def difference(comparison: Comparison) -> NDArray[np.uint8]:
    """The photo in pale grey, and where a pixel changed, the class it changed to. Returns (H, W, 3) uint8."""
    # Luma after ITU-R BT.601; half way to white, so that the colours of the classes stand out.
    luma = comparison.image @ np.array([0.299, 0.587, 0.114])
    pale = ((luma + 255) / 2).round().astype(np.uint8)
    colours = comparison.palette[comparison.second]
    return np.where(comparison.changed[..., None], colours, pale[..., None])
