"""A loaded network turns photos into segmentations.

Segmenter.segment(image, size) -> Segmentation
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import SizeError
from core.models.store import Model, load_model
from core.photos import guarded, images
from core.segmentation.predictor import Predictor
from core.segmentation.segmentation import Segmentation, bands, most_likely
from core.segmentation.sizes import LARGEST_SIZE, WorkingSize

SMALLEST_SIZE = 32
"""Longer side in pixels."""


class Segmenter:
    """A network ready to segment photos; sessions can share one, since a lock keeps them apart.

    bfloat16, device: as for `Predictor`; None means what is best on this machine.
    """

    def __init__(
        self, model: Model, bfloat16: bool | None = None, device: torch.device | None = None
    ) -> None:
        self.model = model
        self.class_list = model.class_list
        self.name = model.name
        card = model.card.normalisation
        self.predictor = Predictor(
            model.network.eval(), card.mean, card.std, model.multiple, bfloat16, device
        )

    @property
    def bfloat16(self) -> bool:
        """Whether it computes in bfloat16."""
        return self.predictor.bfloat16

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.predictor.device

    def segment(
        self, image: NDArray[np.uint8], size: int | None = None, square: bool = False
    ) -> Segmentation:
        """Segment a photo.

        image: (H, W, 3) uint8 RGB. size: the longer side to work at, in pixels, aspect ratio kept; None for
        the photo's own size, up to 2048. square: squash to size x size instead, as the article did.
        SizeError for a size outside 32 ... 2048.
        """
        return self.segment_batch([image], size, square)[0]

    def segment_batch(
        self, photos: Sequence[NDArray[np.uint8]], size: int | None = None, square: bool = False
    ) -> list[Segmentation]:
        """Segment photos of one size together, which a GPU does faster; parameters as for `segment`.

        SizeError also for photos of different sizes.
        """
        scaled = [to_working_size(photo, size, square) for photo in photos]
        if len({image.shape for image in scaled}) > 1:
            raise SizeError("Photos of different sizes cannot be segmented together; take them one by one.")
        if not scaled:
            return []
        logits = self.predictor.logits(scaled)
        # Each its own copy: a view of one photo's logits would keep those of all in memory.
        own = list(logits) if len(logits) == 1 else [each.copy() for each in logits]
        return [self._segmentation(*each) for each in zip(scaled, own, strict=True)]

    def _segmentation(self, image: NDArray[np.uint8], logits: NDArray[np.float16]) -> Segmentation:
        height, width = image.shape[:2]
        labels = np.empty((height, width), dtype=np.uint8)
        confidence = np.empty((height, width), dtype=np.float32)
        stride = self.model.stride
        for rows, band in bands(logits, height, width, stride):
            labels[rows], highest = most_likely(band)
            # the softmax of the largest logit is 1 / sum(exp(logit - largest)): no need for the others
            np.exp(np.subtract(band, highest, out=band), out=band)
            confidence[rows] = 1 / band.sum(axis=0)
        return Segmentation(image, labels, confidence, logits, stride, self.class_list, self.name)


def to_working_size(image: NDArray[np.uint8], size: int | None, square: bool = False) -> NDArray[np.uint8]:
    """Scale a photo to the size it is segmented at; see `Segmenter.segment`."""
    height, width = image.shape[:2]
    target = min(max(height, width), LARGEST_SIZE) if size is None else size
    if not SMALLEST_SIZE <= target <= LARGEST_SIZE:
        raise SizeError(
            f"The working size is {target} pixels; choose one from {SMALLEST_SIZE} to {LARGEST_SIZE}."
        )
    return images.resize(image, *images.working_size(height, width, target, square))


def load_segmenter(name: str, bfloat16: bool | None = None) -> Segmenter:
    """The model called `name` from the model store, ready to segment; `bfloat16` as for `Segmenter`."""
    return Segmenter(load_model(name), bfloat16)


def segment_photo(
    segmenter: Segmenter, data: bytes, size: WorkingSize, *, ours: bool = False
) -> Segmentation:
    """Segment a photo given as the bytes of its file. ImageError if it is not a usable photo.

    ours: it is a sample of the project's, which need not wait for the process that decodes strangers' photos.
    """
    decode = images.decode_scaled if ours else guarded.decode_scaled
    image, _ = decode(data, size.pixels or LARGEST_SIZE, size.square)
    return segmenter.segment(image, size.pixels, size.square)
