"""fastai.distributed, changed where it requires CUDA and in how it deals out pictures."""

from __future__ import annotations

import types
from typing import Any

import torch
from fastai.distributed import DistributedDL, DistributedTrainer
from torch import Tensor, nn

from core.training.distributed import processes


class SharedLoader(DistributedDL):  # type: ignore[misc]  # fastai has no types
    """Deals every batch out to the processes, so that together they see what one process would see.

    batch: how many pictures the batch of all processes has; by default equal shares for all.
    """

    def __init__(self, loader: Any, batch: int | None = None, **settings: Any) -> None:
        super().__init__(loader, **settings)
        self.batch = batch or int(self.bs) * processes.world_size()

    def _broadcast(self, numbers: list[int], rank: int) -> list[int]:
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
        numbers = self._broadcast(list(self.dl.get_idxs()), 0)
        whole = len(numbers) // self.batch * self.batch
        # fastai would give each of two processes half of the epoch; this gives it half of every batch.
        mine = [n for start in range(0, whole, self.batch) for n in self._part(numbers[start:])]
        self.n = self.n_padded = whole
        return mine

    def _part(self, numbers: list[int]) -> list[int]:
        return [numbers[place] for place in processes.batch_part(self.batch)]

    def __len__(self) -> int:
        """Batches an epoch for this process."""
        if self.drop_last:
            return int(self.dl.n) // self.batch
        pictures = -(-len(self.dataset) // processes.world_size())
        return -(-pictures // int(self.bs))


def share_weight(batch: int) -> float:
    """By how much to multiply this process's gradients; 1 where all take as many pictures of a batch.

    torch averages the gradients of the processes, whatever their shares of the batch are.
    """
    return len(processes.batch_part(batch)) * processes.world_size() / batch


class ShareBatches(DistributedTrainer):  # type: ignore[misc]  # fastai has no types
    """fastai's DistributedTrainer with `SharedLoader`, and batch norms over the whole batch on a CPU too.

    batch: how many pictures the batch of all processes has.
    """

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.weight = share_weight(batch)
        self.on_gpu = processes.device().type == "cuda"
        super().__init__(sync_bn=self.on_gpu, cpu=not self.on_gpu)

    def before_fit(self) -> None:
        """Make batch norms use all processes' pictures; on GPUs, fastai does that with torch's own."""
        on_cpu = [] if self.on_gpu else self.learn.model.modules()
        self.norms = [module for module in on_cpu if isinstance(module, nn.BatchNorm2d)]
        for norm in self.norms:
            norm.forward = types.MethodType(_normalise, norm)  # type: ignore[method-assign]
        super().before_fit()

    def after_loss(self) -> None:
        """Weigh this process's gradients by its share of the batch."""
        if self.training and self.weight != 1:
            self.learn.loss_grad = self.learn.loss_grad * self.weight

    def after_fit(self) -> None:
        """Restore the network."""
        super().after_fit()
        for norm in self.norms:
            del norm.forward

    def _wrap_dl(self, loader: Any) -> SharedLoader:
        if isinstance(loader, SharedLoader):
            return loader
        batch = self.batch if loader.drop_last else None
        return SharedLoader(loader, batch, device=processes.device())


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
    total, values = _over_all(exact)
    mean = total / values
    centred = exact - mean
    variance = _over_all(centred.square())[0] / values
    if norm.running_mean is not None and norm.running_var is not None and norm.momentum is not None:
        with torch.no_grad():
            unbiased = variance.flatten() * values / (values - 1)
            norm.running_mean.lerp_(mean.flatten(), norm.momentum)
            norm.running_var.lerp_(unbiased, norm.momentum)
            if norm.num_batches_tracked is not None:
                norm.num_batches_tracked.add_(1)
    scaled = centred * (variance + norm.eps).rsqrt() * norm.weight.view(1, -1, 1, 1)
    return (scaled + norm.bias.view(1, -1, 1, 1)).to(features.dtype)


def _over_all(values: Tensor) -> tuple[Tensor, float]:
    """(1, C, 1, 1) the sums over all processes' values (N, C, H, W), and how many values a channel has."""
    number = values.new_tensor([values.numel() // values.shape[1]])
    total: Tensor = _Sum.apply(torch.cat([values.sum(dim=(0, 2, 3)), number]))
    return total[:-1].view(1, -1, 1, 1), float(total[-1].detach())
