"""A network made ready to predict: the same answers, the norms gone, the network it came from untouched."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from core.models.inference import ready_to_predict
from core.models.networks import NETWORKS, find_network


def norms(network: nn.Module) -> list[nn.Module]:
    return [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]


def shake(network: nn.Module) -> nn.Module:
    """A copy with norms as after training: a fresh one's mean of 0 and variance of 1 would hide mistakes."""
    network = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for norm in norms(network):
            norm.weight.uniform_(0.5, 1.5, generator=generator)
            norm.bias.normal_(0, 0.5, generator=generator)
            norm.running_mean.normal_(0, 0.5, generator=generator)
            norm.running_var.uniform_(0.5, 2, generator=generator)
    return network.eval()


def answer(network: nn.Module, image: Tensor) -> Tensor:
    with torch.inference_mode():
        return network(image.contiguous(memory_format=torch.channels_last))


@pytest.fixture
def image() -> Tensor:
    return torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_answers_as_it_did_before(name, image, untrained):
    network = shake(untrained(name))
    before = answer(network, image)

    ready = ready_to_predict(network, find_network(name).multiple, bfloat16=False)

    spread = before.std()
    assert (answer(ready, image) - before).abs().max() < 1e-4 * spread


@pytest.mark.parametrize("name", ["unet_lite0", "unet_resnet34"])
def test_norms_are_gone_and_the_network_given_keeps_its_own(name, untrained):
    network = shake(untrained(name))
    before = copy.deepcopy(network.state_dict())

    ready = ready_to_predict(network, 32, bfloat16=False)

    assert len(norms(ready)) < len(norms(network)) / 2
    assert all(torch.equal(tensor, before[key]) for key, tensor in network.state_dict().items())
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_unet_lite0_keeps_no_norm_in_float32_and_the_depthwise_ones_in_bfloat16(untrained):
    network = untrained("unet_lite0")
    depthwise = [m for m in network.modules() if isinstance(m, nn.Conv2d) and m.groups > 1]

    assert norms(ready_to_predict(network, 32, bfloat16=False)) == []
    assert len(norms(ready_to_predict(network, 32, bfloat16=True))) == len(depthwise)


def test_bfloat16_halves_the_convolutions_but_not_the_one_that_makes_logits(untrained):
    ready = ready_to_predict(untrained("unet_lite0"), 32, bfloat16=True)

    assert ready.head.weight.dtype == torch.float32
    assert ready.detail.conv.weight.dtype == torch.bfloat16


class Order(nn.Module):
    """Modules listed in another order than they run in, and a convolution that runs twice."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 1)
        self.late_norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 4, 1)
        self.early_norm = nn.BatchNorm2d(4)
        self.twice = nn.Conv2d(4, 4, 1)
        self.norms = nn.ModuleList(nn.BatchNorm2d(4) for _ in range(2))

    def forward(self, image: Tensor) -> Tensor:
        features = self.early_norm(self.first(image))
        features = self.late_norm(self.second(features))
        for norm in self.norms:
            features = norm(self.twice(features))
        return features


def test_a_norm_is_folded_into_the_convolution_that_feeds_it(image):
    network = shake(Order())
    before = answer(network, image)

    ready = ready_to_predict(network, 1, bfloat16=False)

    assert len(norms(ready)) == 2  # those that share a convolution stay
    torch.testing.assert_close(answer(ready, image), before, rtol=1e-5, atol=1e-5)
