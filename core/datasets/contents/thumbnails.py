"""Small pictures of a data set's frames: the photo, and its label map in colours to lay over it.

A data set may have hundreds of large frames. Nothing here holds more than the pictures it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.cache import Cache, cache_key
from core.classes import UNLABELLED
from core.datasets import Frame, SegmentationDataset
from core.datasets.contents.statistics import ClassExample
from core.datasets.pictures import read_bytes
from core.datasets.threads import in_order, urgently
from core.errors import StreetScopeError
from core.files import signature
from core.jobs import ProgressCallback
from core.languages import sentence_of
from core.photos import images

WIDTH = 320
"""Width of a thumbnail in pixels: sharp at half of it on a dense screen."""

THUMBNAILS = Cache("thumbnails", 512 * 1024**2)
"""Photos and label maps of frames by their files: some 20,000 frames."""

_VERSION = 3
_FADE = 0.3
"""How much colour the other classes keep in a crop of one class."""


@dataclass(frozen=True)
class Thumbnail:
    """A small frame: its photo as JPEG and its label map as PNG in the classes' colours, of the same size.

    trouble: a sentence that says why one of them is missing.
    """

    photo: bytes | None
    label: bytes | None
    trouble: str = ""


def thumbnail(dataset: SegmentationDataset, frame: Frame, width: int = WIDTH) -> Thumbnail:
    """Make a frame's thumbnail, or read the cached one.

    width: in pixels; a smaller picture is not enlarged. `trouble` says what cannot be read.
    """
    key = _key(dataset, frame, width)
    keys = (cache_key(key, "photo"), cache_key(key, "label"))
    photo, label = map(THUMBNAILS.read, keys)
    if photo and label:
        return Thumbnail(photo, label)
    made = _make(dataset, frame, width)
    if made.photo and made.label:
        for key, part in zip(keys, (made.photo, made.label), strict=True):
            THUMBNAILS.write(key, part)
    return made


def thumbnails(dataset: SegmentationDataset, frames: Sequence[Frame], width: int = WIDTH) -> list[Thumbnail]:
    """The thumbnails of some frames, made in a few threads."""
    with urgently(), closing(in_order(lambda frame: thumbnail(dataset, frame, width), frames)) as made:
        return list(made)


def keep(dataset: SegmentationDataset, frames: Sequence[Frame]) -> None:
    """Cache the missing thumbnails of some frames: somebody will soon look at them.

    Does nothing if nothing can be cached.
    """
    if THUMBNAILS.can_keep():
        thumbnails(dataset, frames)


def keep_all(dataset: SegmentationDataset, progress: ProgressCallback = lambda done, total: None) -> None:
    """Cache every missing thumbnail; does nothing if nothing can be cached.

    progress: called with the frames done and their total; raising from it stops the work.
    """
    if not THUMBNAILS.can_keep():
        return
    frames = dataset.frames()
    with closing(in_order(lambda frame: thumbnail(dataset, frame), frames, in_background=True)) as made:
        for done, _ in enumerate(made, start=1):
            progress(done, len(frames))


def example_crop(dataset: SegmentationDataset, example: ClassExample, number: int) -> NDArray[np.uint8]:
    """The box of a frame that shows the class `number`, other classes faded to grey; (h, w, 3) RGB.

    DatasetError when the frame cannot be read.
    """
    image, label = dataset.read(example.frame)
    photo, mask = example.cut(image).astype(np.float64), example.cut(label) == number
    # Luma after ITU-R BT.601, half way to mid-grey: the class stands out on light and dark pages.
    luma = (photo @ np.array([0.299, 0.587, 0.114]))[..., None]
    faded = _FADE * photo + (1 - _FADE) * (luma + 128) / 2
    return np.where(mask[..., None], photo, faded).round().astype(np.uint8)


def _make(dataset: SegmentationDataset, frame: Frame, width: int) -> Thumbnail:
    photo = label = None
    trouble = ""
    size: tuple[int, int] | None = None
    try:
        photo, size = _small_photo(frame, width)
    except StreetScopeError as error:
        trouble = sentence_of(error)
    try:
        label = _small_label(dataset, frame, width, size)
    except StreetScopeError as error:
        trouble = trouble or sentence_of(error)
    return Thumbnail(photo, label, trouble)


def _small_photo(frame: Frame, width: int) -> tuple[bytes, tuple[int, int]]:
    data = read_bytes(frame.image)
    sides = images.header_size(data)
    # Enough whichever way the picture is turned, which is known only when it is decoded.
    image, full_size = images.decode_sized(data, width * max(sides) // min(sides) + 1)
    small = _size(*full_size, width)
    # Whole steps first, as far as nobody can see: several times faster than `images.resize` alone.
    shown = Image.fromarray(image).resize(small[::-1], Image.Resampling.BICUBIC, reducing_gap=2.0)
    return images.encode_jpeg(np.asarray(shown), quality=80), small


def _small_label(
    dataset: SegmentationDataset, frame: Frame, width: int, size: tuple[int, int] | None
) -> bytes:
    """The label map sampled at even steps, since numbers have no mean; transparent where it is unlabelled."""
    label = dataset.read_label(frame)
    height, full = label.shape
    size = size or _size(height, full, width)
    steps = [(2 * np.arange(new) + 1) * old // (2 * new) for new, old in zip(size, label.shape, strict=True)]
    small = label[np.ix_(*steps)]
    return images.encode_index_png(small, dataset.class_list.palette, clear=UNLABELLED)


def _size(height: int, full: int, width: int) -> tuple[int, int]:
    width = min(width, full)
    return max(1, round(height * width / full)), width


def _key(dataset: SegmentationDataset, frame: Frame, width: int) -> str:
    """What tells the thumbnail of these very files from all others."""
    files = [(str(path.absolute()), signature(path)) for path in (frame.image, frame.label)]
    classes = (dataset.class_list.palette.tobytes(), dataset.values)
    return cache_key(_VERSION, files, width, dataset.colour_labels, classes)
