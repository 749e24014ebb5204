"""A network in PyTorch, asked what only PyTorch can answer: gradients, feature maps, an untrained twin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.errors import SizeError
from core.inside.reach import Span, averaging, reach
from core.inside.stages import MAPS, Peaks, Stage
from core.languages import sentence
from core.models.networks import find_network
from core.models.weights import Model, load_model
from core.segmentation.engines.pytorch import PyTorch

SEED = 0
"""From which a twin's weights are drawn."""

LARGEST = 1024
"""Longer side in pixels of a picture whose gradient is computed: the memory for more is not everybody's."""

_CALIBRATION = 8
"""Random pictures by which a twin's norms are set."""


def untrained_twin(model: Model, seed: int = SEED) -> Model:
    """The same network with weights drawn by chance, as training from scratch would begin; nothing learnt.

    Its norms are set by noise, not by pictures: with those of a new network, signals would fade from layer
    to layer, and the answer would be the same everywhere.
    """
    network = find_network(model.card.network)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = network.build(len(model.class_list), False)
        side = 4 * model.multiple
        noise = torch.randn(_CALIBRATION, 3, side, side)
    module.train()
    for norm in module.modules():
        if isinstance(norm, nn.modules.batchnorm._BatchNorm):
            norm.reset_running_stats()
            norm.momentum = 1.0
    with torch.no_grad():
        module(noise)
    return Model(model.card, model.class_list, module.eval(), model.stride, model.multiple)


@lru_cache(maxsize=64)
def theoretical(network: str, row: int, col: int) -> tuple[Span, Span]:
    """The rows and columns that the answer at a pixel can depend on, by a network's layers alone."""
    known = find_network(network)
    rows = _span(network, row % known.multiple, True)
    cols = _span(network, col % known.multiple, False)
    down, across = row - row % known.multiple, col - col % known.multiple
    return Span(rows.first + down, rows.end + down), Span(cols.first + across, cols.end + across)


@lru_cache(maxsize=256)
def _span(network: str, phase: int, rows: bool) -> Span:
    known = find_network(network)
    return reach(_averaging(network), known.multiple, known.stride, phase, "rows" if rows else "columns")


@lru_cache(maxsize=1)
def _averaging(network: str) -> nn.Module:
    return averaging(find_network(network).build(2, False))


class Inspector:
    """One network; `of_model` finds it in the store. Not for several threads at once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._network = model.network.eval().requires_grad_(False)
        for module in self._network.modules():
            if hasattr(module, "inplace"):
                changed: Any = module
                changed.inplace = False  # what a hook has seen must stay as it was
        self.engine = PyTorch(self._network, model.multiple, device=torch.device("cpu"))

    @classmethod
    def of_model(cls, name: str, untrained: bool = False) -> Inspector:
        """The model of that name, or its untrained twin. ModelNotFoundError, BrokenModelError."""
        model = load_model(name)
        return cls(untrained_twin(model) if untrained else model)

    def gradient(
        self, image: NDArray[np.uint8], pixel: tuple[int, int], number: int | None = None
    ) -> NDArray[np.float32]:
        """(H, W) how much each pixel counts for a class's logit at (row, column): the absolute gradient,
        summed over the colours.

        image: (H, W, 3) uint8. number: the class; by default the most probable there.
        SizeError for a picture of more than 1024 pixels on a side.
        """
        if max(image.shape[:2]) > LARGEST:
            raise SizeError(
                sentence(
                    "The picture is {width} x {height}; choose a working size of at most {largest} pixels to "
                    "trace gradients.",
                    width=image.shape[1],
                    height=image.shape[0],
                    largest=LARGEST,
                )
            )
        pixels = torch.from_numpy(image).float().permute(2, 0, 1)[np.newaxis].requires_grad_()
        logits = self._at(self._network(self._prepared(pixels))[0], pixel)
        chosen = int(logits.argmax()) if number is None else number
        (found,) = torch.autograd.grad(logits[chosen], pixels)
        counted: NDArray[np.float32] = found[0].abs().sum(dim=0).numpy()
        return counted

    def stages(self, image: NDArray[np.uint8], most: int = MAPS) -> list[Stage]:
        """The feature maps of each stage of the network in a picture (H, W, 3); one forward pass."""
        height = self._padded(image.shape[0])
        return [_stage(name, height, features[0], most) for name, features in self._features(image)]

    def peaks(self, image: NDArray[np.uint8]) -> list[Peaks]:
        """The greatest value of each channel of each stage; otherwise as `stages`."""
        return [_peaks(features[0]) for _, features in self._features(image)]

    def _features(self, image: NDArray[np.uint8]) -> list[tuple[str, Tensor]]:
        pixels = torch.from_numpy(image).float().permute(2, 0, 1)[np.newaxis]
        with torch.inference_mode(), _watched(self._network) as seen:
            self._network(self._prepared(pixels))
        return seen

    def _prepared(self, pixels: Tensor) -> Tensor:
        """(1, 3, H, W) pixels of 0..255 as the network gets them; see `core.segmentation.predictor`."""
        for axis in (2, 3):
            length = pixels.shape[axis]
            padding = (0, self._padded(length) - length)
            mirrored = np.pad(np.arange(length), padding, mode="symmetric")
            pixels = pixels.index_select(axis, torch.from_numpy(mirrored))
        norm = self.model.card.normalisation
        mean, std = (torch.tensor(part).view(1, 3, 1, 1) for part in (norm.mean, norm.std))
        return (pixels / 255 - mean) / std

    def _padded(self, length: int) -> int:
        return length + -length % self.model.multiple

    def _at(self, logits: Tensor, pixel: tuple[int, int]) -> Tensor:
        """(C, h, w) logits between the cells around a pixel: (C,)."""
        for position in pixel:
            centre = min(max((position + 0.5) / self.model.stride - 0.5, 0), logits.shape[1] - 1)
            before = int(centre)
            after = min(before + 1, logits.shape[1] - 1)
            weight = centre - before
            logits = logits[:, before] * (1 - weight) + logits[:, after] * weight
        return logits


@contextmanager
def _watched(network: nn.Module) -> Iterator[list[tuple[str, Tensor]]]:
    """While the block runs the network, collects the output of each of its stages with the module's path.

    A stage is what is computed at one size until the size changes; its output is that of the module that ends
    last, with the sums of its branches. What makes the logits is a stage of its own.
    """
    names = {module: name for name, module in network.named_modules()}
    *_, last = (module for module in network.modules() if isinstance(module, nn.Conv2d))
    head = getattr(network, "head", last)
    seen: list[tuple[str, Tensor]] = []
    head_begins = [False]

    def ended(module: nn.Module, inputs: object, output: object) -> None:
        if not isinstance(output, Tensor) or output.ndim != 4 or output.shape[-1] < 2:
            return
        ours = module is head or (module is network and head is not network)
        if module is network and seen and head is not network:
            seen[-1] = ("class scores", output)
        elif not ours and not head_begins[0] and seen and seen[-1][1].shape[-2:] == output.shape[-2:]:
            seen[-1] = (names[module], output)
        elif ours or not head_begins[0]:
            seen.append(("class scores" if ours else names[module], output))

    def begins(module: nn.Module, inputs: object) -> None:
        head_begins[0] = True

    handles = [module.register_forward_hook(ended) for module in network.modules()]
    handles.append(head.register_forward_pre_hook(begins))
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def _stage(name: str, height: int, features: Tensor, most: int) -> Stage:
    activity = features.abs().mean(dim=(1, 2))
    channels = activity.argsort(descending=True, stable=True)[:most]
    chosen = features[channels]
    least, greatest = chosen.amin(dim=(1, 2), keepdim=True), chosen.amax(dim=(1, 2), keepdim=True)
    spread = (greatest - least).clamp_min(torch.finfo(torch.float32).tiny)
    maps = ((chosen - least) / spread * 255).round().to(torch.uint8)
    stride = round(height / features.shape[1])
    return Stage(name, stride, activity.numpy(), tuple(channels.tolist()), maps.numpy())


def _peaks(features: Tensor) -> Peaks:
    channels, height, width = features.shape
    values, places = features.reshape(channels, -1).max(dim=1)
    rows, cols = places // width, places % width
    return Peaks(values.numpy(), ((rows + 0.5) / height).numpy(), ((cols + 0.5) / width).numpy())
