"""Validation as the app segments: what a run is judged by is what people will see."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from core.models.export import export_graph
from core.models.networks import Network
from core.segmentation.engines.choice import EngineChoice, chosen_engine
from core.segmentation.engines.engine import Engine
from core.segmentation.engines.onnx_runtime import OnnxRuntime
from core.segmentation.engines.pytorch import PyTorch
from core.segmentation.predictor import Predictor
from core.segmentation.segmentation import at_full_size


class PredictsAsTheApp(nn.Module):
    """A network in its present state, which takes pictures as bytes and predicts them as `Segmenter` does.

    The same preparation, the same engine, the same rounding, the same interpolation.
    """

    def __init__(self, trained: nn.Module, network: Network) -> None:
        super().__init__()
        self.trained = trained  # fastai asks for the parameters, to know the device
        self.stride = network.stride
        self.predictor = Predictor(_engine(trained, network), network.mean, network.std, network.multiple)

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, H, W, 3) uint8 RGB. Returns (N, C, H, W) float32 logits."""
        height, width = images.shape[1:3]
        logits = self.predictor.logits(list(images.cpu().numpy()))
        full = [at_full_size(each, height, width, self.stride) for each in logits]
        return torch.from_numpy(np.stack(full)).to(images.device)


def _engine(trained: nn.Module, network: Network) -> Engine:
    device, chosen = next(trained.parameters()).device, chosen_engine()
    if device.type == "cpu" and chosen is EngineChoice.ONNX_RUNTIME:
        return OnnxRuntime(export_graph(trained, network.multiple))
    return PyTorch(trained, network.multiple, chosen is EngineChoice.PYTORCH_BFLOAT16, device)
