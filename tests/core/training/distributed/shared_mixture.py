"""Two processes, their parts of every mixed batch: whether their gradient is that of one process."""

from __future__ import annotations

import random

import torch
from torch import Tensor, nn

from core.models.networks import find_network
from core.training.batches.data import MixedIn, Pictures, stage_dataloaders
from core.training.batches.examples import TrainingExample
from core.training.batches.loss import SegmentationLoss
from core.training.batches.mixed_loss import InsideLoss, MixedLoss, SourceLoss
from core.training.distributed.sharing import SharedLoader, share_weight
from core.training.recipes.mixed import Mix
from tests.runs import make_recipe, make_stage

STAGE = make_stage(batch_size=8, augmentation=0.0, scale=(1.0, 1.0))
RECIPE = make_recipe(STAGE, mix=(Mix(data="drawn", share=0.375, loss_weight=0.5, inside=0.5),))
OWN, DRAWN = ((0, 1, 2), (3,)), ((0,), (1,), (2,), (3,))


def examples(count: int, classes: int) -> list[TrainingExample]:
    """Noise, whose labels are the same for a whole picture: so each picture has as many pixels that count."""
    pictures = torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8)
    labels = [torch.full((32, 32), n % classes, dtype=torch.uint8) for n in range(count)]
    return [TrainingExample(picture, label) for picture, label in zip(pictures, labels, strict=True)]


def loaders(batch_size: int, share: int):
    torch.manual_seed(0)
    random.seed(0)
    drawn = MixedIn(RECIPE.mix[0], examples(7, 3), torch.ones(4))
    pictures = Pictures(examples(20, 2), examples(1, 2), torch.ones(2), mixed=(drawn,))
    network = find_network("pixel_colour")
    stage = STAGE.model_copy(update={"batch_size": batch_size})
    return stage_dataloaders(RECIPE, stage, network, pictures, share, torch.device("cpu")).train


def gradient(network: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    ones = torch.ones(4)
    own = SegmentationLoss(torch.ones(2), 0.0, 0.0, OWN)
    drawn = SourceLoss(SegmentationLoss(ones, 0.0, 0.0), 0.5, [(0.5, InsideLoss(ones, DRAWN, OWN))])
    images, labels, sources = batch
    loss = MixedLoss([SourceLoss(own), drawn])(network(images), labels, sources)
    (found,) = torch.autograd.grad(loss, [network.weight])
    return found


def compare(size: int, own: int, mine: slice) -> None:
    torch.manual_seed(1)
    share = mine.stop - mine.start
    whole, shared = list(loaders(size, size)), list(SharedLoader(loaders(size, share), size))
    network = find_network("pixel_colour").build(4, False)
    assert len(whole) == len(shared) >= 4
    for batch, part in zip(whole, shared, strict=True):
        assert batch[2].tolist() == [0] * own + [1] * (size - own)
        assert part[2].tolist() == batch[2][mine].tolist()
        torch.testing.assert_close(part[0], batch[0][mine])
        mean = gradient(network, part) * share_weight(size)
        torch.distributed.all_reduce(mean)
        torch.testing.assert_close(mean / 2, gradient(network, batch))


def compare_mixtures(rank: int) -> None:
    compare(8, 5, (slice(0, 4), slice(4, 8))[rank])
    compare(7, 4, (slice(0, 4), slice(4, 7))[rank])
