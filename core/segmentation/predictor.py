"""The one way from pixels to logits: for the app, for evaluation, and for the validation of a training run.

Predictor.logits(images) -> (N, C, h, w)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.models.networks import RGBFloats
from core.segmentation.engines.engine import Engine, Pictures

HALF_MAX = np.finfo(np.float16).max


class Predictor:
    """A network ready to predict; threads can share it, since a lock keeps them apart.

    mean, std: per channel, of pixel values in 0..1. multiple: both sides of the network's input must be
    divisible by it.
    """

    def __init__(self, engine: Engine, mean: RGBFloats, std: RGBFloats, multiple: int) -> None:
        self.engine, self.multiple = engine, multiple
        self._mean = np.array(mean, np.float32) * 255
        self._scale = 1 / (np.array(std, np.float32) * 255)
        self._lock = threading.Lock()

    def logits(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float16]:
        """Predict pictures of one size, a batch at once.

        images: N arrays (H, W, 3) uint8 RGB. Returns (N, C, h, w): of the pictures padded to the
        network's multiple, at its stride. ValueError for pictures of different sizes.
        """
        return self._half(self.engine.logits, images)

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float16]:
        """What the network's last layer computes the logits from, (N, F, h, w); otherwise as `logits`."""
        return self._half(self.engine.features, images)

    def has_finite_answers(self) -> bool:
        """Whether extreme pictures get numbers: those of a network may be sound, and together too large."""
        side = 2 * self.multiple
        noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
        pictures = self._prepared(np.stack([np.zeros_like(noise), np.full_like(noise, 255), noise]))
        with self._lock:
            return bool(np.isfinite(self.engine.logits(pictures)).all())

    def for_thread(self, threads: int) -> Predictor:
        """Another one of the same network, for the calling thread alone, which computes with `threads`."""
        other = Predictor.__new__(Predictor)
        other.__dict__.update(self.__dict__, engine=self.engine.for_thread(threads), _lock=threading.Lock())
        return other

    def _half(
        self, compute: Callable[[Pictures], NDArray[np.float32]], images: Sequence[NDArray[np.uint8]]
    ) -> NDArray[np.float16]:
        pictures = self._prepared(np.stack(images))
        with self._lock:
            found = compute(pictures)
        return found.clip(-HALF_MAX, HALF_MAX).astype(np.float16)

    def _prepared(self, batch: NDArray[np.uint8]) -> Pictures:
        height, width = batch.shape[1:3]
        # Mirrored: repeating the last row makes the network see a fence that is not there.
        pad = ((0, 0), (0, -height % self.multiple), (0, -width % self.multiple), (0, 0))
        pictures = np.pad(batch, pad, mode="symmetric").astype(np.float32)
        # A whole row of pixels at a time: numpy walks over channels alone one by one, five times as slowly.
        columns = pictures.shape[2]
        rows = pictures.reshape(-1, 3 * columns)
        rows -= np.tile(self._mean, columns)
        rows *= np.tile(self._scale, columns)
        return pictures
