"""Weight gradients in another memory layout: the same numbers as torch's own, other layers left alone."""

from __future__ import annotations

import types

import pytest
import torch
from torch import Tensor, nn

from core.models.architectures import Float32Conv2d
from core.models.networks import find_network
from core.training.learner.convolution import convolve, gains


def gradients(layer: nn.Conv2d, features: Tensor) -> tuple[Tensor, list[Tensor]]:
    """What comes out, and the gradients of the input and of all parameters."""
    given = features.clone(memory_format=torch.channels_last).requires_grad_()
    layer.zero_grad()
    result = layer(given)
    (result * torch.linspace(-1, 1, result.numel()).view(result.shape)).sum().backward()
    return result.detach(), [given.grad, *(parameter.grad.clone() for parameter in layer.parameters())]


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(5, 7, kernel_size=3, padding=1, bias=False),
        nn.Conv2d(5, 7, kernel_size=3, padding=1),
        nn.Conv2d(5, 7, kernel_size=3, padding=2, dilation=2),
        nn.Conv2d(5, 7, kernel_size=(1, 5)),
        Float32Conv2d(5, 7, kernel_size=3, padding=1),
    ],
)
@pytest.mark.parametrize("large", [0, 10**9])
def test_outputs_and_gradients_are_torchs_own(layer, monkeypatch, large):
    monkeypatch.setattr("core.training.learner.convolution.LARGE", large)
    torch.manual_seed(0)
    layer = layer.to(memory_format=torch.channels_last)
    features = torch.randn(2, 5, 11, 9)
    output, expected = gradients(layer, features)
    assert gains(layer)

    layer._conv_forward = types.MethodType(convolve, layer)
    same, found = gradients(layer, features)

    assert torch.equal(same, output)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_frozen_weights_get_no_gradient():
    layer = nn.Conv2d(3, 4, kernel_size=3, padding=1)
    layer._conv_forward = types.MethodType(convolve, layer)
    layer.requires_grad_(False)
    features = torch.randn(1, 3, 5, 5, requires_grad=True)
    layer(features).sum().backward()

    assert features.grad is not None
    assert layer.weight.grad is None
    assert layer.bias.grad is None


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(6, 6, kernel_size=3, padding=1, groups=6),
        nn.Conv2d(6, 6, kernel_size=1),
        nn.Conv2d(6, 6, kernel_size=3, stride=2, padding=1),
        nn.Conv2d(6, 6, kernel_size=3, padding="same"),
        nn.Conv2d(6, 6, kernel_size=3, padding=1, padding_mode="reflect"),
        nn.ConvTranspose2d(6, 6, kernel_size=3),
        nn.Linear(6, 6),
    ],
)
def test_other_layers_are_left_alone(layer):
    assert not gains(layer)


def test_of_the_shipped_network_the_decoder_gains():
    network = find_network("unet_lite0").build(11, False)
    names = [name for name, module in network.named_modules() if gains(module)]

    assert len(names) == 10
    assert all(name.startswith(("decoder.", "detail.", "head")) for name in names)
