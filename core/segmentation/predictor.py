"""The one way from pixels to logits: for the app, for evaluation, and for the validation of a training run.

Predictor.logits(images) -> (N, C, h, w)
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.hardware.processor import has_native_bfloat16
from core.models.inference import ready_to_predict
from core.models.networks import RGBFloats

HALF_MAX = torch.finfo(torch.float16).max


class Predictor:
    """A network made ready to predict; threads can share it, since a lock keeps them apart.

    mean, std: per channel, of pixel values in 0..1. multiple: both sides of the network's input must be
    divisible by it. device: None means a GPU if there is one. bfloat16: whether to compute in bfloat16; None
    means if it is a CPU that does so natively.
    """

    def __init__(
        self,
        network: nn.Module,
        mean: RGBFloats,
        std: RGBFloats,
        multiple: int,
        bfloat16: bool | None = None,
        device: torch.device | None = None,
    ) -> None:
        self.device = automatic_device() if device is None else device
        on_cpu = self.device.type == "cpu"
        self.bfloat16 = on_cpu and has_native_bfloat16() if bfloat16 is None else bfloat16
        self.multiple = multiple
        self._mean = torch.tensor(mean, device=self.device).view(1, 3, 1, 1) * 255
        self._scale = 1 / (torch.tensor(std, device=self.device).view(1, 3, 1, 1) * 255)
        self.network = ready_to_predict(network, multiple, self.bfloat16).to(self.device)
        self._lock = threading.Lock()

    def logits(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float16]:
        """Predict pictures of one size, a batch at once.

        images: N arrays (H, W, 3) uint8 RGB. Returns (N, C, h, w): of the pictures padded to the
        network's multiple, at its stride. ValueError for pictures of different sizes.
        """
        batch = np.stack(images)
        height, width = batch.shape[1:3]
        # Mirrored: repeating the last row makes the network see a fence that is not there.
        pad = ((0, 0), (0, -height % self.multiple), (0, -width % self.multiple), (0, 0))
        padded = torch.from_numpy(np.pad(batch, pad, mode="symmetric")).to(self.device)
        # The NHWC array seen as NCHW is already channels_last: no copy.
        inputs = (padded.permute(0, 3, 1, 2).float() - self._mean) * self._scale
        with (
            self._lock,
            torch.inference_mode(),
            torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16),
        ):
            logits: Tensor = self.network(inputs)
        half = logits.float().clamp(-HALF_MAX, HALF_MAX).to("cpu", torch.float16)
        return np.ascontiguousarray(half.as_subclass(Tensor).numpy())


def automatic_device() -> torch.device:
    """The first GPU that torch can use, else the CPU."""
    return torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
