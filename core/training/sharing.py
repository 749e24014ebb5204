"""fastai.distributed, mended where it asks for CUDA and where its way of dealing out pictures differs."""

from __future__ import annotations

from typing import Any

import torch
from fastai.distributed import DistributedDL, DistributedTrainer

from core.training import distributed


class SharedLoader(DistributedDL):  # type: ignore[misc]  # fastai has no types
    """Deals every batch out to the processes, so that together they see what one process would see."""

    def _broadcast(self, numbers: list[int], rank: int) -> list[int]:
        # fastai's own calls `.cuda()`, for which a machine without a GPU has no driver.
        tensor = torch.tensor(numbers, device=distributed.device())
        torch.distributed.broadcast(tensor, rank)
        result: list[int] = tensor.cpu().tolist()
        return result

    def get_idxs(self) -> list[int]:
        """This process's picture numbers, in the order in which it takes them."""
        if not self.drop_last:
            # Validation: equal shares, the last filled up with pictures that CountConfusion leaves out.
            shares: list[int] = super().get_idxs()
            return shares
        numbers = self._broadcast(list(self.dl.get_idxs()), 0)
        batch = self.bs * self.world_size
        whole = len(numbers) // batch * batch
        # fastai would give each process one half of the epoch; this gives it one half of every batch.
        mine = [n for start in range(0, whole, batch) for n in self._part(numbers[start : start + batch])]
        self.n = self.n_padded = whole
        return mine

    def _part(self, batch: list[int]) -> list[int]:
        return batch[self.rank * self.bs : (self.rank + 1) * self.bs]

    def __len__(self) -> int:
        """Batches an epoch for this process."""
        processes = distributed.world_size()
        if self.drop_last:
            return len(self.dl) // processes
        pictures = -(-len(self.dataset) // processes)
        return -(-pictures // int(self.bs))


class ShareBatches(DistributedTrainer):  # type: ignore[misc]  # fastai has no types
    """fastai's DistributedTrainer with `SharedLoader`; batch norms are synchronised on GPUs alone."""

    def __init__(self) -> None:
        on_gpu = distributed.device().type == "cuda"
        # torch's SyncBatchNorm refuses tensors on a CPU
        super().__init__(sync_bn=on_gpu, cpu=not on_gpu)

    def _wrap_dl(self, loader: Any) -> SharedLoader:
        if isinstance(loader, SharedLoader):
            return loader
        return SharedLoader(loader, device=distributed.device())
