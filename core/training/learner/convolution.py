"""Convolutions whose weight gradients are computed in the memory layout in which oneDNN is fast on AVX2.

Networks are trained in channels_last, in which everything else is faster. But on AVX2 the gradient of a 3 x 3
convolution's weights takes three to four times as long in it as in the usual layout, and half of a step is
spent on it. Copying its inputs into the usual layout first halves the time, copies included.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

LARGE = 500_000
"""How many values a picture's features must have for the copies to be worth it."""


class _Convolution(torch.autograd.Function):
    """`F.conv2d` without groups; only the way to compute the same gradients is different."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor | None, conv: nn.Conv2d) -> Tensor:
        """(N, in, H, W) -> (N, out, H', W')."""
        ctx.save_for_backward(features, weight)
        ctx.settings = (conv.stride, conv.padding, conv.dilation)
        return F.conv2d(features, weight, bias, *ctx.settings)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None]:
        """Gradients of the inputs of `forward`."""
        features, weight = ctx.saved_tensors
        for_features, for_weight, for_bias, _ = ctx.needs_input_grad
        of_features = of_weight = of_bias = None
        if for_features:
            of_features, _, _ = _gradients(gradient, features, weight, ctx.settings, (True, False, False))
        if for_weight:
            given = gradient, features, weight
            if features[0].numel() >= LARGE:
                given = gradient.contiguous(), features.contiguous(), weight.contiguous()
            _, of_weight, _ = _gradients(*given, ctx.settings, (False, True, False))
        if for_bias:
            of_bias = gradient.sum(dim=(0, 2, 3))
        return of_features, of_weight, of_bias, None


def _gradients(
    gradient: Tensor, features: Tensor, weight: Tensor, settings: tuple[Any, ...], wanted: tuple[bool, ...]
) -> tuple[Tensor, Tensor, Tensor]:
    found: tuple[Tensor, Tensor, Tensor] = torch.ops.aten.convolution_backward(
        gradient, features, weight, None, *settings, False, (0, 0), 1, wanted
    )
    return found


def gains(module: nn.Module) -> bool:
    """Whether a layer is a convolution that this makes faster: without groups, and larger than 1 x 1."""
    return (
        isinstance(module, nn.Conv2d)
        and type(module)._conv_forward is nn.Conv2d._conv_forward
        and module.groups == 1
        and module.kernel_size != (1, 1)
        and module.stride == (1, 1)
        and module.padding_mode == "zeros"
        and not isinstance(module.padding, str)
    )


def convolve(self: nn.Conv2d, features: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Replaces a layer's `_conv_forward`, with the same result."""
    result: Tensor = _Convolution.apply(features, weight, bias, self)
    return result
