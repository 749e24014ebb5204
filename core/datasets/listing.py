"""What a data set's folder holds: pictures paired with label maps, and what is wrong with it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from core.datasets.dataset import SPLITS, Frame, FrameSplit, SegmentationDataset
from core.datasets.pictures import SUFFIXES
from core.errors import DatasetError

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
            f"{root / name} is a link that leads out of the data set; replace it with what it leads to."
        )
    return root / name


def pair(root: Path, images: str, labels: str, ending: str, split: FrameSplit = "train") -> Pairs:
    """Pair the pictures in the folder `images` with label maps called NAME`ending` in `labels`.

    Files that begin with a dot and files of other kinds are left alone. Both folders may be the same one:
    what does not end in `ending` is then a picture.
    """
    pictures, problems = _files(root, part(root, images), SUFFIXES)
    maps, more = _files(root, part(root, labels), frozenset({".png"}))
    suffix = ending.removesuffix(".png")
    if images == labels:
        pictures, maps = (
            [path for path in paths if path.stem.endswith(suffix) is labelled]
            for paths, labelled in ((pictures, False), (maps, True))
        )
        more = []
    problems += more
    found = {path.stem.removesuffix(suffix): path for path in maps if path.stem.endswith(suffix)}
    frames: dict[str, Frame] = {}
    for path in pictures:
        if path.stem in frames:
            other = frames[path.stem].image.name
            problems.append(Problem("name", f"{path} and {other} have the same name.", path.stem))
        elif path.stem in found:
            frames[path.stem] = Frame(path.stem, path, found[path.stem], split)
        else:
            missing = root / labels / f"{path.stem}{ending}"
            message = f"{path.name} has no label map: {missing} is missing."
            problems.append(Problem("missing label", message, path.stem))
    names = {path.stem for path in pictures}
    for path in maps:
        name = path.stem.removesuffix(suffix)
        if not path.stem.endswith(suffix):
            message = f"{path} belongs to no picture: its name does not end in {ending}."
            problems.append(Problem("missing picture", message))
        elif name not in names:
            message = f"{path.name} has no picture: there is no {name} in {root / images}."
            problems.append(Problem("missing picture", message, name))
    odd = {name: problem for name in frames if (problem := _odd_name(name))}
    kept = tuple(frame for name, frame in frames.items() if name not in odd)
    return Pairs(kept, (*problems, *odd.values()))


def join(parts: Iterable[Pairs]) -> Pairs:
    """Put splits together; frames whose name occurs in several splits are called SPLIT-NAME."""
    parts = tuple(parts)
    counts = Counter(frame.name for pairs in parts for frame in pairs.frames)
    frames = [frame for pairs in parts for frame in pairs.frames]
    renamed = [replace(f, name=f"{f.split}-{f.name}") if counts[f.name] > 1 else f for f in frames]
    problems = tuple(problem for pairs in parts for problem in pairs.problems)
    twice = sum(count > 1 for count in counts.values())
    names = "1 name is" if twice == 1 else f"{twice} names are"
    note = f"{names} in more than one split; these frames are called SPLIT-NAME."
    return Pairs(tuple(renamed), problems, (note,) if twice else ())


def by_split(frames: Iterable[Frame]) -> dict[FrameSplit, tuple[Frame, ...]]:
    """The frames of each split."""
    frames = tuple(frames)
    return {split: tuple(f for f in frames if f.split == split) for split in SPLITS}


def _files(root: Path, folder: Path, suffixes: frozenset[str]) -> tuple[list[Path], list[Problem]]:
    """The files in a folder with one of the suffixes, by name; links out of the data set are not followed."""
    files, problems = [], []
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error.strerror or error}.") from error
    for path in paths:
        if path.name.startswith(".") or path.suffix.lower() not in suffixes:
            continue
        if path.is_symlink() and not inside(root, path):
            message = f"{path} is a link that leads out of the data set; it is not followed."
            problems.append(Problem("link", message))
        elif not path.is_file():
            problems.append(Problem("link", f"{path} is not a file."))
        else:
            files.append(path)
    return files, problems


def _odd_name(name: str) -> Problem | None:
    if name == name.strip() and name.isprintable():
        return None
    message = f"The frame name {name!r} cannot stand on a line of valid.txt; rename its files."
    return Problem("name", message, name)
