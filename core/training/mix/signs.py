"""Lights and lettering in labels that call them signs: found by place and shape, as weak labels.

SegNet's grouping made traffic lights and shops' lettering SignSymbol. Lettering hangs on a house, which is
all around it. A traffic light is a dark grey box, higher than it is wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.classes import ClassList
from core.training.mix.labels import Labels

_SIGN, _LIGHT, _TEXT, _HOUSE = "SignSymbol", "TrafficLight", "Misc_Text", "Building"

_LEAST = 12
"""Pixels of a patch: of a smaller one nobody can tell the shape."""
_SLIM = 1.6
"""Height over width of a light's box, at least: three lamps, one over the other, and their frame."""
_DARK, _GREY = 150, 40
"""The middle brightness of a light's box, and the middle difference of its colours, of 255, at most."""
_AROUND = 3
"""Pixels around a patch in which its neighbours are counted."""
_ON_A_HOUSE = 0.6
"""The share of these neighbours that are house, at least."""


@dataclass(frozen=True)
class SignRule:
    """Changes the labels of traffic lights and lettering; sign, house: their labels' numbers.

    light, text: the labels that they get; None where the label may not be that.
    """

    sign: int
    house: int
    light: int | None
    text: int | None

    @classmethod
    def of(cls, labels: Labels, classes: ClassList) -> SignRule | None:
        """The rule for a data set whose label SignSymbol may be one of them; else None.

        classes: the network's.
        """
        light, text = (labels.may_become(_SIGN, finer, classes) for finer in (_LIGHT, _TEXT))
        names = labels.classes.names
        if not (light or text) or _HOUSE not in names:
            return None
        sign, house = names.index(_SIGN), names.index(_HOUSE)
        return cls(sign, house, light[1] if light else None, text[1] if text else None)

    def __call__(self, image: NDArray[np.uint8], label: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """image: (H, W, 3). Returns the label map (H, W) with lights and lettering in it."""
        changed = label.copy()
        patches, _ = ndimage.label(label == self.sign, np.ones((3, 3)))
        for number, place in enumerate(ndimage.find_objects(patches), 1):
            patch = patches[place] == number
            if patch.sum() < _LEAST:
                continue
            around = label[_near(place)][_ring(patches, number, place)]
            kind = self._kind(image[place][patch], patch, around)
            if kind is not None:
                changed[place][patch] = kind
        return changed

    def _kind(
        self, pixels: NDArray[np.uint8], patch: NDArray[np.bool_], around: NDArray[np.uint8]
    ) -> int | None:
        height, width = patch.shape
        brightness, colours = pixels.max(axis=1), np.ptp(pixels, axis=1)
        box = height > _SLIM * width and np.median(brightness) < _DARK and np.median(colours) < _GREY
        if box and self.light is not None:
            return self.light
        return self.text if (around == self.house).mean() > _ON_A_HOUSE else None


def _near(place: tuple[slice, ...]) -> tuple[slice, ...]:
    return tuple(slice(max(0, side.start - _AROUND), side.stop + _AROUND) for side in place)


def _ring(patches: NDArray[np.int32], number: int, place: tuple[slice, ...]) -> NDArray[np.bool_]:
    """Which pixels near a patch are next to it."""
    patch = patches[_near(place)] == number
    ring: NDArray[np.bool_] = ndimage.binary_dilation(patch, iterations=_AROUND) & ~patch
    return ring
