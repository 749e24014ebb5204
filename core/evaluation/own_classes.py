"""A network that tells apart what a data set does not is measured in the data set's own classes."""

from __future__ import annotations

from core.classes import ClassList
from core.datasets import SegmentationDataset
from core.datasets.layouts.merged import occurs_never
from core.segmentation.merged import MergedSegmenter
from core.segmentation.segmenter import Segmenter


def measured_classes(
    truth: ClassList, model: ClassList
) -> tuple[ClassList, tuple[tuple[int, ...], ...] | None]:
    """The classes in which a model is measured on a data set: whatever the data set tells apart.

    They are the model's, unless a label of the data set may be several of these: then they are the data set's
    labels that may be any, and the second value is which (`ClassList.members`), for `MergedSegmenter`. Of
    merged labels under CamVid's names, they are the 11 that occur.
    """
    members = truth.members(model)
    if all(len(each) <= 1 for each in members):
        return model, None
    known = [
        number for number, each in enumerate(members) if each and not occurs_never(truth, truth.names[number])
    ]
    classes = ClassList(truth.name, tuple(truth.classes[number] for number in known))
    return classes, tuple(members[number] for number in known)


def in_classes_of(dataset: SegmentationDataset, segmenter: Segmenter) -> Segmenter:
    """A segmenter as it is measured on a data set; itself where the classes are the model's."""
    classes, members = measured_classes(dataset.class_list, segmenter.class_list)
    return segmenter if members is None else MergedSegmenter(segmenter, classes, members)
