"""Everything that is wrong with a data set, found by reading every file of it."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

from core.classes import RGB, UNLABELLED, ClassList
from core.datasets.contents.statistics import count_label
from core.datasets.dataset import SPLIT_WORDS, SPLITS, Frame, SegmentationDataset, check_same_size
from core.datasets.labels import open_label
from core.datasets.layouts.opening import list_dataset
from core.datasets.listing import Problem, ProblemKind
from core.datasets.splits import DrivePosition, drive_position
from core.datasets.threads import in_order
from core.errors import DatasetError, LabelValueError, PaletteOrderError, UnknownColourError
from core.jobs import ProgressCallback
from core.languages import counted, first_of, sentence, sentence_of

THUMBNAIL = (32, 24)
"""Width and height of the grey thumbnails on which neighbouring frames are compared."""

NEAR_DUPLICATE = 10.0
"""Neighbours whose thumbnails differ by less than this, in grey levels of 255 on average, count as equal.

Measured on the CamVid frames of 480 x 360: 1/15 s apart, all 100 pairs differ by 2 to 9; a second apart, half
of the 360 pairs differ by more than 20, and those below 10 show a standing car. The two places where the
drive crosses from training to validation differ by 23 and 25.
"""

_SHOWN_FILES = 5
_MOST_COLOURS = 100


@dataclass(frozen=True)
class Report:
    """What `check` found.

    splits: frames in each split. sizes: frames of each size, by "WIDTH x HEIGHT". pixels: of each class that
    occurs, in the class list's order. absent: the classes that do not occur. notes: good to know, but not
    problems. Frames that cannot be read count only in `splits`.
    """

    dataset: str
    root: str
    layout: str
    class_list: str
    classes: int
    splits: dict[str, int]
    sizes: dict[str, int]
    pixels: dict[str, int]
    absent: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether there are no problems."""
        return not self.problems

    @property
    def frames(self) -> int:
        """How many frames there are, in all splits."""
        return sum(self.splits.values())

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        found = asdict(self)
        return {"clean": self.clean, "frames": self.frames, **found, "occurring": list(self.pixels)}


def check(root: Path, progress: ProgressCallback = lambda done, total: None) -> Report:
    """Read every file of the data set in the folder `root`.

    progress: called with the frames done and their total; raising from it stops the check. DatasetError when
    the folder is not a data set at all.
    """
    listing = list_dataset(root)
    dataset = listing.dataset
    frames = dataset.frames()
    looks = []
    with contextlib.closing(in_order(lambda frame: _look(dataset, frame), frames)) as results:
        for done, look in enumerate(results, start=1):
            looks.append(look)
            progress(done, len(frames))
    counts = sum((look.counts for look in looks), np.zeros(len(dataset.class_list), dtype=np.int64))
    unlabelled = sum(look.unlabelled for look in looks)
    names = dataset.class_list.names
    problems = [
        *listing.problems,
        *(problem for look in looks for problem in look.problems),
        *_unknown_colours(looks, dataset.class_list),
        *_masks_of_one_class(counts, unlabelled, dataset),
        *_duplicates(looks),
    ]
    notes = [*listing.notes, *_not_labelled(int(counts.sum()), unlabelled)]
    near = _near_duplicates(looks)
    if listing.split_is_given:
        problems += near
    elif near:  # the fault of the rule, not of the data set
        notes.append(
            counted(
                "This puts {count} pair of nearly equal neighbours into different splits.",
                "This puts {count} pairs of nearly equal neighbours into different splits.",
                count=len(near),
            )
        )
    return Report(
        dataset=dataset.name,
        root=str(dataset.root),
        layout=dataset.layout,
        class_list=dataset.class_list.name,
        classes=len(dataset.class_list),
        splits={split: len(dataset.frames(split)) for split in SPLITS},
        sizes=dict(Counter(look.size for look in looks if look.size).most_common()),
        pixels={name: int(n) for name, n in zip(names, counts, strict=True) if n},
        absent=tuple(name for name, n in zip(names, counts, strict=True) if not n),
        problems=tuple(problems),
        notes=tuple(notes),
    )


@dataclass(frozen=True, eq=False)
class _Look:
    """What is kept of each frame after reading it; nothing that grows with its pixels."""

    frame: Frame
    counts: NDArray[np.int64]
    unlabelled: int = 0
    size: str = ""
    content: bytes = b""
    thumbnail: NDArray[np.int16] | None = None
    colours: dict[RGB, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def _look(dataset: SegmentationDataset, frame: Frame) -> _Look:
    seen: dict[str, Any] = {"frame": frame, "counts": np.zeros(len(dataset.class_list), dtype=np.int64)}
    problems: list[Problem] = []

    def complain(kind: ProblemKind, error: DatasetError) -> None:
        problems.append(Problem(kind, sentence_of(error), frame.name))

    image = label = None
    try:
        image = dataset.read_image(frame)
        seen |= {"size": f"{image.shape[1]} x {image.shape[0]}", "content": _content(image)}
        seen["thumbnail"] = _thumbnail(image)
    except DatasetError as error:
        complain("unreadable picture", error)
    try:
        label = dataset.read_label(frame)
        seen["counts"] = count_label(label, len(dataset.class_list)).astype(np.int64)
        seen["unlabelled"] = label.size - int(seen["counts"].sum())
    except UnknownColourError as error:
        if error.colours > len(error.counts):
            complain("unknown colour", error)
        else:
            seen["colours"] = error.counts
    except PaletteOrderError as error:
        complain("palette order", error)
    except LabelValueError as error:
        complain("bad value", error)
    except DatasetError as error:
        complain("unreadable label", error)
    if image is not None and label is not None:
        try:
            check_same_size(frame, image, label)
        except DatasetError as error:
            complain("wrong size", error)
    return _Look(**seen, problems=tuple(problems))


def _content(image: NDArray[np.uint8]) -> bytes:
    """A hash of the pixels: finds the same picture in any lossless format."""
    digest = hashlib.sha256(repr(image.shape).encode())
    digest.update(image.data)
    return digest.digest()


def _thumbnail(image: NDArray[np.uint8]) -> NDArray[np.int16]:
    grey = Image.fromarray(image).convert("L").resize(THUMBNAIL, Resampling.BOX)
    return np.asarray(grey, dtype=np.int16)


def _unknown_colours(looks: Iterable[_Look], class_list: ClassList) -> list[Problem]:
    """A problem for each colour that no class has, most frequent first; its frame has the most of it."""
    pixels: Counter[RGB] = Counter()
    files: dict[RGB, list[tuple[int, Frame]]] = {}
    for look in looks:
        for colour, count in look.colours.items():
            pixels[colour] += count
            files.setdefault(colour, []).append((count, look.frame))
    problems = []
    for colour, count in pixels.most_common(_MOST_COLOURS):
        found = sorted(files[colour], key=lambda item: -item[0])
        message = sentence(
            "No class of {classes} has the colour {colour}: {pixels} pixels in {files}.",
            classes=class_list.name,
            colour=colour,
            pixels=count,
            files=first_of([frame.label.name for _, frame in found], _SHOWN_FILES),
        )
        problems.append(Problem("unknown colour", message, found[0][1].name))
    if len(pixels) > _MOST_COLOURS:
        message = sentence(
            "{count} more colours belong to no class of {classes}.",
            count=len(pixels) - _MOST_COLOURS,
            classes=class_list.name,
        )
        problems.append(Problem("unknown colour", message))
    return problems


def _not_labelled(labelled: int, unlabelled: int) -> list[str]:
    """A note on pixels that nobody labelled and that no class stands for."""
    if not unlabelled:
        return []
    share = unlabelled / (labelled + unlabelled)
    return [
        sentence(
            "{share:.1%} of the pixels are not labelled (number {unlabelled}); they are never counted.",
            share=share,
            unlabelled=UNLABELLED,
        )
    ]


def _masks_of_one_class(
    counts: NDArray[np.int64], unlabelled: int, dataset: SegmentationDataset
) -> list[Problem]:
    """A problem if every label map is black and white: white may be meant as a class."""
    if not unlabelled or dataset.colour_labels or np.flatnonzero(counts).tolist() != [0] or len(counts) < 2:
        return []
    if any(map(_has_palette, dataset.frames())):  # numbers were meant
        return []
    message = sentence(
        "The label maps hold only 0 and {unlabelled}, which stands for pixels that nobody "
        "labelled; if {unlabelled} is meant as {name}, write 1 instead.",
        unlabelled=UNLABELLED,
        name=dataset.class_list.names[1],
    )
    return [Problem("bad value", message)]


def _has_palette(frame: Frame) -> bool:
    try:
        return open_label(frame.label).mode == "P"
    except DatasetError:
        return False


def _duplicates(looks: Iterable[_Look]) -> list[Problem]:
    """Pictures that are in several splits: a model would be evaluated on what it was trained on."""
    first: dict[bytes, Frame] = {}
    problems = []
    for look in looks:
        if not look.content:
            continue
        other = first.setdefault(look.content, look.frame)
        if other.split != look.frame.split:
            message = sentence(
                "{name} ({split}) is the same picture as {other} ({other_split}); a picture "
                "belongs in one split only.",
                name=look.frame.image.name,
                split=sentence(SPLIT_WORDS[look.frame.split]),
                other=other.image.name,
                other_split=sentence(SPLIT_WORDS[other.split]),
            )
            problems.append(Problem("duplicate picture", message, look.frame.name))
    return problems


class _Placed(NamedTuple):
    where: DrivePosition
    look: _Look


def _near_duplicates(looks: Iterable[_Look]) -> list[Problem]:
    """Neighbours of one drive that look alike but are in different splits."""
    placed = [_Placed(where, look) for look in looks if (where := drive_position(look.frame.image.stem))]
    placed.sort(key=lambda item: item.where)
    problems = []
    for (here, before), (there, after) in pairwise(placed):
        if here.drive != there.drive or before.frame.split == after.frame.split:
            continue
        if before.thumbnail is None or after.thumbnail is None or before.content == after.content:
            continue
        difference = float(np.abs(before.thumbnail - after.thumbnail).mean())
        if difference < NEAR_DUPLICATE:
            message = sentence(
                "{name} ({split}) is nearly the same picture as {other} ({other_split}), its "
                "neighbour in the video; split video by sequence.",
                name=after.frame.image.name,
                split=sentence(SPLIT_WORDS[after.frame.split]),
                other=before.frame.image.name,
                other_split=sentence(SPLIT_WORDS[before.frame.split]),
            )
            problems.append(Problem("near-duplicate picture", message, after.frame.name))
    return problems
