"""All key functions by the names that lessons call them."""

from __future__ import annotations

from core.lessons.keys import confidence, further, learning, scores, seeing
from core.lessons.keys.key import Hunt, Key

PHOTOS = ("toytown-rain", "toytown-noon", "toytown-50001-4", "toytown-60006-2", "jakarta-70002-4")
"""What is asked about where a lesson names no photos: drawn, so that the truth is known exactly."""

UNSEEN = ("jakarta-59002-4", "toytown-59002-5", "toytown-59004-2", "jakarta-59005-3", "jakarta-69003-6")
"""The same for questions about frames that no network can have learnt from; see `look.is_unseen`."""

MODELS = ("street-lite0", "street32-lite0")
"""What is asked about where a lesson names no models: those that come with StreetScope."""

_ABCD = ("a", "b", "c", "d")
_ROBOT = ("robot", "accuracy", "iou", "classes", "network_accuracy", "network_iou")
_PAIR = ("child", "parent", "before", "after")
_STORY = ("epochs", "first_loss", "last_loss", "first_iou", "last_iou")

KEYS: dict[str, Key] = {
    "wrong_where_sure": Key(
        confidence.wrong_where_sure,
        options=4,
        values=("share", "wrong", "count", "sure"),
        parameters={"sure": 90, "edges": (0.001, 0.01, 0.1)},
    ),
    "changed_by_temperature": Key(
        confidence.changed_by_temperature,
        options=4,
        values=("share", "before", "after", "temperature"),
        parameters={"temperature": 3.0, "edges": (0.1, 0.5)},
    ),
    "class_at": Key(
        seeing.class_at,
        options=4,
        values=(*_ABCD, "found", "share", "truth", "row", "col"),
        parameters={"row": 0.5, "col": 0.5},
    ),
    "truth_at": Key(
        seeing.truth_at,
        options=4,
        values=(*_ABCD, "truth", "row", "col"),
        parameters={"row": 0.5, "col": 0.5},
    ),
    "kept_upside_down": Key(
        seeing.kept_upside_down, options=4, values=("share",), parameters={"edges": (0.4, 0.7, 0.95)}
    ),
    "kept_in_pieces": Key(
        seeing.kept_in_pieces,
        options=4,
        values=("share", "kept", "count", "side"),
        parameters={"side": 32, "edges": (0.35, 0.65, 0.9)},
    ),
    "robot_accuracy": Key(
        scores.robot_accuracy, options=4, values=(*_ABCD, *_ROBOT), parameters={"robot": "Road"}
    ),
    "robot_iou": Key(scores.robot_iou, options=4, values=(*_ABCD, *_ROBOT), parameters={"robot": "Road"}),
    "void_left_out": Key(
        scores.void_left_out, options=3, values=("a", "b", "c", "void", "count", "accuracy")
    ),
    "weakest_class": Key(
        scores.weakest_class, options=4, values=(*_ABCD, "found", "iou", "best", "best_iou", "accuracy")
    ),
    "iou_by_hand": Key(
        scores.iou_by_hand,
        options=4,
        values=(*_ABCD, "hits", "missed", "false", "union", "iou", "target"),
        parameters={"target": "Car"},
    ),
    "while_training_loss_fell": Key(
        learning.while_training_loss_fell,
        options=3,
        values=_STORY,
        about="models",
        parameters={"points": 1.0},
    ),
    "best_epoch": Key(
        learning.best_epoch, options=4, values=(*_ABCD, *_STORY, "best", "best_iou"), about="models"
    ),
    "after_use": Key(
        learning.after_use, options=3, values=("before", "after", "files", "photos", *learning.FINGERPRINTS)
    ),
    "untrained_accuracy": Key(
        learning.untrained_accuracy,
        options=4,
        values=("share", "trained"),
        parameters={"edges": (0.25, 0.5, 0.75)},
    ),
    "child_against_parent": Key(
        further.child_against_parent,
        options=3,
        values=_PAIR,
        unseen=True,
        parameters={"points": 1.0},
    ),
    "lost_class": Key(
        further.lost_class,
        options=4,
        values=(*_ABCD, *_PAIR, "found", "lost_from", "lost_to"),
        unseen=True,
        parameters={"points": 5.0},
    ),
}

HUNTS: dict[str, Hunt] = {
    "sure_and_wrong": Hunt(confidence.sure_and_wrong, parameters={"sure": 90}),
    "unsure": Hunt(confidence.unsure, parameters={"sure": 50}),
}
