"""A decoded frame as people see it: the right way up, with square pixels, in RGB."""

from __future__ import annotations

import struct
from fractions import Fraction

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import SideData
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray

from core.photos.images import working_size

_MATRIX = struct.Struct("=9i")  # of 16.16 fixed-point numbers, row by row
_UNSPECIFIED = 2  # ISO/IEC 23091-2, table 4: matrix coefficients
_HD_ROWS = 720
_WIDEST_PIXEL = 4
"""A pixel that is more times as wide as high, or as high as wide, is a mistake in the file."""


def upright(
    frame: VideoFrame, pixel: Fraction | None, longest_side: int
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """The frame (H, W, 3) RGB, no side longer than `longest_side`, and its (height, width) at full size.

    pixel: how many times as wide as high a pixel of the video is; None if it does not say.
    """
    height, width = frame.height, _square(frame.width, pixel)
    scaled_height, scaled_width = working_size(height, width, min(longest_side, max(height, width)))
    smaller = (scaled_height, scaled_width) != (frame.height, frame.width)
    # The average of what a pixel covers, as for photos; else all of the finer colour that there is.
    how = Interpolation.AREA if smaller else Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INT
    rgb = frame.to_ndarray(
        format="rgb24",
        width=scaled_width,
        height=scaled_height,
        interpolation=int(how | Interpolation.ACCURATE_RND),
        src_colorspace=_matrix_coefficients(frame),
        threads=1,
    )
    a, b, c, d = _turn(frame)
    if abs(a) < abs(b):
        rgb, height, width = rgb.swapaxes(0, 1), width, height
        across, down = c, b
    else:
        across, down = a, d
    rgb = rgb[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1]
    return np.ascontiguousarray(rgb, dtype=np.uint8), (height, width)


def _square(width: int, pixel: Fraction | None) -> int:
    if not pixel or not Fraction(1, _WIDEST_PIXEL) <= pixel <= _WIDEST_PIXEL:
        return width
    return max(1, round(width * pixel))


def _matrix_coefficients(frame: VideoFrame) -> int:
    """How colour was coded. What does not say so is taken as players take it: by its size."""
    if frame.colorspace == _UNSPECIFIED and frame.height >= _HD_ROWS:
        return int(Colorspace.ITU709)
    return int(frame.colorspace)


def _turn(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Where the file says that the picture's sides go: a point (x, y) comes to (ax + cy, bx + dy).

    Phones turn and mirror by quarters only; of any other matrix the nearest of those is taken.
    Source: ISO/IEC 14496-12 section 6.2.2.
    """
    found = frame.side_data.get("DISPLAYMATRIX")
    data = bytes(found) if isinstance(found, SideData) else b""
    if len(data) != _MATRIX.size:
        return 1, 0, 0, 1
    a, b, _, c, d, *_ = _MATRIX.unpack(data)
    return a, b, c, d
