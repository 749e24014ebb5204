"""Two processes, three and two pictures: are batch norms over all those of one over the whole batch?"""

from __future__ import annotations

import types

import torch
from timm.layers import BatchNormAct2d
from torch import nn

from core.training.distributed.sharing import _normalise


def compare(norm: nn.BatchNorm2d, rank: int) -> None:
    torch.manual_seed(0)
    whole = 3 + 2 * torch.randn(5, 3, 5, 7)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    alone, together = norm, type(norm)(3)
    together.load_state_dict(alone.state_dict())
    together.forward = types.MethodType(_normalise, together)
    mine = (slice(0, 3), slice(3, 5))[rank]
    part = whole[mine].clone().requires_grad_()
    whole.requires_grad_()
    found, expected = together(part), alone(whole)
    torch.testing.assert_close(found, expected[mine])
    # Any loss would do that weighs places differently.
    weights = torch.randn(whole.shape)
    (found * weights[mine]).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(part.grad, whole.grad[mine])
    torch.testing.assert_close(together.state_dict(), alone.state_dict())
    torch.testing.assert_close(together.eval()(part), alone.eval()(whole)[mine])


def compare_norms(rank: int) -> None:
    for norm in (nn.BatchNorm2d(3), BatchNormAct2d(3)):
        compare(norm, rank)
