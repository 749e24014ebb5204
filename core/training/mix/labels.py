"""What the labels of a data set teach a network: its classes, or sets of them where it tells more apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.evaluation.metrics import IGNORE, truth_table
from core.evaluation.own_classes import measured_classes

Sets = tuple[tuple[int, ...], ...]
"""For each label the network's classes that it may be, ascending."""


@dataclass(frozen=True, eq=False)
class Labels:
    """The numbers that a run's label maps hold.

    classes: what the numbers mean. table: (256,) uint8, from the data set's numbers to these; IGNORE for what
    teaches nothing. members: for each number the network's classes that it may be; None where the numbers
    are the network's classes.
    """

    classes: ClassList
    table: NDArray[np.uint8]
    members: Sets | None = None

    def __len__(self) -> int:
        return len(self.classes)

    @classmethod
    def of(cls, truth: ClassList, target: ClassList) -> Labels:
        """Those of a data set with the classes `truth`, for a network with the classes `target`.

        They are the classes in which the network is measured on that data set (`measured_classes`).
        """
        classes, members = measured_classes(truth, target)
        if members is None:
            return cls(classes, truth_table(truth, target))
        table = np.full(256, IGNORE, dtype=np.uint8)
        for number, known in enumerate(classes.classes):
            table[truth.index(known.name)] = number
        return cls(classes, table, members)

    @classmethod
    def plain(cls, truth: ClassList, target: ClassList) -> Labels:
        """The same where each label counts as one class, whatever else it may be."""
        return cls(target, truth_table(truth, target))
