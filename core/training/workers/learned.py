"""What a model that learnt from corrections says of itself: measured before and after, for its card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.classes import ClassList
from core.datasets import SegmentationDataset
from core.evaluation.metrics import IntArray
from core.evaluation.own_classes import measured_classes
from core.evaluation.results import SplitEvaluation
from core.jobs import ProgressCallback
from core.models.card import ModelCard
from core.models.store import read_card
from core.segmentation.segmenter import Segmenter, load_segmenter
from core.training.corrections.classes import what_labels_may_be
from core.training.corrections.figures import (
    AddedClass,
    BeforeAfter,
    Learned,
    count_frames,
    fell_most,
    figures,
    right_as_either,
)
from core.training.corrections.photos import CorrectedPhotos
from core.training.corrections.replay import reference_dataset
from core.training.learner.outputs import nearest_classes


@dataclass(frozen=True, eq=False)
class Teaching:
    """A finished run on corrections, before its model is measured.

    start: the old model's card. reference: what the old model was measured on; None if it is not here.
    """

    start: ModelCard
    photos: CorrectedPhotos
    reference: SegmentationDataset | None

    @property
    def measured_on(self) -> SegmentationDataset:
        """The data set whose validation frames give the new model's card its figures, as the old one's."""
        return self.photos.dataset if self.reference is None else self.reference

    def measurements(self, classes: ClassList) -> int:
        """How many frames are segmented to measure both models, for the card and for `measure_learned`.

        classes: the new model's.
        """
        photos = len(self.photos.dataset.valid)
        if self.reference is None:
            return 3 * photos
        again = measured_classes(self.reference.class_list, classes)[0] != classes
        return 2 * photos + (3 if again else 2) * len(self.reference.valid)


def teaching(start_model: str, photos: CorrectedPhotos) -> Teaching:
    """What a run on corrections started from and can be checked with. ModelNotFoundError."""
    start = read_card(start_model)
    return Teaching(start, photos, reference_dataset(start))


def measure_learned(
    taught: Teaching, new: Segmenter, evaluated: SplitEvaluation, progress: ProgressCallback
) -> Learned:
    """Measure the old model and the new one on the photos, and on the old model's data.

    evaluated: the new model on `taught.measured_on`, which is measured again only if that was in other
    classes.
    """
    old, classes, photos = load_segmenter(taught.start.name), new.class_list, taught.photos.dataset
    known = len(old.class_list)

    def compared(dataset: SegmentationDataset, after: IntArray | None) -> BeforeAfter:
        frames = dataset.frames("valid")
        before = count_frames(old, dataset, frames, classes, progress)
        if after is None:
            after = count_frames(new, dataset, frames, classes, progress)
        may_be = what_labels_may_be(dataset.class_list, classes, known)
        before, after = right_as_either(before, may_be), right_as_either(after, may_be)
        lost = fell_most(before, after)
        return BeforeAfter(
            dataset=dataset.name,
            split="valid" if dataset is not photos or taught.photos.held_out else "train",
            images=len(frames),
            before=figures(before.sum(axis=0), classes, known),
            after=figures(after.sum(axis=0), classes, known),
            fell_most="" if lost is None else frames[lost].name,
        )

    nearest = nearest_classes(old, photos, classes)
    known_after = _each(evaluated) if evaluated.class_list == classes else None
    return Learned(
        start=taught.start.name,
        photos=len(photos.train),
        taught=tuple(frame.name for frame in photos.train),
        held_out=tuple(frame.name for frame in photos.valid) if taught.photos.held_out else (),
        added=tuple(
            AddedClass(name=classes.names[known + number], started_as=classes.names[start])
            for number, start in enumerate(nearest)
        ),
        on_photos=compared(photos, None),
        on_reference=None if taught.reference is None else compared(taught.reference, known_after),
    )


def _each(evaluated: SplitEvaluation) -> IntArray:
    """(N, C, C) the pixel counts of each frame of an evaluation."""
    counts = evaluated.frames
    return np.stack([counts.confusion(number) for number in range(len(counts.names))])


def words_for_card(card: ModelCard, taught: Teaching, learned: Learned) -> dict[str, Any]:
    """What changes in a new model's card: it has the old model's limits, and says what it learnt and lost."""
    photos = "1 corrected photo" if learned.photos == 1 else f"{learned.photos} corrected photos"
    return {
        "summary": f"{learned.start} after learning from {photos}.",
        "limits": (*taught.start.limits, *learned.sentences()),
        "licence": f"{taught.start.licence.rstrip('.') or 'The terms of its start model apply'}; "
        "beside them the terms of the corrected photos.",
        "training": card.training | {"learned": learned.model_dump(mode="json")},
    }
