"""Where frames are in their video, and how to split a data set that does not say so itself.

CamVid is video: neighbouring frames are nearly the same picture, so a split never takes them at random.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from core.datasets.dataset import FrameSplit
from core.file_names import natural_order
from core.languages import sentence

# CamVid's names: 0001TP_006690, Seq05VD_f00000, 0016E5_00390
_NAME = re.compile(r"(?P<drive>.*?)[_-]?f?(?P<number>[0-9]{1,12})", re.DOTALL)
_PUBLISHED = {"0006R0", "0016E5", "0001TP", "Seq05VD"}


class DrivePosition(NamedTuple):
    """The drive that a frame was filmed on, and its number in that film."""

    drive: str
    number: int


def drive_position(name: str) -> DrivePosition | None:
    """Where the frame called `name` is in its video; None if its name does not end in a number."""
    found = _NAME.fullmatch(name)
    return DrivePosition(found["drive"], int(found["number"])) if found else None


def split_by_name(names: Sequence[str]) -> tuple[dict[str, FrameSplit], str]:
    """Split frames whose data set does not say how; returns each name's split and a sentence about the rule.

    CamVid's own frames get the published split (`published_split`) if some of them are for training and
    some for validation. Others are split by drive: with five drives or more, every fifth is for
    validation; with fewer, the last fifth of each drive's frames, in the order of their numbers.
    """
    published = {name: published_split(name) for name in names}
    if None not in published.values() and {"train", "valid"} <= set(published.values()):
        known = {name: split for name, split in published.items() if split is not None}
        return known, sentence("The frames have the split published for CamVid.")
    drives: dict[str, list[str]] = {}
    for name in sorted(names, key=natural_order):
        where = drive_position(name)
        drives.setdefault(where.drive if where else "", []).append(name)
    groups = list(drives.values())
    if len(groups) >= 5:
        valid = {name for group in groups[4::5] for name in group}
        return _split(names, valid), sentence("Every fifth drive is for validation.")
    valid = {name for group in groups for name in group[len(group) - len(group) // 5 :]}
    if not valid and len(names) > 1:
        valid = {groups[-1][-1]}
    return _split(names, valid), sentence("The last fifth of each drive is for validation.")


def published_split(name: str) -> FrameSplit | None:
    """The split of one of CamVid's 701 frames: 367 for training, 101 for validation, 233 for the test.

    Source: Sturgess, Alahari, Ladicky, Torr, "Combining appearance and structure from motion features for
    road scene understanding", 2009, as the lists of the SegNet tutorial have it. None for other frames.
    """
    where = drive_position(name)
    if where is None or where.drive not in _PUBLISHED:
        return None
    if where.drive == "Seq05VD" or (where.drive == "0001TP" and where.number >= 8550):
        return "test"
    # the part of the drive that was labelled 15 times a second
    return "valid" if where.drive == "0016E5" and 7959 <= where.number <= 8159 else "train"


def _split(names: Sequence[str], valid: set[str]) -> dict[str, FrameSplit]:
    return {name: "valid" if name in valid else "train" for name in names}
