"""A loaded network turns photos into segmentations.

Segmenter.segment(image, size) -> Segmentation
"""

from __future__ import annotations

import threading

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.errors import SizeError
from core.hardware.processor import has_native_bfloat16
from core.models.inference import ready_to_predict
from core.models.store import Model, load_model
from core.photos import images
from core.segmentation.segmentation import Segmentation, bands
from core.segmentation.sizes import LARGEST_SIZE, WorkingSize

SMALLEST_SIZE = 32
"""Longer side in pixels."""

HALF_MAX = torch.finfo(torch.float16).max


class Segmenter:
    """A network ready to segment photos; sessions can share one, since a lock keeps them apart.

    bfloat16: whether to compute in bfloat16; None means if the processor does it natively.
    """

    def __init__(self, model: Model, bfloat16: bool | None = None) -> None:
        self.model = model
        self.class_list = model.class_list
        self.name = model.name
        card = model.card.normalisation
        self._mean = torch.tensor(card.mean).view(1, 3, 1, 1) * 255
        self._scale = 1 / (torch.tensor(card.std).view(1, 3, 1, 1) * 255)
        self.bfloat16 = has_native_bfloat16() if bfloat16 is None else bfloat16
        self._network = ready_to_predict(model.network.eval(), model.multiple, self.bfloat16)
        self._lock = threading.Lock()

    def segment(
        self, image: NDArray[np.uint8], size: int | None = None, square: bool = False
    ) -> Segmentation:
        """Segment a photo.

        image: (H, W, 3) uint8 RGB. size: the longer side to work at, in pixels, aspect ratio kept; None for
        the photo's own size, up to 2048. square: squash to size x size instead, as the article did.
        SizeError for a size outside 32 ... 2048.
        """
        image = to_working_size(image, size, square)
        logits = self._logits(image)
        height, width = image.shape[:2]
        labels = np.empty((height, width), dtype=np.uint8)
        confidence = np.empty((height, width), dtype=np.float32)
        stride = self.model.stride
        for rows, band in bands(logits, height, width, stride):
            highest, best = band.max(dim=0)
            labels[rows] = best.numpy()
            # the softmax of the largest logit is 1 / sum(exp(logit - largest)): no need for the others
            confidence[rows] = (band - highest).exp_().sum(dim=0).reciprocal_().numpy()
        return Segmentation(image, labels, confidence, logits, stride, self.class_list, self.name)

    def _logits(self, image: NDArray[np.uint8]) -> Tensor:
        """(C, h, w) float16 logits of the image padded to the network's multiple."""
        height, width = image.shape[:2]
        multiple = self.model.multiple
        # Mirrored: repeating the last row makes the network see a fence that is not there.
        padded = np.pad(image, ((0, -height % multiple), (0, -width % multiple), (0, 0)), mode="symmetric")
        # The NHWC array seen as NCHW is already channels_last: no copy.
        batch = (torch.from_numpy(padded).permute(2, 0, 1).unsqueeze(0).float() - self._mean) * self._scale
        with (
            self._lock,
            torch.inference_mode(),
            torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16),
        ):
            logits: Tensor = self._network(batch)
        # a copy outside inference mode, which other threads may use freely from the cache
        return (
            logits[0]
            .as_subclass(Tensor)
            .float()
            .clamp(-HALF_MAX, HALF_MAX)
            .to(torch.float16, memory_format=torch.contiguous_format, copy=True)
        )


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


def segment_photo(segmenter: Segmenter, data: bytes, size: WorkingSize) -> Segmentation:
    """Segment a photo given as the bytes of its file. ImageError if it is not a usable photo."""
    image = images.decode(data, size.pixels or LARGEST_SIZE, size.square)
    return segmenter.segment(image, size.pixels, size.square)
