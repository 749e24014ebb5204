"""The reviewed masks that go beside formats which cannot tell "not reviewed" from Void.

`reviewed/NAME.png` is white where somebody judged, black elsewhere.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from core.annotation.exchange.documents import read_colours
from core.annotation.exchange.labelled import wrong_size
from core.annotation.exchange.source import Source
from core.annotation.exchange.zips import ZipWriter
from core.annotation.runs import NOT_REVIEWED, Mask


def add(zipped: ZipWriter, name: str, mask: Mask) -> None:
    """Write which pixels of a picture were reviewed."""
    file = BytesIO()
    Image.fromarray(mask != NOT_REVIEWED).save(file, "PNG")
    zipped.add(_path(name), file.getvalue())


def apply(source: Source, name: str, mask: Mask) -> Mask:
    """The mask, not reviewed where the file beside it says so; all of it is reviewed without one."""
    path = _path(name)
    if path not in source.paths:
        return mask
    reviewed = read_colours(source.read(path), path)[..., 0] > 127
    if reviewed.shape != mask.shape:
        raise wrong_size(path, mask.shape, reviewed.shape)
    changed = mask.copy()
    changed[~reviewed] = NOT_REVIEWED
    return np.ascontiguousarray(changed)


def _path(name: str) -> str:
    return f"reviewed/{name}.png"
