"""The pictures of a data set, read through `core.photos.images` and checked for what a label map needs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError, FileKindError, ImageError
from core.files import open_plain
from core.languages import sentence
from core.photos import images


def read_image(path: Path) -> NDArray[np.uint8]:
    """Decode a picture: (H, W, 3) RGB, 0..255; DatasetError names the file."""
    return decode_image(path, read_bytes(path))


def decode_image(path: Path, data: bytes) -> NDArray[np.uint8]:
    """Decode the bytes of the picture `path`: (H, W, 3) RGB, 0..255; DatasetError names the file."""
    try:
        image, turned = images.decode(data), images.orientation(data)
    except ImageError as error:
        raise DatasetError(sentence("{path} cannot be read: {reason}", path=path, reason=error)) from error
    # Nobody can tell whether the label map was drawn over the turned or the unturned picture.
    if turned != 1:
        raise DatasetError(
            sentence(
                "{path} is turned when it is shown (its EXIF or XMP has orientation {turned}), so it is "
                "unclear which way up its label map is; save picture and label map upright.",
                path=path,
                turned=turned,
            )
        )
    return image


def read_bytes(path: Path) -> bytes:
    """The bytes of a picture or label map; DatasetError if it cannot be read or is too large for a photo."""
    try:
        # A link was asked whether it stays in the data set when that was listed.
        with open_plain(Path(os.path.realpath(path))) as file:
            data = file.read(images.MAX_BYTES + 1)
    except FileKindError as error:
        raise DatasetError(sentence("{path} cannot be read: it is not a regular file.", path=path)) from error
    except OSError as error:
        raise DatasetError(
            sentence("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
        ) from error
    if len(data) > images.MAX_BYTES:
        limit = images.MAX_BYTES // 1024**2
        raise DatasetError(
            sentence("{path} cannot be read: it is larger than {limit} MB.", path=path, limit=limit)
        )
    return data
