"""What a picture is known by, and what its files in a set of corrections are called."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from core.file_names import file_name
from core.photos.endings import PICTURE_ENDINGS

_LONGEST_NAME = 80
"""Bytes of a photo's name in the names of its files."""


def picture_key(image: NDArray[np.uint8]) -> str:
    """64 hexadecimal digits that change with any pixel of an image (H, W, 3), and with its size."""
    height, width = image.shape[:2]
    digest = hashlib.sha256(f"{height} x {width}\n".encode())
    digest.update(np.ascontiguousarray(image).tobytes())
    return digest.hexdigest()


def short_key(key: str) -> str:
    """The first digits of a key, for people: they keep two photos of one name apart."""
    return key[:8]


def frame_name(photo: str, key: str) -> str:
    """What the files of a picture are called: its photo's name, tidied, and the key's first digits.

    photo: the photo's name, which can be anything.
    """
    return f"{file_name(without_ending(photo), 'picture', _LONGEST_NAME)}-{short_key(key)}"


def without_ending(name: str) -> str:
    """A photo's name without its ending; a frame's may have dots and no ending."""
    path = PurePath(name)
    return path.stem if path.suffix.lower() in PICTURE_ENDINGS else path.name
