"""fastai.distributed, changed where it requires CUDA and in how it deals out pictures."""

from __future__ import annotations

import random
import types
from typing import Any

import torch
from fastai.distributed import DistributedDL, DistributedTrainer
from torch import Tensor, nn

from core.training.distributed import processes


class SharedLoader(DistributedDL):  # type: ignore[misc]  # fastai has no types
    """Deals every batch out to the processes, so that together they see what one process would see.

    batch_size: that of all processes together. How a picture is changed at random depends on its place in the
    epoch, not on the process that takes it: whatever the number of processes, the batches are the same.
    """

    def __init__(self, loader: Any, batch_size: int) -> None:
        super().__init__(loader, device=processes.device())
        self.batch_size = batch_size

    def _broadcast(self, numbers: list[int], rank: int) -> list[int]:
        if not processes.is_distributed():
            return numbers
        # fastai's own calls `.cuda()`, for which a machine without a GPU has no driver.
        tensor = torch.tensor(numbers, device=processes.device())
        torch.distributed.broadcast(tensor, rank)
        result: list[int] = tensor.cpu().tolist()
        return result

    def get_idxs(self) -> list[int]:
        """This process's picture numbers, in the order in which it takes them."""
        if not self.drop_last:
            # Validation: equal shares, the last one padded with pictures that CountConfusion ignores.
            shares: list[int] = super().get_idxs()
            return shares
        seed, *numbers = self._broadcast([_next_of(self.dl.rng), *self.dl.get_idxs()], 0)
        whole = len(numbers) // self.batch_size * self.batch_size
        self.n = self.n_padded = whole
        # fastai would give each of two processes half of the epoch; this gives it half of every batch.
        part = range(self.batch_size)[processes.part_of(self.batch_size)]
        places = [start + place for start in range(0, whole, self.batch_size) for place in part]
        self.dl.seeds = (seed + place for place in places)
        return [numbers[place] for place in places]

    def __len__(self) -> int:
        """Batches an epoch for this process."""
        if self.drop_last:
            return int(self.dl.n) // self.batch_size
        pictures = -(-len(self.dataset) // processes.world_size())
        return -(-pictures // int(self.bs))


def _next_of(chance: random.Random) -> int:
    """What would be drawn next, without drawing it: an epoch's order is the same as without torchrun."""
    copy = random.Random()  # noqa: S311
    copy.setstate(chance.getstate())
    return copy.getrandbits(31)


class ShareBatches(DistributedTrainer):  # type: ignore[misc]  # fastai has no types
    """fastai's DistributedTrainer with `SharedLoader`, exact means, and batch norms over the whole batch.

    batch_size: that of all processes together. A process that is the only one left deals to itself alone.
    """

    def __init__(self, batch_size: int) -> None:
        self.batch_size = batch_size
        self.on_gpu = processes.device().type == "cuda"
        self.norms: list[nn.BatchNorm2d] = []
        if processes.is_distributed():
            super().__init__(sync_bn=self.on_gpu, cpu=not self.on_gpu)

    def before_fit(self) -> None:
        """Make batch norms use all processes' pictures; on GPUs, fastai does that with torch's own."""
        if not processes.is_distributed():
            self.old_dls = list(self.dls)
            self.learn.dls.loaders = [self._wrap_dl(loader) for loader in self.dls]
            return
        on_cpu = [] if self.on_gpu else self.learn.model.modules()
        self.norms = [module for module in on_cpu if isinstance(module, nn.BatchNorm2d)]
        for norm in self.norms:
            norm.forward = types.MethodType(_normalise, norm)  # type: ignore[method-assign]
        super().before_fit()

    def after_loss(self) -> None:
        """Weigh this process's loss by what it is the mean of: DistributedDataParallel takes the plain mean.

        So the gradient is that of the whole batch, also where the shares are uneven, or have pixels without
        labels; but for a part of the loss that is no mean over pixels (soft Jaccard).
        """
        if not (self.training and processes.is_distributed()):
            return
        weighs = getattr(self.learn.loss_func, "weight_of", None)
        labels = self.learn.yb[0]
        own = weighs(labels) if weighs else torch.tensor(float(len(labels)))
        weight = own.detach().to(self.learn.loss_grad.device, torch.float32)
        total = torch.stack([weight, weight * self.learn.loss_grad.detach()])
        torch.distributed.all_reduce(total)
        whole = total[0].clamp(min=1e-12)
        self.learn.loss_grad = self.learn.loss_grad * (weight * processes.world_size() / whole)
        self.learn.loss = total[1] / whole

    def _backward(self) -> None:
        if not processes.is_distributed():
            self.learn.loss_grad.backward()
            return
        super()._backward()

    def after_fit(self) -> None:
        """Restore the network."""
        if not processes.is_distributed():
            self.learn.dls.loaders = self.old_dls
            return
        super().after_fit()
        for norm in self.norms:
            del norm.forward

    def _wrap_dl(self, loader: Any) -> SharedLoader:
        return loader if isinstance(loader, SharedLoader) else SharedLoader(loader, self.batch_size)


class _Sum(torch.autograd.Function):
    """The sum of all processes' tensors; its gradient is the sum of their gradients."""

    @staticmethod
    def forward(_: Any, tensor: Tensor) -> Tensor:
        total = tensor.clone()
        torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(_: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone()
        torch.distributed.all_reduce(total)
        return total


def _normalise(self: nn.BatchNorm2d, features: Tensor) -> Tensor:
    """Does what torch's SyncBatchNorm does, which refuses CPU tensors: (N, C, H, W) to the same."""
    normalise = _normalised_over_all if self.training else nn.BatchNorm2d.forward
    normed = normalise(self, features)
    for name in ("drop", "act"):  # timm's batch norms contain their activation
        if (following := getattr(self, name, None)) is not None:
            normed = following(normed)
    return normed


def _normalised_over_all(norm: nn.BatchNorm2d, features: Tensor) -> Tensor:
    """Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 1, over the batches of all processes."""
    exact = features.float()
    own = exact.new_tensor([exact.numel() // exact.shape[1]])
    # With the sums goes how many values they are of: shares of a batch need not be equal.
    sums, values = _over_all(exact, own).split([exact.shape[1], 1])
    mean = sums.view(1, -1, 1, 1) / values
    centred = exact - mean
    variance = _over_all(centred.square()).view(1, -1, 1, 1) / values
    if norm.running_mean is not None and norm.running_var is not None and norm.momentum is not None:
        with torch.no_grad():
            unbiased = variance.flatten() * values / (values - 1)
            norm.running_mean.lerp_(mean.flatten(), norm.momentum)
            norm.running_var.lerp_(unbiased, norm.momentum)
            if norm.num_batches_tracked is not None:
                norm.num_batches_tracked.add_(1)
    scaled = centred * (variance + norm.eps).rsqrt() * norm.weight.view(1, -1, 1, 1)
    return (scaled + norm.bias.view(1, -1, 1, 1)).to(features.dtype)


def _over_all(values: Tensor, *further: Tensor) -> Tensor:
    """(C,) each channel's sum over all processes, and then the sums of whatever else is given."""
    total: Tensor = _Sum.apply(torch.cat([values.sum(dim=(0, 2, 3)), *further]))
    return total
