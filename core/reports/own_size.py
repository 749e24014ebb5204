"""Masks and overlay at the photo's own size, however large: 12 megapixels in, 12 megapixels out.

They are written band by band, for the downloads of the Explore page and for `segment --own-size`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from core.photos import png_rows
from core.segmentation import painting
from core.segmentation.segmentation import Segmentation

Kind = Literal["index", "mask", "overlay"]

KINDS: tuple[Kind, ...] = ("index", "mask", "overlay")


def file_ending(kind: Kind, height: int, width: int) -> str:
    """The end of a file's name, after `core.reports.export.file_stem`: "mask-4000x3000.png"."""
    return f"{kind}-{width}x{height}.png"


def write_index_mask(segmentation: Segmentation, height: int, width: int, file: BinaryIO) -> None:
    """Write a palette PNG whose index values are the class numbers."""
    bands = segmentation.labels_at(height, width)
    png_rows.write_indices(bands, height, width, segmentation.class_list.palette, file)


def write_colour_mask(segmentation: Segmentation, height: int, width: int, file: BinaryIO) -> None:
    """Write a PNG in the classes' colours."""
    classes = segmentation.class_list
    bands = (painting.colour_mask(labels, classes) for labels in segmentation.labels_at(height, width))
    png_rows.write_rgb(bands, height, width, file)


def write_overlay(segmentation: Segmentation, photo: NDArray[np.uint8], file: BinaryIO) -> None:
    """Write a PNG of the photo with the mask over it. photo: (height, width, 3), at its own size."""
    height, width = photo.shape[:2]
    png_rows.write_rgb(_overlay_bands(segmentation, photo), height, width, file)


def _overlay_bands(segmentation: Segmentation, photo: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    top = 0
    for labels in segmentation.labels_at(*photo.shape[:2]):
        rows = photo[top : top + len(labels)]
        yield painting.blended(rows, labels, segmentation.class_list)
        top += len(labels)
