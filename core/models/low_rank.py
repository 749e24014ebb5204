"""Convolutions of low rank: a fraction of the work of whole ones, and what a trained one knows as a start.

A 3 x 3 convolution becomes a column of three and a row of three, with few channels between. The two that come
nearest to a trained one, in the sum of squares, are the first parts of its singular value decomposition.
Source: Jaderberg, Vedaldi, Zisserman, "Speeding up convolutional neural networks with low rank expansions",
BMVC 2014, scheme 2.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class LowRankConv2d(nn.Module):
    """A 3 x 3 convolution, padded by 1, of at most this rank. row: makes the second part's layer."""

    def __init__(
        self, narrow: int, wide: int, rank: int, bias: bool = False, row: type[nn.Conv2d] = nn.Conv2d
    ) -> None:
        super().__init__()
        self.column = nn.Conv2d(narrow, rank, kernel_size=(3, 1), padding=(1, 0), bias=False)
        self.row = row(rank, wide, kernel_size=(1, 3), padding=(0, 1), bias=bias)

    def forward(self, features: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out, H, W)."""
        answer: Tensor = self.row(self.column(features))
        return answer


def fitted(weights: Mapping[str, Tensor], network: nn.Module) -> dict[str, Tensor]:
    """Weights of a network with whole convolutions, for one that has some of low rank in the same places.

    The singular values are shared evenly by both parts, so that one learning rate suits both.
    """
    found = dict(weights)
    for name, layer in network.named_modules():
        if isinstance(layer, LowRankConv2d) and f"{name}.weight" in found:
            whole = found.pop(f"{name}.weight")
            found[f"{name}.column.weight"], found[f"{name}.row.weight"] = _parts(
                whole, layer.column.out_channels
            )
            if f"{name}.bias" in found:
                found[f"{name}.row.bias"] = found.pop(f"{name}.bias")
    return found


def _parts(whole: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """The column (rank, in, 3, 1) and the row (out, rank, 1, 3) nearest to a convolution (out, in, 3, 3)."""
    wide, narrow = whole.shape[:2]
    matrix = whole.double().permute(1, 2, 0, 3).reshape(narrow * 3, wide * 3)
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    root = values[:rank].sqrt()
    column = (left[:, :rank] * root).T.reshape(-1, narrow, 3, 1)
    row = (right[:rank].T * root).reshape(wide, 3, -1).permute(0, 2, 1).unsqueeze(2)
    return column.to(whole.dtype).contiguous(), row.to(whole.dtype).contiguous()
