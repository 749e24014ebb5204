"""Lane paint in labels that call it Road: found by its brightness, as a weak label.

SegNet's grouping made the paint of CamVid's roads Road. A network that may call those pixels either has no
reason to learn the paint. But paint is made to be seen: it is brighter than the road around it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.classes import ClassList
from core.training.mix.labels import Labels

_WINDOW = (1 / 24, 1 / 8)
"""Height and width of the box around a pixel whose road it is compared with, as shares of the picture's
width: flat, since roads grow brighter towards the horizon."""
_BRIGHTER = 1.2
_LEVELS = 12
"""How much brighter paint is than the road around it: by this factor, and by so many levels of 255."""

_ROAD, _PAINT = "Road", "LaneMkgsDriv"


@dataclass(frozen=True)
class PaintRule:
    """Changes the label of bright marks on the road. road, paint: the numbers of the two labels."""

    road: int
    paint: int

    @classmethod
    def of(cls, labels: Labels, classes: ClassList) -> PaintRule | None:
        """The rule for a data set whose label Road may be lane paint, which it has a number for; else None.

        classes: the network's.
        """
        numbers = labels.may_become(_ROAD, _PAINT, classes)
        return cls(*numbers) if numbers else None

    def __call__(self, image: NDArray[np.uint8], label: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """image: (H, W, 3). Returns the label map (H, W) with the paint in it."""
        changed = label.copy()
        changed[bright_marks(image, label == self.road)] = self.paint
        return changed


def bright_marks(image: NDArray[np.uint8], road: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(H, W) where the road is clearly brighter than the road around it.

    image: (H, W, 3) uint8. road: (H, W). A mark of two pixels is noise and left out.
    """
    grey = image.astype(np.float32).mean(axis=2)
    box = [max(3, round(image.shape[1] * side)) for side in _WINDOW]
    share = ndimage.uniform_filter(road.astype(np.float32), box, mode="constant")
    around = ndimage.uniform_filter(grey * road, box, mode="constant") / np.maximum(share, 1e-6)
    bright = road & (grey > around * _BRIGHTER) & (grey > around + _LEVELS)
    several = ndimage.uniform_filter(bright.astype(np.float32), 3, mode="constant") > 2.5 / 9
    marks: NDArray[np.bool_] = bright & several
    return marks
