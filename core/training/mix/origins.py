"""How a network came to know each class: from photos' labels that name it, from coarser ones, or drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.classes import ClassList
from core.datasets import SegmentationDataset
from core.datasets.contents.statistics import measure
from core.evaluation.metrics import IGNORE
from core.models.card import Origin
from core.toytown.towns import TOWNS
from core.training.mix.labels import Labels
from core.training.recipes.mixed import LabelSets

_RANKS: tuple[Origin, ...] = ("real", "merged", "drawn")
"""The better one counts for a class that several data sets teach."""

_SAYS_NOTHING = 0.75
"""Of the network's classes: a label that may be more of them tells of none what it looks like."""


def learnt_from(
    classes: ClassList, taught: Sequence[tuple[SegmentationDataset, LabelSets]]
) -> dict[str, Origin]:
    """By its name how each class of a network was learnt; one that nothing taught is left out.

    taught: the data sets of the run, each with what the recipe says of its labels. Those with a town's name
    are drawn.
    """
    found: dict[str, Origin] = {}
    for dataset, sets in taught:
        for name, origin in _by_one(classes, dataset, sets).items():
            found[name] = min(origin, found.get(name, origin), key=_RANKS.index)
    return {name: found[name] for name in classes.names if name in found}


def _by_one(
    classes: ClassList, dataset: SegmentationDataset, sets: Mapping[str, Sequence[str]]
) -> dict[str, Origin]:
    labels, pixels = Labels.of(dataset.class_list, classes, sets), measure(dataset).pixels("train")
    found: dict[str, Origin] = {}
    for label, count in zip(dataset.class_list.classes, pixels, strict=True):
        number = int(labels.table[dataset.class_list.index(label.name)])
        if not count or number == IGNORE:
            continue
        members = (number,) if labels.members is None else labels.members[number]
        if len(members) > max(1, _SAYS_NOTHING * len(classes)):
            continue
        for name in (classes.names[member] for member in members):
            named = name == label.name or len(members) == 1
            found[name] = "drawn" if dataset.name in TOWNS else "real" if named else found.get(name, "merged")
    return found
