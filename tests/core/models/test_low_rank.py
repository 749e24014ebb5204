"""Convolutions of low rank begin as what comes nearest to a whole one."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from core.models.low_rank import LowRankConv2d, fitted


def of_rank(rank: int) -> nn.Conv2d:
    """A whole convolution from 5 channels to 7 that a column and a row of so many channels could be."""
    whole = nn.Conv2d(5, 7, kernel_size=3, padding=1)
    column, row = torch.randn(rank, 5, 3), torch.randn(7, rank, 3)
    whole.weight.data = torch.einsum("riy,orx->oiyx", column, row)
    return whole


def low(whole: nn.Conv2d, rank: int) -> nn.Module:
    """One of low rank in its place."""
    network = nn.Sequential(LowRankConv2d(5, 7, rank, bias=True))
    network.load_state_dict(fitted({"0.weight": whole.weight.data, "0.bias": whole.bias.data}, network))
    return network


@pytest.fixture
def picture():
    torch.manual_seed(3)
    return torch.randn(2, 5, 9, 12)


@pytest.mark.parametrize("rank", [1, 4])
def test_a_convolution_of_that_rank_is_itself(picture, rank):
    whole = of_rank(rank)

    assert torch.allclose(low(whole, rank)(picture), whole(picture), atol=1e-4)


def test_more_rank_comes_nearer(picture):
    whole = nn.Conv2d(5, 7, kernel_size=3, padding=1)
    errors = [float((low(whole, rank)(picture) - whole(picture)).detach().norm()) for rank in (2, 6, 10, 15)]

    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 0.1
    assert errors[-1] < 1e-4


def test_both_parts_are_equally_large():
    network = low(nn.Conv2d(5, 7, kernel_size=3, padding=1), 6)[0]

    assert float(network.column.weight.detach().norm()) == pytest.approx(
        float(network.row.weight.detach().norm()), rel=1e-5
    )


def test_what_is_whole_in_both_stays_as_it_is():
    network = nn.Sequential(LowRankConv2d(5, 7, 2), nn.Conv2d(7, 3, kernel_size=1))
    weights = network.state_dict()

    assert fitted(weights, network).keys() == weights.keys()
