"""Pictures of an evaluated frame: photo, truth, prediction, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.datasets.dataset import sampled
from core.evaluation.metrics import IGNORE, truth_table
from core.evaluation.own_classes import in_classes_of
from core.photos import images

if TYPE_CHECKING:
    from core.datasets import Frame, SegmentationDataset
    from core.segmentation.segmenter import Segmenter

MARK = (255, 140, 0)
"""Colour of marked pixels: orange, which no class of CamVid has."""

WIDTH = 240


@dataclass(frozen=True, eq=False)
class FrameView:
    """An evaluated frame.

    image: (H, W, 3) uint8. truth, predicted: (H, W) numbers of the model's classes, or IGNORE.
    """

    image: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    predicted: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the frame takes."""
        return self.image.nbytes + self.truth.nbytes + self.predicted.nbytes

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.image.shape[1])

    def confused(self, true: int, predicted: int) -> NDArray[np.bool_]:
        """(H, W) where the class `true` was predicted as `predicted`."""
        return np.asarray((self.truth == true) & (self.predicted == predicted))


def view_frame(segmenter: Segmenter, dataset: SegmentationDataset, frame: Frame) -> FrameView:
    """A frame with truth and prediction, as in `evaluate`; DatasetError if it cannot be read."""
    segmenter = in_classes_of(dataset, segmenter)
    image, label = dataset.read(frame)
    truth = truth_table(dataset.class_list, segmenter.class_list)[label]
    return FrameView(image, truth, segmenter.segment(image).labels)


@dataclass(frozen=True)
class FramePictures:
    """Four pictures of one size: the photo as JPEG, the others as PNG."""

    photo: bytes
    truth: bytes
    prediction: bytes
    errors: bytes


def frame_pictures(view: FrameView, classes: ClassList, width: int = WIDTH) -> FramePictures:
    """A frame's pictures, at most `width` pixels wide.

    Ignored pixels are black in truth and prediction. Errors are the photo in pale grey with every wrong
    pixel in the colour of the class that was predicted.
    """
    small = _smaller(view, width)
    palette = classes.full_palette
    counted = small.truth != IGNORE
    wrong = counted & (small.truth != small.predicted)
    return FramePictures(
        images.encode_jpeg(small.image, quality=80),
        images.encode_index_png(small.truth, palette),
        images.encode_index_png(np.where(counted, small.predicted, np.uint8(IGNORE)), palette),
        images.encode_png(np.where(wrong[..., None], palette[small.predicted], _pale(small.image))),
    )


def full_pictures(view: FrameView, classes: ClassList) -> dict[str, bytes]:
    """PNGs of a frame's four pictures in full size, by what they show."""
    pictures = frame_pictures(view, classes, view.width)
    return {
        "photo": images.encode_png(view.image),
        "truth": pictures.truth,
        "prediction": pictures.prediction,
        "errors": pictures.errors,
    }


def marked_picture(view: FrameView, true: int, predicted: int, width: int = WIDTH) -> bytes:
    """PNG of the photo in pale grey, with MARK where the class `true` was predicted as `predicted`.

    A pixel of the small picture is marked if any pixel that it stands for is, so that thin things stay.
    """
    mask = view.confused(true, predicted)
    small = images.resize(view.image, *_size(mask.shape, width))
    rows, cols = (np.arange(new) * old // new for new, old in zip(small.shape[:2], mask.shape, strict=True))
    pooled = np.logical_or.reduceat(np.logical_or.reduceat(mask, rows, axis=0), cols, axis=1)
    return images.encode_png(np.where(pooled[..., None], np.array(MARK, np.uint8), _pale(small)))


def _smaller(view: FrameView, width: int) -> FrameView:
    size = _size(view.truth.shape, width)
    return FrameView(
        images.resize(view.image, *size), sampled(view.truth, *size), sampled(view.predicted, *size)
    )


def _size(shape: tuple[int, ...], width: int) -> tuple[int, int]:
    height, full = shape[:2]
    width = min(width, full)
    return max(1, round(height * width / full)), width


def _pale(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # Luma after ITU-R BT.601, half way to white, as in `painting.difference`.
    luma = image @ np.array([0.299, 0.587, 0.114])
    pale: NDArray[np.uint8] = ((luma + 255) / 2).round().astype(np.uint8)[..., None].repeat(3, axis=2)
    return pale
