"""Networks by name: how their input is normalised, what they give, what builds one.

Nothing here imports PyTorch before a network is built. To add a network, write a function
`(classes, pretrained) -> nn.Module` in `core.models.architectures` whose module turns (N, 3, H, W)
normalised images into (N, classes, H / stride, W / stride) logits, name it in `BUILDERS`, and give it
a line in `NETWORKS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ModelNotFoundError
from core.languages import mark, sentence

if TYPE_CHECKING:
    from torch import nn

RGBFloats = tuple[float, float, float]


@dataclass(frozen=True)
class Network:
    """How to build a network and how to feed it.

    words: what people call it.
    mean, std: per channel, of pixel values in 0..1; the input is (pixel / 255 - mean) / std.
    stride: how many input pixels one logit covers along each side.
    multiple: both sides of the input must be divisible by this.
    encoder: what its encoder is; networks with the same one can begin with each other's. Empty for none.
    whole: the network whose convolutions it has at a low rank, and whose weights it can begin with.
    """

    name: str
    words: str
    summary: str
    mean: RGBFloats
    std: RGBFloats
    stride: int
    multiple: int
    encoder: str = ""
    whole: str = ""

    def build(self, classes: int, pretrained: bool) -> nn.Module:
        """The network for that many classes. PretrainedWeightsError if it cannot have those weights."""
        # PyTorch takes seconds to import; whoever only looks does without it.
        from core.models.architectures import BUILDERS

        return BUILDERS[self.name](classes, pretrained)


NETWORKS = {
    network.name: network
    for network in (
        Network(
            "unet_lite0",
            mark("U-Net on EfficientNet-Lite0"),
            mark("U-Net on EfficientNet-Lite0 with a detail stem; small and fast enough for a laptop."),
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
            stride=2,
            multiple=32,
            encoder="EfficientNet-Lite0",
        ),
        Network(
            "low_rank_lite0",
            mark("U-Net of low rank on EfficientNet-Lite0"),
            mark("The U-Net on EfficientNet-Lite0 with a decoder of low rank: less than half of the work."),
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
            stride=2,
            multiple=32,
            encoder="EfficientNet-Lite0",
            whole="unet_lite0",
        ),
        Network(
            "unet_resnet34",
            mark("U-Net on ResNet-34"),
            mark("The article's network: fastai's unet_learner on ResNet-34."),
            mean=(0.485, 0.456, 0.406),
            std=(0.229, 0.224, 0.225),
            stride=1,
            multiple=32,
        ),
        Network(
            "unet_tiny",
            mark("tiny U-Net"),
            mark("A small U-Net without pretrained weights; trains quickly on small pictures."),
            mean=(0.5, 0.5, 0.5),
            std=(0.25, 0.25, 0.25),
            stride=2,
            multiple=32,
        ),
        Network(
            "pixel_colour",
            mark("single convolution"),
            mark(
                "One 1 x 1 convolution: predicts from a pixel's colour alone, as a yardstick for the others."
            ),
            mean=(0.0, 0.0, 0.0),
            std=(1.0, 1.0, 1.0),
            stride=1,
            multiple=1,
        ),
    )
}


def find_network(name: str) -> Network:
    """The registered network called `name`; ModelNotFoundError names those that exist."""
    try:
        return NETWORKS[name]
    except KeyError:
        raise ModelNotFoundError(
            sentence(
                "There is no network called {name!r}; choose one of {networks}.",
                name=name,
                networks=", ".join(NETWORKS),
            )
        ) from None


def network_words(name: str) -> str:
    """A network in words, with its name as recipes have it: "tiny U-Net (unet_tiny)"; else the name alone."""
    if name not in NETWORKS:
        return name
    return sentence("{words} ({name})", words=sentence(NETWORKS[name].words), name=name)
