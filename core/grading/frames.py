"""The drawn frames that are painted: each of a street that no shipped network was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.classes import CAMVID_11, CAMVID_32
from core.errors import DatasetError
from core.evaluation.metrics import truth_table
from core.languages import gettext as _
from core.languages import mark
from core.toytown import frame

CLASSES = CAMVID_11
"""What is painted with: few enough to be seen at a glance, and every network for streets knows them."""

SIZE = (480, 360)
"""Columns and rows of a frame."""

TITLES = {
    "archway": mark("Archway"),
    "rain": mark("Rain"),
    "dusk": mark("Dusk"),
    "hedge": mark("Hedge and trees"),
}
"""The frames by name, in the order in which they are offered. Shown by `gettext`."""

# By drive and frame. Every class that is in one covers at least a thousandth of it: a class of three pixels,
# which nobody could paint, would weigh as much in the mean IoU as the road.
_DRAWN = {"archway": (41017, 1), "rain": (30003, 7), "dusk": (41049, 9), "hedge": (41006, 4)}


@dataclass(frozen=True, eq=False)
class DrawnFrame:
    """A frame to paint.

    key: identifies its pixels. image: (360, 480, 3) RGB, 0..255. truth: (360, 480) numbers of CLASSES, and
    UNLABELLED where the truth is none of them: those pixels count for nobody. Neither can be written to.
    """

    key: str
    image: NDArray[np.uint8]
    truth: NDArray[np.uint8]


@lru_cache(maxsize=len(_DRAWN))
def open_frame(name: str) -> DrawnFrame:
    """Draw a frame of TITLES by its name; all sessions share one. DatasetError if there is none."""
    if name not in _DRAWN:
        words = _("There is no frame {name} to paint; choose one of {names}.")
        raise DatasetError(words.format(name=repr(name[:60]), names=", ".join(_DRAWN)))
    seed, number = _DRAWN[name]
    image, labels = frame(seed, number, SIZE)
    truth = truth_table(CAMVID_32, CLASSES)[labels]
    image.flags.writeable = truth.flags.writeable = False
    return DrawnFrame(f"toytown-{seed}-{number}", image, truth)
