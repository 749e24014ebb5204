"""What a data set's folder holds: pictures paired with label maps, and what is wrong with it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from core.datasets.dataset import SPLITS, Frame, FrameSplit, SegmentationDataset
from core.datasets.names import Matches, can_stand_on_a_line, ends_with, match_labels
from core.errors import DatasetError
from core.file_names import natural_order
from core.languages import counted, one_of, sentence
from core.photos.endings import PICTURE_ENDINGS

ProblemKind = Literal[
    "missing label",
    "missing picture",
    "unreadable picture",
    "unreadable label",
    "wrong size",
    "bad value",
    "unknown colour",
    "palette order",
    "duplicate picture",
    "near-duplicate picture",
    "link",
    "name",
    "list",
]

LEAVES_OUT: frozenset[ProblemKind] = frozenset({"missing label", "link", "name"})
"""The problems for which a picture is left out."""

STOPS: frozenset[ProblemKind] = frozenset({"list"})
"""The problems that put the split in doubt: such a data set is not trained on, evaluated on or copied."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a data set: a sentence, and the frame if it concerns a single one."""

    kind: ProblemKind
    message: str
    frame: str | None = None


@dataclass(frozen=True)
class Listing:
    """A data set as far as its folder shows it, undecoded.

    dataset: the frames that have both files. notes: good to know, but not problems.
    split_is_given: whether the data set itself says how it is split.
    """

    dataset: SegmentationDataset
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    split_is_given: bool = True


@dataclass(frozen=True)
class Pairs:
    """Frames paired with their label maps, the problems with the pairs, and notes."""

    frames: tuple[Frame, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    split_is_given: bool = True


def inside(root: Path, path: Path) -> bool:
    """Whether `path`, all links followed, is in the folder `root`."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def part(root: Path, name: str) -> Path:
    """A folder or list of a data set; DatasetError when it is a link that leads out of the data set."""
    if not inside(root, root / name):
        raise DatasetError(
            sentence(
                "{root} is a link that leads out of the data set; replace it with what it leads to.",
                root=root / name,
            )
        )
    return root / name


def pair(root: Path, images: str, labels: str, ending: str, split: FrameSplit = "train") -> Pairs:
    """Pair the pictures in the folder `images` with label maps called NAME`ending` in `labels`.

    The frames are in natural order. Files that begin with a dot and files of other kinds are left alone. Both
    folders may be the same one: what does not end in `ending` is then a picture.
    """
    suffix = ending.removesuffix(".png")
    files, problems = _files(root, part(root, images), PICTURE_ENDINGS)
    beside, more = _files(root, part(root, labels), PICTURE_ENDINGS | {".tif", ".tiff"})
    if images == labels:
        files, more = [path for path in files if not ends_with(path.stem, suffix)], []
        beside = [path for path in beside if ends_with(path.stem, suffix)]
    pictures, alike = _unique(files)
    maps = [path for path in beside if path.suffix.lower() == ".png"]
    matches = match_labels(pictures, maps, suffix)
    others = match_labels(pictures, [path for path in beside if path not in maps], suffix)
    frames = [Frame(path.stem, path, label, split) for path, label in matches.found.items()]
    frames.sort(key=lambda frame: natural_order(frame.name))
    odd = {frame.name: problem for frame in frames if (problem := _odd_name(frame.name))}
    problems += more + alike
    for path in pictures:
        if path not in matches.found:
            message = _why_no_map(path, matches, others, root / labels / f"{path.stem}{ending}")
            problems.append(Problem("missing label", message, path.stem))
    problems += [_no_picture(path, suffix, root / images) for path in maps if path not in matches.claimed]
    return Pairs(tuple(frame for frame in frames if frame.name not in odd), (*problems, *odd.values()))


def _unique(files: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """The first picture of each name, and a problem for each other one."""
    first: dict[str, Path] = {}
    problems = []
    for path in files:
        other = first.setdefault(path.stem, path)
        if other != path:
            problems.append(
                Problem(
                    "name",
                    sentence("{path} and {name} have the same name.", path=path, name=other.name),
                    path.stem,
                )
            )
    return list(first.values()), problems


def _why_no_map(picture: Path, matches: Matches, others: Matches, missing: Path) -> str:
    maps = matches.doubtful.get(picture, ())
    if len(maps) == 1:
        return sentence(
            "{path} may belong to {name} or to another picture; name it after the one it is of.",
            path=maps[0],
            name=picture.name,
        )
    if maps:
        names = one_of([path.name for path in maps])
        return sentence(
            "{name} may have the label map {names} in {parent}; keep only one of them.",
            name=picture.name,
            names=names,
            parent=maps[0].parent,
        )
    if picture in others.found:
        return sentence(
            "{name} has no label map that can be read: save {found} as PNG.",
            name=picture.name,
            found=others.found[picture],
        )
    return sentence("{name} has no label map: {missing} is missing.", name=picture.name, missing=missing)


def _no_picture(label: Path, suffix: str, images: Path) -> Problem:
    if not ends_with(label.stem, suffix):
        message = sentence(
            "{label} belongs to no picture: its name does not end in {suffix}.png.",
            label=label,
            suffix=suffix,
        )
        return Problem("missing picture", message)
    name = label.stem[: len(label.stem) - len(suffix)]
    message = sentence(
        "{name} has no picture: there is no {picture} in {images}.",
        name=label.name,
        picture=name,
        images=images,
    )
    return Problem("missing picture", message, name)


def join(parts: Iterable[Pairs]) -> Pairs:
    """Put splits together; frames whose name occurs in several splits are called SPLIT-NAME."""
    parts = tuple(parts)
    counts = Counter(frame.name for pairs in parts for frame in pairs.frames)
    frames = [frame for pairs in parts for frame in pairs.frames]
    renamed = [replace(f, name=f"{f.split}-{f.name}") if counts[f.name] > 1 else f for f in frames]
    problems = tuple(problem for pairs in parts for problem in pairs.problems)
    twice = sum(count > 1 for count in counts.values())
    note = counted(
        "{count} name is in more than one split; these frames are called SPLIT-NAME.",
        "{count} names are in more than one split; these frames are called SPLIT-NAME.",
        count=twice,
    )
    return Pairs(tuple(renamed), problems, (note,) if twice else ())


def by_split(frames: Iterable[Frame]) -> dict[FrameSplit, tuple[Frame, ...]]:
    """The frames of each split."""
    frames = tuple(frames)
    return {split: tuple(f for f in frames if f.split == split) for split in SPLITS}


def _files(root: Path, folder: Path, suffixes: frozenset[str]) -> tuple[list[Path], list[Problem]]:
    """The files in a folder with one of the suffixes, in natural order; no links out of the data set."""
    files, problems = [], []
    try:
        paths = sorted(folder.iterdir(), key=lambda path: natural_order(path.name))
    except OSError as error:
        raise DatasetError(
            sentence("{folder} cannot be read: {reason}.", folder=folder, reason=error.strerror or error)
        ) from error
    for path in paths:
        if path.name.startswith(".") or path.suffix.lower() not in suffixes:
            continue
        if path.is_symlink() and not inside(root, path):
            message = sentence(
                "{path} is a link that leads out of the data set; it is not followed.", path=path
            )
            problems.append(Problem("link", message, path.stem))
        elif not path.is_file():
            problems.append(Problem("link", sentence("{path} is not a file.", path=path), path.stem))
        else:
            files.append(path)
    return files, problems


def _odd_name(name: str) -> Problem | None:
    if can_stand_on_a_line(name):
        return None
    message = sentence(
        "The frame name {name!r} cannot stand on a line of valid.txt: it has a line break, a "
        "control character or bytes that are no text; rename its files.",
        name=name,
    )
    return Problem("name", message, name)
