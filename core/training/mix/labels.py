"""What the labels of a data set teach a network: its classes, or sets of them where it tells more apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classes import CAMVID_11, ClassList
from core.errors import RecipeError
from core.evaluation.metrics import IGNORE, truth_table
from core.evaluation.own_classes import measured_classes
from core.languages import sentence

Sets = tuple[tuple[int, ...], ...]
"""For each label the network's classes that it may be, ascending."""


@dataclass(frozen=True, eq=False)
class Labels:
    """The numbers that a run's label maps hold.

    classes: what the numbers mean. table: (256,) uint8, from the data set's numbers to these; IGNORE for what
    teaches nothing. members: for each number the network's classes that it may be, as the loss takes it;
    None where the numbers are the network's classes. measured: the same, as the network is measured: what
    the data set itself leaves open is no mistake, whatever a recipe leaves out. A label within another's
    set is never predicted then, as that one is never less probable.
    """

    classes: ClassList
    table: NDArray[np.uint8]
    members: Sets | None = None
    measured: Sets | None = None

    def __len__(self) -> int:
        return len(self.classes)

    def may_become(self, label: str, finer: str, classes: ClassList) -> tuple[int, int] | None:
        """The numbers of two labels, if the first may be the second, which then says more; else None.

        classes: the network's.
        """
        if self.members is None or not {label, finer} <= {*self.classes.names} or finer not in classes.names:
            return None
        coarse, fine = (self.classes.names.index(name) for name in (label, finer))
        number = classes.names.index(finer)
        fits = number in self.members[coarse] and self.members[fine] == (number,)
        return (coarse, fine) if fits else None

    @classmethod
    def of(
        cls, truth: ClassList, target: ClassList, sets: Mapping[str, Sequence[str]] | None = None
    ) -> Labels:
        """Those of a data set with the classes `truth`, for a network with the classes `target`.

        They are the classes in which the network is measured on that data set (`measured_classes`).
        sets: for labels what a recipe says that they may be. RecipeError if that names what there is not.
        """
        classes, measured = measured_classes(truth, target)
        said = _with_sets(truth, target, sets) if sets else truth
        if measured is None and not sets:
            return cls(classes, truth_table(truth, target))
        members = said.members(target)
        known = [number for number, each in enumerate(members) if each]
        usual = truth.members(target) if sets else members
        table = np.full(256, IGNORE, dtype=np.uint8)
        table[known] = np.arange(len(known))
        either = tuple(tuple(sorted({*usual[number], *members[number]})) for number in known)
        return cls(
            ClassList(truth.name, tuple(truth.classes[number] for number in known)),
            table,
            tuple(members[number] for number in known),
            tuple(() if any(set(each) < set(other) for other in either) else each for each in either),
        )

    @classmethod
    def corrected(cls, truth: ClassList, target: ClassList) -> Labels:
        """Those of corrections: somebody chose the class, so it is that one, whatever else it may be.

        Unless there was nothing finer to choose: in a set of SegNet's classes or fewer, painted over the
        answers of a model that has no others, Road may still be lane paint. Their numbers are the network's.
        """
        table = truth_table(truth, target)
        if {*truth.names} - {*CAMVID_11.names, "Void"}:
            return cls(target, table)
        members: list[tuple[int, ...]] = [(number,) for number in range(len(target))]
        for number, may_be in enumerate(truth.members(target)):
            if table[number] != IGNORE and len(may_be) > 1:
                members[table[number]] = may_be
        several = any(len(each) > 1 for each in members)
        return cls(target, table, tuple(members) if several else None)


def _with_sets(truth: ClassList, target: ClassList, sets: Mapping[str, Sequence[str]]) -> ClassList:
    """A data set's classes that know what a recipe says of them."""
    for label, names in sets.items():
        if label not in truth.names:
            raise RecipeError(
                sentence(
                    "The recipe says what {label!r} may be, which is no class of {name}; leave it out, or "
                    "use that data set's names.",
                    label=label,
                    name=truth.name,
                )
            )
        for name in names:
            if name not in target.names or target.names.index(name) == target.void:
                raise RecipeError(
                    sentence(
                        "The recipe says that {label} may be {name!r}, which the network does not learn; its "
                        "classes are those of {target_name}.",
                        label=label,
                        name=name,
                        target_name=target.name,
                    )
                )
    said = tuple(replace(each, may_be=tuple(sets.get(each.name, each.may_be))) for each in truth.classes)
    return replace(truth, classes=said)
