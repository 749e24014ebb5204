"""Feature maps as plain data: the stages of a network, their channels, and the pictures that excite them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.jobs import ProgressCallback
from core.languages import sentence
from core.photos import images
from core.photos.samples import SAMPLES
from core.toytown.writing import frame

MAPS = 12
"""Channels of a stage whose maps are given: the most active ones."""

_DRIVES, _FRAME, _SIZE = 21, 5, (320, 240)
_FIRST_DRIVE = 90_000


@dataclass(frozen=True, eq=False)
class Stage:
    """What a part of a network computes at one scale.

    name: the path of the module whose output it is. stride: how many pixels of the picture one of its cells
    covers along a side. activity: (C,) the mean absolute value of each channel. channels: those whose maps
    are given, the most active first. maps: (K, h, w) uint8, each channel's values from its least, 0, to its
    greatest, 255.
    """

    name: str
    stride: int
    activity: NDArray[np.float32]
    channels: tuple[int, ...]
    maps: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Peaks:
    """For each channel of a stage (C,) its greatest value in a picture, and where that is: (C,) fractions of
    the picture's height and width, in [0, 1].
    """

    values: NDArray[np.float32]
    rows: NDArray[np.float32]
    cols: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Exemplar:
    """A picture that excites a channel: (H, W, 3), the channel's greatest value in it, and where that is."""

    name: str
    image: NDArray[np.uint8]
    value: float
    row: float
    col: float


FindPeaks = Callable[[NDArray[np.uint8]], list[Peaks]]
"""The peaks of all stages in a picture (H, W, 3)."""


@dataclass(frozen=True)
class Picture:
    """A picture among which exemplars are looked for. read: gives it, (H, W, 3) uint8."""

    name: str
    read: Callable[[], NDArray[np.uint8]]


def exemplar_pictures() -> list[Picture]:
    """The usual ones: drives of Toytown, and the samples."""

    def drawn(drive: int) -> Callable[[], NDArray[np.uint8]]:
        return lambda: frame(_FIRST_DRIVE + drive, _FRAME, _SIZE)[0]

    def read(number: int) -> Callable[[], NDArray[np.uint8]]:
        def scaled() -> NDArray[np.uint8]:
            image = images.decode(SAMPLES[number].path.read_bytes())
            height, width = image.shape[:2]
            return images.resize(image, *images.working_size(height, width, _SIZE[0]))

        return scaled

    streets = [
        Picture(sentence("Toytown, street {number}", number=drive + 1), drawn(drive))
        for drive in range(_DRIVES)
    ]
    return [*streets, *(Picture(sample.file, read(number)) for number, sample in enumerate(SAMPLES))]


def all_peaks(
    find: FindPeaks,
    progress: ProgressCallback = lambda done, total: None,
    pictures: Sequence[Picture] | None = None,
) -> list[list[Peaks]]:
    """The peaks of all pictures; by default of `exemplar_pictures`.

    progress: told after each picture; raising from it stops the work.
    """
    looked_at = exemplar_pictures() if pictures is None else pictures
    found = []
    for number, picture in enumerate(looked_at, 1):
        found.append(find(picture.read()))
        progress(number, len(looked_at))
    return found


def exemplars(
    peaks: Sequence[Sequence[Peaks]],
    stage: int,
    channel: int,
    most: int = 4,
    pictures: Sequence[Picture] | None = None,
) -> list[Exemplar]:
    """The pictures in which a channel has its greatest values, the greatest first.

    peaks: of `all_peaks`, of the same pictures. stage, channel: numbers from 0.
    """
    looked_at = exemplar_pictures() if pictures is None else pictures
    own = [each[stage] for each in peaks]
    order = np.argsort([-float(each.values[channel]) for each in own], kind="stable")[:most]
    return [
        Exemplar(
            looked_at[number].name,
            looked_at[number].read(),
            float(own[number].values[channel]),
            float(own[number].rows[channel]),
            float(own[number].cols[channel]),
        )
        for number in order.tolist()
    ]
