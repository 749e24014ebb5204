"""Two processes, uneven shares of a batch: whether batch norms and gradients are those of the whole batch.

Usage: shared_norm.py FILE_WHERE_THE_TWO_MEET
"""

from __future__ import annotations

import sys
import types
from types import SimpleNamespace

import torch
from timm.layers import BatchNormAct2d
from torch import nn

from core.evaluation.metrics import IGNORE
from core.training.batches.loss import SegmentationLoss
from core.training.distributed.sharing import ShareBatches, _normalise
from tests.core.training.distributed.meeting import in_two_processes

MINE = (slice(0, 1), slice(1, 4))


def compare(norm: nn.BatchNorm2d, rank: int) -> None:
    torch.manual_seed(0)
    whole = 3 + 2 * torch.randn(4, 3, 5, 7)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    alone, together = norm, type(norm)(3)
    together.load_state_dict(alone.state_dict())
    together.forward = types.MethodType(_normalise, together)
    mine = MINE[rank]
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


def compare_gradients(rank: int) -> None:
    torch.manual_seed(0)
    loss = SegmentationLoss(torch.tensor([1.0, 5.0, 2.0]), 0.1, 0.0)
    images, labels = torch.randn(4, 3, 5, 7), torch.randint(0, 3, (4, 5, 7))
    labels[0, :4] = IGNORE  # the first process has few pixels that count
    network = nn.Conv2d(3, 3, 1)
    (expected,) = torch.autograd.grad(whole := loss(network(images), labels), [network.weight])
    mine = loss(network(images[MINE[rank]]), labels[MINE[rank]])
    share = object.__new__(ShareBatches)
    share.learn = SimpleNamespace(loss_func=loss, yb=(labels[MINE[rank]],), loss_grad=mine, training=True)
    share.after_loss()
    (found,) = torch.autograd.grad(share.learn.loss_grad, [network.weight])
    torch.distributed.all_reduce(found)
    torch.testing.assert_close(found / 2, expected)
    torch.testing.assert_close(share.learn.loss, whole.detach())


def compare_all(rank: int) -> None:
    compare_gradients(rank)
    for norm in (nn.BatchNorm2d(3), BatchNormAct2d(3)):
        compare(norm, rank)


if __name__ == "__main__":
    in_two_processes(sys.argv[1], compare_all)
