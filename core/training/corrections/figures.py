"""What a model gained and lost by learning from corrections: figures before and after, and in words."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from core.classes import ClassList
from core.datasets import Frame, SegmentationDataset
from core.datasets.dataset import frames_in_words, sampled
from core.datasets.threads import WORKERS, in_order
from core.evaluation.metrics import (
    IntArray,
    count_confusion,
    per_class_iou,
    pixel_accuracy,
    truth_table,
)
from core.evaluation.ratios import shares
from core.hardware.processor import usable_cores
from core.jobs import ProgressCallback
from core.languages import counted, mark, sentence
from core.segmentation.segmenter import Segmenter

# Bounds: a card or a run's folder may come from anywhere.
Share = Annotated[float, Field(ge=0, le=1)]
Words = Annotated[str, Field(max_length=1000)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figures(_Part):
    """One model on some frames; a figure is None where nothing was there to measure.

    accuracy: the share of the labelled pixels that it gets right. mean_iou: over the classes that the old
    model had and that occur. per_class_iou: of every class of the new model, by name.
    """

    accuracy: Share | None
    mean_iou: Share | None
    per_class_iou: dict[Words, Share | None]


class BeforeAfter(_Part):
    """The old model and the new one on the same frames; `images` of them, of the split of the data set.

    fell_most: the frame of which the new model gets most fewer pixels right; empty if it loses in none.
    """

    dataset: Words
    split: Words
    images: Count
    before: Figures
    after: Figures
    fell_most: Words = ""


class AddedClass(_Part):
    """A class that the corrections added. started_as: the class whose output it is a copy of."""

    name: Words
    started_as: Words


class Learned(_Part):
    """What a model learnt from corrections, for its card and its run's folder.

    start: the old model's name. photos: how many were taught. taught: their names; empty in what an earlier
    version wrote. held_out: the names of those held out; empty if there were too few, so that `on_photos` is
    of the taught ones, which is an anecdote.
    on_reference: on what the old model had been measured on; None if there is no such data here.
    """

    start: Words
    photos: Count
    taught: tuple[Words, ...] = ()
    held_out: tuple[Words, ...]
    added: tuple[AddedClass, ...]
    on_photos: BeforeAfter
    on_reference: BeforeAfter | None

    @property
    def is_anecdote(self) -> bool:
        """Whether the photos were too few to hold any out."""
        return not self.held_out

    def sentences(self) -> list[str]:
        """All of it in words, the losses as plainly as the gains."""
        words: list[str] = [
            counted(
                "It started from {start} and learnt from {count} corrected photo.",
                "It started from {start} and learnt from {count} corrected photos.",
                count=self.photos,
                start=self.start,
            )
        ]
        words += [
            sentence("{name} is a new class, which started as {old}.", name=new.name, old=new.started_as)
            for new in self.added
        ]
        if self.is_anecdote:
            words.append(
                sentence(
                    "On these same photos {change}. That is an anecdote: of five photos or more, every fifth "
                    "would be held out to check it.",
                    change=_change(self.on_photos),
                )
            )
        else:
            words.append(
                counted(
                    "On {count} held-out photo, which it had never seen, {change}.",
                    "On {count} held-out photos, which it had never seen, {change}.",
                    count=len(self.held_out),
                    change=_change(self.on_photos),
                )
            )
        words += [
            sentence(
                "There, the IoU of {name} is {iou}.",
                name=new.name,
                iou=_percent(self.on_photos.after.per_class_iou.get(new.name)),
            )
            for new in self.added
        ]
        if self.on_reference is None:
            words.append(sentence("Nobody knows what it forgot: the data set of the old model is not here."))
        else:
            words.append(
                sentence(
                    "On {dataset} ({frames}) {change}.",
                    dataset=self.on_reference.dataset,
                    frames=frames_in_words(self.on_reference.split, self.on_reference.images),
                    change=_change(self.on_reference),
                )
            )
        return words


def figures(confusion: IntArray, classes: ClassList, known: int) -> Figures:
    """The figures of (C, C) pixel counts; known: how many of the classes, the first, are the old model's."""
    ious = per_class_iou(confusion)
    old = ious[:known][~np.isnan(ious[:known])]
    return Figures(
        accuracy=_share(pixel_accuracy(confusion)),
        mean_iou=_share(float(old.mean())) if len(old) else None,
        per_class_iou={
            name: _share(float(iou)) for name, iou in zip(classes.names, ious.tolist(), strict=True)
        },
    )


def count_frames(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    frames: Sequence[Frame],
    classes: ClassList,
    progress: ProgressCallback = lambda done, total: None,
) -> IntArray:
    """(N, C, C) pixels of each of N frames by true and predicted class, as the app segments them.

    classes: the new model's; the segmenter's own are all of them or the first. Only labelled pixels count.
    progress: called with the frames done and their total; raising from it stops the work.
    """
    table = truth_table(dataset.class_list, classes)
    own = threading.local()
    threads = max(1, usable_cores() // WORKERS)

    def count(frame: Frame) -> NDArray[np.int64]:
        if not hasattr(own, "segmenter"):
            own.segmenter = segmenter.for_thread(threads)
        image, label = dataset.read(frame)
        labels = own.segmenter.segment(image).labels
        return count_confusion(table[sampled(label, *labels.shape)], labels, len(classes))

    counts = np.zeros((len(frames), len(classes), len(classes)), np.int64)
    with closing(in_order(count, frames)) as counted:
        for number, confusion in enumerate(counted):
            counts[number] = confusion
            progress(number + 1, len(frames))
    return counts


def right_as_either(counts: IntArray, may_be: Sequence[Sequence[int]]) -> IntArray:
    """(N, C, C) pixel counts in which each prediction that a label leaves open is right.

    may_be: for each class the classes that a pixel with that label may be, itself among them.
    """
    judged = counts.copy()
    for label, others in enumerate(may_be):
        for other in set(others) - {label}:
            judged[:, label, label] += judged[:, label, other]
            judged[:, label, other] = 0
    return judged


def fell_most(before: IntArray, after: IntArray) -> int | None:
    """Which of N frames has lost the largest share of right pixels; None if none has lost any.

    before, after: (N, C, C) pixel counts of the old and the new model.
    """
    lost = _right(before) - _right(after)
    if not (lost > 0).any():
        return None
    return int(np.nanargmax(lost))


def points_between(before: float, after: float) -> float:
    """Percentage points from one share to another, each as it is shown: with one decimal."""
    return round(round(100 * after, 1) - round(100 * before, 1), 1)


def read_learned(training: dict[str, Any]) -> Learned | None:
    """What a card's `training` says of it; None for a model that did not learn from corrections."""
    try:
        return Learned.model_validate(training.get("learned"))
    except ValueError:
        return None


def _right(counts: IntArray) -> NDArray[np.float64]:
    """(N,) the share of each frame's counted pixels that are right; NaN if none is counted."""
    return shares(np.trace(counts, axis1=1, axis2=2), counts.sum(axis=(1, 2)))


def _change(compared: BeforeAfter) -> str:
    """The change in the share of right pixels and in mean IoU: "its mean IoU fell by 1.2 points, ..."."""
    accuracy = _moved(mark("pixel accuracy"), compared.before.accuracy, compared.after.accuracy)
    iou = _moved(mark("mean IoU"), compared.before.mean_iou, compared.after.mean_iou)
    if accuracy and iou:
        return sentence("{accuracy}, and {iou}", accuracy=accuracy, iou=iou)
    return accuracy or iou or sentence("no pixel was labelled")


def _moved(name: str, before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return ""
    points = points_between(before, after)
    if not points:
        return sentence("its {figure} stayed at {after:.1%}", figure=sentence(name), after=after)
    words = (
        mark("its {figure} rose by {points:.1f} points, from {before:.1%} to {after:.1%}")
        if points > 0
        else mark("its {figure} fell by {points:.1f} points, from {before:.1%} to {after:.1%}")
    )
    return sentence(words, figure=sentence(name), points=abs(points), before=before, after=after)


def _percent(share: float | None) -> str:
    return sentence("unknown") if share is None else sentence("{share:.1%}", share=share)


def _share(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
