"""The frames that a run trains on and validates with: in memory as far as that goes, else read in time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from core.datasets import Frame, SegmentationDataset
from core.evaluation.metrics import IGNORE
from core.hardware.memory import machine_memory
from core.training.mix.weak import LabelChange

READERS = min(8, os.cpu_count() or 1)
"""Threads that decode frames from the disk while the network trains."""

_BATCHES_AHEAD = 2

SHARE_OF_MEMORY = 0.25
"""Of the machine's memory, for the frames of a run."""


@dataclass(frozen=True)
class TrainingExample:
    """A decoded frame: image (3, H, W) uint8, label (H, W) uint8 with 255 for ignored pixels."""

    image: Tensor
    label: Tensor

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.image.nbytes + self.label.nbytes


class Examples(Protocol):
    """What a stage needs of its frames: a list of examples has it too."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> TrainingExample: ...


class LoadedExamples:
    """Decoded frames: the first ones are kept in memory, all others are decoded whenever they are wanted.

    pixels: (256,) int64, the pixels of each class number in all frames together, ignored ones at 255.
    """

    def __init__(
        self, read: Callable[[int], TrainingExample], count: int, kept: list[TrainingExample], pixels: Tensor
    ) -> None:
        self.kept, self.pixels = kept, pixels
        self._read, self._count = read, count
        self._coming: dict[int, Future[TrainingExample]] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> TrainingExample:
        """DatasetError for a frame that can no longer be read."""
        if number < len(self.kept):
            return self.kept[number]
        coming = self._coming.pop(number, None)
        return self._read(number) if coming is None else coming.result()

    def read_ahead(self, numbers: Iterable[int], depth: int) -> Iterator[int]:
        """Pass numbers on in their order; those of the disk are being decoded before they are passed on.

        depth: a batch's. Decoding is some batches ahead, and another batch's begins with the last picture of
        the one before: it should compete with the network's step, not with what is done to pictures.
        Only the decoding is done by other threads: chance does the same wherever pictures come from.
        """
        if len(self.kept) == self._count:
            yield from numbers
            return
        coming, size = iter(numbers), max(depth, READERS)
        with ThreadPoolExecutor(READERS, "reader") as readers:
            try:
                batches = deque(
                    self._begin(readers, list(islice(coming, size))) for _ in range(_BATCHES_AHEAD)
                )
                while batch := batches.popleft():
                    yield from batch[:-1]
                    batches.append(self._begin(readers, list(islice(coming, size))))
                    yield batch[-1]
            finally:
                for future in self._coming.values():
                    future.cancel()
                self._coming.clear()

    def _begin(self, readers: ThreadPoolExecutor, numbers: list[int]) -> list[int]:
        for number in numbers:
            if number >= len(self.kept):
                self._coming[number] = readers.submit(self._read, number)
        return numbers


def memory_budget(processes: int = 1) -> int:
    """Bytes that a run's frames may take: a quarter of the machine's memory, shared by its processes."""
    return int(machine_memory() * SHARE_OF_MEMORY / processes)


def load_examples(
    dataset: SegmentationDataset,
    frames: tuple[Frame, ...],
    table: np.ndarray[Any, np.dtype[np.uint8]],
    budget: int,
    change: LabelChange | None = None,
) -> LoadedExamples:
    """Decode frames, translating their labels through the lookup table `table`.

    change: what is done to a translated label map after that, by what the picture shows. budget: bytes of
    memory. The frames that fit are kept (half a megabyte a frame at 480 x 360): decoding them every epoch
    would take longer than everything else that is done to a picture. DatasetError names the first bad file,
    also of those that are not kept.
    """

    def read(number: int) -> TrainingExample:
        image, label = dataset.read(frames[number])
        label = table[label] if change is None else change(frames[number], image, table[label])
        return TrainingExample(torch.from_numpy(image).permute(2, 0, 1), torch.from_numpy(label))

    kept: list[TrainingExample] = []
    pixels = torch.zeros(IGNORE + 1, dtype=torch.int64)
    full = False
    for number in range(len(frames)):
        example = read(number)
        pixels += torch.bincount(example.label.flatten().long(), minlength=IGNORE + 1)
        budget -= example.nbytes
        full = full or budget < 0
        if not full:
            kept.append(example)
    return LoadedExamples(read, len(frames), kept, pixels)
