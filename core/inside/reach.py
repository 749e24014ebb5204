"""The theoretical receptive field: which pixels can have a part in an output, by the network's layers alone.

It is traced rather than calculated by formula, so that branches, skips and interpolation all count: a copy of
the network that only averages is run on a strip of a picture, and the gradient of one output is above zero
exactly where a pixel can reach it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from core.errors import SizeError
from core.languages import sentence

Axis = Literal["rows", "columns"]

_FAINT = 1e-6
"""Of the strip's pixels: so small that sums over many branches stay below the 6 at which ReLU6 cuts off."""

_SHORTEST, _LONGEST = 64, 256
"""Length of the strip, in times the network's multiple: twice as long until the field ends within it."""


@dataclass(frozen=True)
class Span:
    """Rows, or columns, from `first` up to but without `end`; they may lie outside a picture."""

    first: int
    end: int

    @property
    def length(self) -> int:
        """How many there are."""
        return self.end - self.first

    def __or__(self, other: Span) -> Span:
        return Span(min(self.first, other.first), max(self.end, other.end))


def averaging(network: nn.Module) -> nn.Module:
    """A copy of a network whose every weight is positive and every norm does nothing.

    With small positive pixels all that it computes is positive, so that its activations pass everything on.
    """
    copied = copy.deepcopy(network).float().eval()
    for module in copied.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.MaxPool2d):
                # A maximum passes on one pixel only; the mean has the same reach.
                pool = nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode)
                setattr(module, name, pool)
    with torch.no_grad():
        for parameter in copied.parameters():
            weights = parameter[0].numel() if parameter.ndim > 1 else 1
            parameter.fill_(1 / weights)
        for module in copied.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.reset_running_stats()
            bias = getattr(module, "bias", None)
            if isinstance(bias, Tensor):
                bias.zero_()
    return copied.requires_grad_(False)


def reach(network: nn.Module, multiple: int, stride: int, position: int, axis: Axis) -> Span:
    """Which rows, or columns, of an endless picture the network's answer at one of them depends on.

    network: as `averaging` makes it. multiple: divides both sides of its input. stride: how many pixels one
    of its logits covers; the answer at a pixel lies between two of them. position: the row or column.
    SizeError for a network that reaches further than can be traced.
    """
    centre = (position % multiple + 0.5) / stride - 0.5
    cells = sorted({int(centre // 1), -int(-centre // 1)})
    moved = position - position % multiple
    span = cell_reach(network, multiple, cells, axis)
    return Span(span.first + moved, span.end + moved)


def cell_reach(network: Callable[[Tensor], Tensor], multiple: int, cells: Sequence[int], axis: Axis) -> Span:
    """The pixels that some cells of what `network` computes depend on, on an endless picture.

    cells: their rows, or columns, counted from the cell at pixel 0; negative ones lie before it.
    """
    times = _SHORTEST
    while times <= _LONGEST:
        length, middle = times * multiple, times // 2 * multiple
        strip = _strip(length, multiple, axis).requires_grad_()
        found = network(strip).sum(dim=1)[0]  # (h, w)
        along = found.sum(dim=1 if axis == "rows" else 0)
        before = middle * len(along) // length
        (gradient,) = torch.autograd.grad(along[[before + cell for cell in cells]].sum(), strip)
        reached = gradient[0].sum(dim=0).sum(dim=1 if axis == "rows" else 0).nonzero().flatten()
        first, last = int(reached[0]), int(reached[-1])
        if first > 0 and last < length - 1:
            return Span(first - middle, last + 1 - middle)
        times *= 2
    raise SizeError(sentence("The network's receptive field is too large to be traced."))


def _strip(length: int, multiple: int, axis: Axis) -> Tensor:
    """As narrow as the network allows: what reaches along one axis does not depend on the other."""
    sides = (length, multiple) if axis == "rows" else (multiple, length)
    return torch.full((1, 3, *sides), _FAINT, dtype=torch.float32)
