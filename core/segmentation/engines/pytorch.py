"""A network in PyTorch: for training runs, for GPUs, and for models without a graph."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor, nn

from core.models.inference import ready_to_predict
from core.segmentation.engines.engine import Pictures


class PyTorch:
    """Runs a network, of which it makes a copy.

    multiple: divides both sides of the network's input. bfloat16: whether to compute in bfloat16.
    device: None means a GPU if there is one.
    """

    def __init__(
        self, network: nn.Module, multiple: int, bfloat16: bool = False, device: torch.device | None = None
    ) -> None:
        self._network, self._multiple = network, multiple
        self.bfloat16 = bfloat16
        self.device = automatic_device() if device is None else device
        self.network = ready_to_predict(network, multiple, bfloat16).to(self.device)

    @property
    def name(self) -> str:
        """See `Engine`."""
        return f"PyTorch, {self.device}, {'bfloat16' if self.bfloat16 else 'float32'}"

    def logits(self, pictures: Pictures) -> NDArray[np.float32]:
        """See `Engine`."""
        return _array(self._run(pictures))

    def features(self, pictures: Pictures) -> NDArray[np.float32]:
        """See `Engine`."""
        *_, head = (module for module in self.network.modules() if isinstance(module, nn.Conv2d))
        found: list[Tensor] = []
        handle = head.register_forward_pre_hook(lambda _, inputs: found.append(inputs[0]))
        try:
            self._run(pictures)
        finally:
            handle.remove()
        return _array(found[-1])

    def for_thread(self, threads: int) -> PyTorch:
        """See `Engine`."""
        # torch sets up a thread at its first use, which would undo what follows.
        torch.get_num_threads()
        # Not torch.set_num_threads, which would also affect the server's later threads.
        threadpool_limits(threads, user_api="openmp")
        # A copy, since a network may keep state between layers.
        return PyTorch(self._network, self._multiple, self.bfloat16, self.device)

    def _run(self, pictures: Pictures) -> Tensor:
        # The NHWC array seen as NCHW is already channels_last: no copy.
        batch = torch.from_numpy(pictures).to(self.device).permute(0, 3, 1, 2)
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16),
        ):
            logits: Tensor = self.network(batch)
        return logits


def _array(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.float().cpu().as_subclass(Tensor).numpy()
    return array


def automatic_device() -> torch.device:
    """The first GPU that torch can use, else the CPU."""
    return torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
