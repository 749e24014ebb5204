"""Keys about how the network is graded: M3, accuracy is not enough; M6, Void is no class and no error."""

from __future__ import annotations

import numpy as np

from core.evaluation.metrics import (
    IGNORE,
    IntArray,
    classes_in_mean,
    count_confusion,
    mean_iou,
    per_class_iou,
    per_class_precision,
    per_class_recall,
    pixel_accuracy,
)
from core.lessons.keys.key import Answer, Named, Parameters, Value, word
from core.lessons.keys.look import Look
from core.lessons.keys.ranges import LETTERS, by_letter, choices
from core.segmentation.segmentation import Segmentation

_FEWEST = 0.002
"""Share of the picture that a class needs to be asked about: a smaller one is a matter of a few pixels."""

_VOIDS = 0.01
"""Share of Void from which leaving it out makes a difference that can be seen."""


def robot_accuracy(look: Look, photo: str, told: Parameters) -> Answer | None:
    """The pixel accuracy of a robot that says one class everywhere: that class's share of the pixels.

    robot: the class. Its mean IoU is the share over the number of classes in the picture.
    """
    graded = _robot(look, photo, word(told, "robot"))
    if graded is None:
        return None
    confusion, values = graded
    share, classes = pixel_accuracy(confusion), classes_in_mean(confusion)
    found = choices(share, (share / classes, 1 / classes, min(0.97, share + 0.45)))
    return None if found is None else Answer(found[0], {**values, **found[1]})


def robot_iou(look: Look, photo: str, told: Parameters) -> Answer | None:
    """The mean IoU of the same robot; parameters as for `robot_accuracy`."""
    graded = _robot(look, photo, word(told, "robot"))
    if graded is None:
        return None
    confusion, values = graded
    share, classes = pixel_accuracy(confusion), classes_in_mean(confusion)
    found = choices(mean_iou(confusion), (share, 1 / classes, share / 2))
    return None if found is None else Answer(found[0], {**values, **found[1]})


def _robot(look: Look, photo: str, name: str) -> tuple[IntArray, dict[str, Value]] | None:
    found = look.segment(photo)
    if name not in found.class_list.names:
        return None
    number = found.class_list.index(name)
    truth = look.truth(photo, found)
    confusion = count_confusion(truth, np.full_like(truth, number), len(found.class_list))
    network = count_confusion(truth, found.labels, len(found.class_list))
    if not confusion[number].sum() or classes_in_mean(confusion) < 2:
        return None
    return confusion, {
        "robot": Named(name),
        "accuracy": pixel_accuracy(confusion),
        "iou": mean_iou(confusion),
        "classes": classes_in_mean(confusion),
        "network_accuracy": pixel_accuracy(network),
        "network_iou": mean_iou(network),
    }


def void_left_out(look: Look, photo: str, told: Parameters) -> Answer | None:
    """What becomes of Void pixels when accuracy is computed: counted as wrong, as right, or left out.

    The three accuracies are computed, and the right one is the one that our own metric gives.
    """
    found = look.segment(photo)
    truth = look.truth(photo, found)
    counted = truth != IGNORE
    hits, all_pixels = int((truth == found.labels)[counted].sum()), truth.size
    void = 1 - float(counted.mean())
    if void < _VOIDS or not counted.any():
        return None
    ways = (hits / all_pixels, (hits + int((~counted).sum())) / all_pixels, hits / int(counted.sum()))
    ours = pixel_accuracy(count_confusion(truth, found.labels, len(found.class_list)))
    right = min(range(3), key=lambda way: abs(ways[way] - ours))
    values = dict(zip(LETTERS, ways, strict=False))
    return Answer(right, {**values, "void": void, "count": int((~counted).sum()), "accuracy": ours})


def weakest_class(look: Look, photo: str, told: Parameters) -> Answer | None:
    """Which of four classes the network is worst at, by IoU: the worst, the median and two others."""
    found = look.segment(photo)
    confusion = _confusion(look, photo, found)
    ious = per_class_iou(confusion)
    shares = confusion.sum(axis=1) / max(confusion.sum(), 1)
    known = [
        number for number in np.argsort(ious) if shares[number] >= _FEWEST and not np.isnan(ious[number])
    ]
    if len(known) < len(LETTERS):
        return None
    offered = [known[0], known[len(known) // 2], known[-2], known[-1]]
    if len(set(offered)) < len(offered) or ious[known[1]] - ious[known[0]] < 0.02:
        return None
    names = found.class_list.names
    listed = sorted(names[number] for number in offered)
    values = by_letter(listed)
    values |= {
        "found": Named(names[known[0]]),
        "iou": float(ious[known[0]]),
        "accuracy": pixel_accuracy(confusion),
    }
    values |= {"best": Named(names[known[-1]]), "best_iou": float(ious[known[-1]])}
    return Answer(listed.index(names[known[0]]), values)


def iou_by_hand(look: Look, photo: str, told: Parameters) -> Answer | None:
    """A class's IoU from its hits, misses and false alarms, among its precision, its recall and a mean.

    target: the class.
    """
    found = look.segment(photo)
    if word(told, "target") not in found.class_list.names:
        return None
    number = found.class_list.index(word(told, "target"))
    confusion = _confusion(look, photo, found)
    hits = int(confusion[number, number])
    missed, false = int(confusion[number].sum()) - hits, int(confusion[:, number].sum()) - hits
    if not (hits and missed and false):
        return None
    precision, recall = (
        float(per_class_precision(confusion)[number]),
        float(per_class_recall(confusion)[number]),
    )
    iou = float(per_class_iou(confusion)[number])
    offered = choices(iou, (precision, recall, (hits + missed) / int(confusion.sum())))
    if offered is None:
        return None
    counts = {"hits": hits, "missed": missed, "false": false, "union": hits + missed + false}
    return Answer(offered[0], {**offered[1], **counts, "iou": iou, "target": Named(word(told, "target"))})


def _confusion(look: Look, photo: str, found: Segmentation) -> IntArray:
    return count_confusion(look.truth(photo, found), found.labels, len(found.class_list))
