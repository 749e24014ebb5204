"""HEIC: kept as it is; its decoder bounds its boxes and tiles, and turns the picture upright by itself."""

from __future__ import annotations

from core.photos.containers.parts import Essence


def clean(data: bytes) -> Essence:
    """The same file, upright: the container's own rotation is applied while it is decoded.

    An EXIF orientation only repeats that rotation. Source: ISO/IEC 23008-12, section 6.5.10 and annex A.2.
    """
    return Essence(data)
