"""Keys about learning: M4 and M5 scores and epochs, M7 nothing is learnt in use, M8 nothing is typed in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from core.errors import ModelError
from core.evaluation.metrics import count_confusion, pixel_accuracy
from core.files import is_folder, is_plain
from core.lessons.keys.key import Answer, Number, Parameters, Value, number, numbers
from core.lessons.keys.look import Look, drawn
from core.lessons.keys.ranges import LETTERS, range_of
from core.lessons.keys.twin import untrained
from core.models.store import read_whole
from core.photos.gather.store import sets_folder
from core.photos.samples import SAMPLES
from core.training.runs.records import Epoch, epochs_of

_FEWEST_EPOCHS = 6

FINGERPRINTS = ("whole_before", "whole_after", "whole_changed")
"""Values that are fingerprints in full: before the network was used, after it, and with one bit changed."""


def while_training_loss_fell(look: Look, model: str, told: Parameters) -> Answer | None:
    """What validation did while the training loss fell: its mean IoU rose, stayed or fell.

    points: per cent of mean IoU that count as a change. The last stage of training is looked at: figures of
    different sizes cannot be compared.
    """
    history = history_of(model)
    if history is None or history[-1].train_loss >= history[0].train_loss:
        return None
    change = history[-1].mean_iou - history[0].mean_iou
    limit = number(told, "points") / 100
    if abs(abs(change) - limit) < limit / 10:
        return None
    return Answer(0 if change > limit else 2 if change < -limit else 1, _story(history))


def best_epoch(look: Look, model: str, told: Parameters) -> Answer | None:
    """After which epoch the network was best on validation frames, by mean IoU, among four epochs."""
    history = history_of(model)
    if history is None:
        return None
    best = max(history, key=lambda epoch: epoch.mean_iou)
    ties = [epoch for epoch in history if epoch.mean_iou > best.mean_iou - 1e-4]
    others = [
        number
        for number in (1, len(history) // 3, 2 * len(history) // 3, len(history))
        if number != best.epoch
    ]
    if len(ties) > 1 or len(others) < 3:
        return None
    offered = sorted([best.epoch, *others[-3:]])
    values: dict[str, Value] = {}
    values |= dict(zip(LETTERS, offered, strict=True))
    return Answer(
        offered.index(best.epoch),
        {**values, **_story(history), "best": best.epoch, "best_iou": _per_cent(best.mean_iou)},
    )


def history_of(model: str) -> list[Epoch] | None:
    """The epochs of the last long stage of a model's training; None if nobody kept enough of them."""
    try:
        rows = read_whole(model, lambda folder, _: epochs_of(folder))
    except ModelError:
        return None
    stages = [[row for row in rows if row.stage == name] for name in {row.stage: None for row in rows}]
    return next((stage for stage in reversed(stages) if len(stage) >= _FEWEST_EPOCHS), None)


def _story(history: list[Epoch]) -> dict[str, Value]:
    first, last = history[0], history[-1]
    return {
        "epochs": len(history),
        "first_loss": Number(first.train_loss),
        "last_loss": Number(last.train_loss),
        "first_iou": _per_cent(first.mean_iou),
        "last_iou": _per_cent(last.mean_iou),
    }


def _per_cent(share: float) -> Number:
    """A share in per cent with a decimal: from one epoch to another, little changes."""
    return Number(100 * share, 1)


def after_use(look: Look, photo: str, told: Parameters) -> Answer | None:
    """What has changed on the disk after the network has been used: the model, the photos, or nothing.

    Fingerprints (SHA-256) of the model's files and of the folders of photos are taken before and after. The
    values have both in full too, and what the first would be with one bit of the largest file changed.
    """
    files = read_whole(look.model, lambda folder, _: _files(folder))
    before = _fingerprint(files), _fingerprint(_photo_files())
    look.segmenter(look.model).segment(drawn(photo)[0], look.size)
    after = _fingerprint(files), _fingerprint(_photo_files())
    model, photos = before[0] != after[0], before[1] != after[1]
    if model and photos:
        return None  # somebody is training into it, and it is neither of the two alone
    counts: dict[str, Value] = {"files": len(files), "photos": len(_photo_files())}
    prints = {"before": before[0][:8], "after": after[0][:8]}
    largest = max(files, key=lambda path: path.stat().st_size)
    whole = (before[0], after[0], _fingerprint(files, changed=largest))
    return Answer(
        0 if model else 1 if photos else 2,
        {**counts, **prints, **dict(zip(FINGERPRINTS, whole, strict=True))},
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if is_plain(path)) if is_folder(folder) else []


def _photo_files() -> list[Path]:
    """All files of photos that StreetScope keeps: its samples, and sets that somebody gathered on purpose."""
    gathered = [path for folder in sorted(sets_folder().glob("*")) for path in _files(folder)]
    return [*(sample.path for sample in SAMPLES), *gathered]


def _fingerprint(files: Iterable[Path], *, changed: Path | None = None) -> str:
    """One SHA-256 of files and their names, in hexadecimal.

    changed: one of the files, of which the first bit is taken for its contrary; it is only read.
    """
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode())
        digest.update(_digest(path) if path != changed else _digest_with_another_bit(path))
    return digest.hexdigest()


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _digest_with_another_bit(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[0] ^= 0x80
    return hashlib.sha256(content).digest()


def untrained_accuracy(look: Look, photo: str, told: Parameters) -> Answer | None:
    """The accuracy of a twin that has learnt nothing: the same program, random weights; as a range.

    edges: three shares between the four ranges.
    """
    found = look.segment(photo)
    twin = untrained(look.model).segment(found.image)
    truth, classes = look.truth(photo, found), len(found.class_list)
    share = pixel_accuracy(count_confusion(truth, twin.labels, classes))
    place = range_of(share, numbers(told, "edges"))
    trained = pixel_accuracy(count_confusion(truth, found.labels, classes))
    return None if place is None else Answer(place, {"share": share, "trained": trained})
