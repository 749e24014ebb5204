"""Theoretical receptive fields, of layers whose field is known by hand and of networks."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from core.inside.reach import Span, averaging, cell_reach, reach
from core.models.networks import find_network


def conv(kernel: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    padding = dilation * (kernel - 1) // 2
    return nn.Conv2d(3, 3, kernel, stride, padding, dilation, bias=True)


class Residual(nn.Module):
    """A branch of two convolutions beside the picture itself."""

    def __init__(self) -> None:
        super().__init__()
        self.branch = nn.Sequential(conv(3), nn.BatchNorm2d(3), nn.ReLU6(), conv(5))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        branch: torch.Tensor = self.branch(image)
        return image + branch


@pytest.mark.parametrize(
    ("layers", "stride", "span"),
    [
        ([conv(3)], 1, Span(-1, 2)),
        ([conv(3), conv(3)], 1, Span(-2, 3)),
        ([conv(3, dilation=4)], 1, Span(-4, 5)),
        # The second one's three cells are two pixels apart, and each has three.
        ([conv(3, stride=2), conv(3)], 2, Span(-3, 4)),
        ([nn.MaxPool2d(2), nn.ReLU(), conv(3)], 2, Span(-2, 4)),
        ([Residual()], 1, Span(-3, 4)),
        ([nn.MaxPool2d(2), nn.Upsample(scale_factor=2), conv(3)], 1, Span(-2, 2)),
    ],
)
def test_fields_known_by_hand(layers: list[nn.Module], stride: int, span: Span) -> None:
    network = averaging(nn.Sequential(*layers))

    assert cell_reach(network, 4, [0], "rows") == span
    assert cell_reach(network, 4, [0], "columns") == span
    if stride == 1:
        assert reach(network, 4, 1, 22, "rows") == Span(22 + span.first, 22 + span.end)


def test_between_two_cells_both_count() -> None:
    network = averaging(nn.Sequential(nn.MaxPool2d(2)))

    # Pixel 5 lies at cell 2.25, between those of pixels 4, 5 and 6, 7.
    assert reach(network, 4, 2, 5, "rows") == Span(4, 8)


def test_rows_and_columns_may_differ() -> None:
    network = averaging(nn.Sequential(nn.Conv2d(3, 3, (1, 7), padding=(0, 3))))

    assert cell_reach(network, 4, [0], "rows").length == 1
    assert cell_reach(network, 4, [0], "columns").length == 7


def test_the_network_itself_stays_as_it_was() -> None:
    layer = conv(3)
    network = nn.Sequential(layer, nn.MaxPool2d(2))
    before = layer.weight.clone()

    averaging(network)

    assert torch.equal(layer.weight, before)
    assert isinstance(network[1], nn.MaxPool2d)


def test_the_encoder_of_lite0_reaches_851_pixels() -> None:
    # 1 + the sum over the layers of (kernel - 1) x the product of the strides before.
    # Source: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", 2019.
    network = averaging(find_network("unet_lite0").build(2, False))

    encoder = network.get_submodule("encoder")
    found = cell_reach(lambda image: encoder(image)[-1], 32, [0], "rows")

    assert found.length == 851
