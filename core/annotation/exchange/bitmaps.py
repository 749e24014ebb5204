"""One area of pixels as a small PNG, as Supervisely and Label Studio keep it inside of their JSON."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from core.annotation.exchange.documents import open_label
from core.annotation.strokes import Area
from core.errors import AnnotationError
from core.languages import sentence


def png_of_area(area: Area) -> bytes:
    """A palette PNG of an area: 1, white, where it is on, and 0, transparent, elsewhere."""
    picture = Image.fromarray(area.astype(np.uint8))
    picture.putpalette([0, 0, 0, 255, 255, 255])
    file = BytesIO()
    picture.save(file, "PNG", transparency=0)
    return file.getvalue()


def area_of_png(data: bytes, name: str) -> Area:
    """(H, W) where a PNG is not transparent, or is not 0 if nothing in it can be transparent.

    AnnotationError if it is damaged or too large.
    """
    picture = open_label(data, name)
    try:
        if picture.has_transparency_data:
            return np.asarray(np.array(picture.convert("RGBA"))[..., 3] > 0, np.bool_)
        values = np.array(picture)
    except Exception as error:  # hostile bytes make Pillow raise nearly every exception there is
        raise AnnotationError(sentence("{name} cannot be read as a PNG.", name=name)) from error
    return np.asarray(values.any(axis=-1) if values.ndim == 3 else values > 0, np.bool_)
