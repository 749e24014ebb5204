"""A model's exported graph in ONNX Runtime: ready in a tenth of the time and memory that PyTorch needs."""

from __future__ import annotations

import threading
import weakref

import numpy as np
from numpy.typing import NDArray

from core.hardware.processor import usable_cores
from core.models.graph import FEATURES, LOGITS, open_graph, run_graph
from core.segmentation.engines.engine import Pictures


class OnnxRuntime:
    """Runs a checked graph on the processor, in single precision.

    threads: None means one for each core. kept_pixels: the layers' memory of a picture up to this size, 250
    bytes a pixel, stays here for the next one; that of a larger one goes back to the system, with all of it.
    """

    name = "ONNX Runtime"

    def __init__(self, graph: bytes, threads: int | None = None, kept_pixels: int = 0) -> None:
        self._graph, self._kept_pixels = graph, kept_pixels
        self._session = open_graph(graph, threads or usable_cores())
        self._shared: weakref.WeakValueDictionary[int, OnnxRuntime] = weakref.WeakValueDictionary()
        self._sharing = threading.Lock()

    def logits(self, pictures: Pictures) -> NDArray[np.float32]:
        """See `Engine`."""
        return self._run(LOGITS, pictures)

    def features(self, pictures: Pictures) -> NDArray[np.float32]:
        """See `Engine`."""
        return self._run(FEATURES, pictures)

    def for_thread(self, threads: int) -> OnnxRuntime:
        """See `Engine`. With one thread a session computes in those that call it: they share one."""
        if threads > 1:
            return OnnxRuntime(self._graph, threads, self._kept_pixels)
        with self._sharing:
            shared = self._shared.get(threads)
            if shared is None:
                shared = self._shared[threads] = OnnxRuntime(self._graph, threads, self._kept_pixels)
            return shared

    def _run(self, result: str, pictures: Pictures) -> NDArray[np.float32]:
        number, height, width, _ = pictures.shape
        keep = number * height * width <= self._kept_pixels
        return run_graph(self._session, result, _channels_first(pictures), keep)


def _channels_first(pictures: Pictures) -> NDArray[np.float32]:
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
