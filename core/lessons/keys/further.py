"""Keys about a network that has learnt further: what got better, and what got worse (M4).

Both look at frames that nobody can have learnt from: see `look.is_unseen`.
"""

from __future__ import annotations

import numpy as np

from core.errors import ModelError
from core.evaluation.metrics import IntArray, count_confusion, mean_iou, per_class_iou, truth_table
from core.lessons.keys.key import Answer, Named, Parameters, Value, number
from core.lessons.keys.look import Look
from core.lessons.keys.ranges import LETTERS, by_letter
from core.models.card import ancestors
from core.models.store import list_models, read_whole

_FEWEST = 0.002
"""Share of the picture that a class needs to be asked about: a smaller one is a matter of a few pixels."""

_AHEAD = 0.02
"""IoU that the class that lost most has lost more than any other."""


def child_against_parent(look: Look, photo: str, told: Parameters) -> Answer | None:
    """Whether a model that went on from another is better on a photo: better, alike or worse in mean IoU.

    The newest one that went on from a model that is here. points: per cent that count as a change.
    """
    graded = _graded(look, photo)
    if graded is None:
        return None
    (parent, child), values = graded
    change, limit = mean_iou(child) - mean_iou(parent), number(told, "points") / 100
    if abs(abs(change) - limit) < limit / 10:
        return None
    return Answer(0 if change > limit else 2 if change < -limit else 1, values)


def lost_class(look: Look, photo: str, told: Parameters) -> Answer | None:
    """Which of four classes lost most IoU from a model to the one that went on from it.

    points: per cent of IoU that it lost at least. The others are those that gained most.
    """
    graded = _graded(look, photo)
    if graded is None:
        return None
    (parent, child), values = graded
    before, after = per_class_iou(parent), per_class_iou(child)
    shares = parent.sum(axis=1) / parent.sum()
    change = after - before
    known = [
        each
        for each in np.argsort(change, kind="stable")
        if shares[each] >= _FEWEST and not np.isnan(change[each])
    ]
    if len(known) < len(LETTERS):
        return None
    lost = known[0]
    if change[lost] > -number(told, "points") / 100 or change[known[1]] - change[lost] < _AHEAD:
        return None
    names = look.segment(photo, str(values["parent"])).class_list.names
    listed = sorted(names[each] for each in (lost, *known[1 - len(LETTERS) :]))
    story: dict[str, Value] = {
        "found": Named(names[lost]),
        "lost_from": float(before[lost]),
        "lost_to": float(after[lost]),
    }
    return Answer(listed.index(names[lost]), {**by_letter(listed), **values, **story})


def _graded(look: Look, photo: str) -> tuple[tuple[IntArray, IntArray], dict[str, Value]] | None:
    """(C + 1, C + 1) counts of parent and child in the parent's C classes; their names and mean IoU."""
    pair = _newest_pair()
    if pair is None:
        return None
    child, parent = (look.segment(photo, model) for model in pair)
    truth, classes = look.truth(photo, parent), len(parent.class_list)
    in_parents = truth_table(child.class_list, parent.class_list)[child.labels]
    # What the parent has no class for is a class more, which is never true: a miss, and no false alarm.
    answered = np.where(in_parents < classes, in_parents, classes).astype(np.uint8)
    before, after = (count_confusion(truth, labels, classes + 1) for labels in (parent.labels, answered))
    values: dict[str, Value] = {"child": pair[0], "parent": pair[1]}
    return (before, after), {**values, "before": mean_iou(before), "after": mean_iou(after)}


def _newest_pair() -> tuple[str, str] | None:
    """A model and the nearest one that it went on from; the last trained of those that there are."""
    pairs = list[tuple[float, str, str]]()
    models = list_models()
    for name in models:
        try:
            written, before = read_whole(
                name, lambda folder, card: (folder.stat().st_mtime, ancestors(card.training))
            )
        except (ModelError, OSError):
            continue
        pairs += [(written, name, start) for start in before if start in models and start != name][:1]
    return max(pairs)[1:] if pairs else None
