"""COCO's run lengths, down the columns and packed into a text, and polygons filled as COCO fills them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from core.annotation.exchange.areas import of_run_lengths
from core.annotation.exchange.outlines import Point, check_corners
from core.annotation.strokes import Area
from core.errors import AnnotationError
from core.languages import sentence

MAX_AROUND = 2_000_000
"""Pixels around some polygons: pycocotools takes 40 bytes for each."""


def unpacked(text: str, name: str) -> NDArray[np.int64]:
    """(N,) the run lengths in COCO's packed text; AnnotationError if it is damaged. name: of the picture.

    Each length is in groups of five bits, the lowest first, as characters from '0' on; a sixth bit says that
    another group follows. From the fourth on, a length is given as the difference to the one two before.
    Source: pycocotools, maskApi.c, rleFrString. That function trusts its text, so it is read here.
    """
    lengths: list[int] = []
    value = shift = 0
    for sign in text:
        group = ord(sign) - 48
        if not 0 <= group < 64 or shift > 30:
            raise _damaged(name)
        value |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        if group & 16:
            value -= 1 << shift
        lengths.append(value + lengths[-2] if len(lengths) > 2 else value)
        if not 0 <= lengths[-1] < 2**32:
            raise _damaged(name)
        value = shift = 0
    if shift:
        raise _damaged(name)
    return np.array(lengths, np.int64)


def of_columns(lengths: NDArray[np.int64], size: tuple[int, int], name: str) -> Area:
    """(H, W) the pixels that run lengths down the columns switch on; errors as for `of_run_lengths`."""
    height, width = size
    return of_run_lengths(lengths, width, height, name).T


def of_polygons(polygons: Sequence[Sequence[Point]], size: tuple[int, int], name: str) -> Area:
    """(H, W) the pixels in any of some polygons, as pycocotools decides it. name: of the picture.

    AnnotationError for a polygon that nobody draws: of fewer than three corners, with one far away, or of
    millions of pixels around.
    """
    around = 0.0
    for corners in polygons:
        check_corners(size, corners, name)
        around += float(np.abs(np.diff(np.array(corners), axis=0)).sum())
    if not polygons or min(map(len, polygons)) < 3 or around > MAX_AROUND:
        raise AnnotationError(
            sentence("{name} has a polygon that nobody draws; remove it, and export it again.", name=name)
        )
    flat = [[float(value) for corner in corners for value in corner] for corners in polygons]
    # Not decoded by pycocotools: it warns of NumPy's next version.
    packed = coco_mask.merge(coco_mask.frPyObjects(flat, *size))["counts"].decode("ascii")
    return of_columns(unpacked(packed, name), size, name)


def _damaged(name: str) -> AnnotationError:
    return AnnotationError(
        sentence("{name} has damaged run lengths; export the annotations again.", name=name)
    )
