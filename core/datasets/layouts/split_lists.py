"""The lists that say how a data set is split: which frames they name, and what is wrong with them.

A line that names no frame changes the split, so it is a problem for everybody who would use the split.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.datasets.dataset import Frame, FrameSplit
from core.datasets.layouts import lists
from core.datasets.listing import Problem
from core.datasets.names import FrameNames
from core.languages import all_of, counted, first_of, mark, one_of, sentence

_SHOWN = 3
_LONGEST = 80


@dataclass(frozen=True)
class ListedSplits:
    """The split of each listed frame, by the frame's name; what is wrong with the lists, and what is odd."""

    splits: dict[str, FrameSplit]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


@dataclass
class _List:
    """One list as it is read: lines as (number, text)."""

    named: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    unknown: list[tuple[int, str]] = field(default_factory=list)
    ambiguous: list[tuple[int, str, tuple[Frame, ...]]] = field(default_factory=list)


def read_split_lists(
    files: Sequence[tuple[Path, FrameSplit]], frames: Iterable[Frame], *, left_out: Iterable[str] = ()
) -> ListedSplits:
    """Read lists of frames, each for one split.

    A frame in two lists belongs to the first, with a problem. left_out: names of pictures that are not among
    the frames for another reason, which has its own problem. DatasetError for a list that is not text.
    """
    names = FrameNames(frames)
    known_elsewhere = FrameNames(Frame(name, Path(name), Path(name)) for name in left_out)
    splits: dict[str, FrameSplit] = {}
    owners: dict[str, Path] = {}
    problems: list[Problem] = []
    notes: list[str] = []
    for path, split in files:
        entries = lists.read_entries(path)
        if not entries:
            problems.append(Problem("list", _empty(path, split)))
        found = _read(entries, names)
        found.unknown = [entry for entry in found.unknown if not known_elsewhere.meant(entry[1])]
        problems += _problems(path, found)
        notes += _notes(path, found)
        twice = [name for name in found.named if owners.get(name, path) != path]
        if twice:
            problems.append(Problem("list", _in_both(owners[twice[0]], path, twice), twice[0]))
        for name in found.named:
            owners.setdefault(name, path)
            splits.setdefault(name, split)
    return ListedSplits(splits, tuple(problems), tuple(notes))


def _read(entries: Iterable[tuple[int, str]], names: FrameNames) -> _List:
    found = _List()
    for number, line in entries:
        meant = names.meant(line)
        if len(meant) == 1:
            found.named[meant[0].name].append((number, line))
        elif meant:
            found.ambiguous.append((number, line, meant))
        else:
            found.unknown.append((number, line))
    return found


_EMPTY = {
    "train": mark(
        "{path} is empty: it must name the frames for training, one a line; fill it, or delete it."
    ),
    "valid": mark(
        "{path} is empty: it must name the frames for validation, one a line; fill it, or delete it."
    ),
    "test": mark("{path} is empty: it must name the frames for the test, one a line; fill it, or delete it."),
}


def _empty(path: Path, split: FrameSplit) -> str:
    return sentence(_EMPTY[split], path=path)


def _problems(path: Path, found: _List) -> list[Problem]:
    messages = [_unknown(path, found.unknown)] if found.unknown else []
    messages += [_ambiguous(path, found.ambiguous)] if found.ambiguous else []
    return [Problem("list", message) for message in messages]


def _unknown(path: Path, entries: Sequence[tuple[int, str]]) -> str:
    if len(entries) == 1:
        number, line = entries[0]
        return sentence(
            "{path} names {name} (line {number}), which is not a frame of the data set; correct the "
            "line or delete it.",
            path=path,
            name=_short(line),
            number=number,
        )
    return sentence(
        "{path} has {count} lines that name no frame of the data set: {shown}; correct these "
        "lines or delete them.",
        path=path,
        count=len(entries),
        shown=_shown(entries),
    )


def _ambiguous(path: Path, entries: Sequence[tuple[int, str, tuple[Frame, ...]]]) -> str:
    number, line, meant = entries[0]
    more: str = ""
    if len(entries) > 1:
        more = counted(
            " ({count} more line is like this)", " ({count} more lines are like this)", count=len(entries) - 1
        )
    return sentence(
        "{path} names {name} (line {number}), which can mean {files}{more}; write the file's name exactly as "
        "it is.",
        path=path,
        name=_short(line),
        number=number,
        files=one_of([str(frame.image) for frame in meant[:_SHOWN]]),
        more=more,
    )


def _notes(path: Path, found: _List) -> list[str]:
    twice = {name: lines for name, lines in found.named.items() if len(lines) > 1}
    if not twice:
        return []
    lines = next(iter(twice.values()))
    numbers = all_of([str(number) for number, _ in lines[:_SHOWN]])
    more: str = ""
    if len(twice) > 1:
        more = sentence(", and {count} more frames", count=len(twice) - 1)
    return [
        sentence(
            "{path} names {name} more than once (lines {numbers}){more}; it counts once.",
            path=path,
            name=_short(lines[0][1]),
            numbers=numbers,
            more=more,
        )
    ]


def _in_both(first: Path, second: Path, names: Sequence[str]) -> str:
    if len(names) == 1:
        return sentence(
            "{frame} is in both {first} and {name}; delete it from one of them.",
            frame=names[0],
            first=first,
            name=second.name,
        )
    return sentence(
        "{count} frames are in both {first} and {name}: {shown}; delete each of them from one.",
        count=len(names),
        first=first,
        name=second.name,
        shown=first_of(names, _SHOWN),
    )


def _shown(entries: Sequence[tuple[int, str]]) -> str:
    lines = [sentence("{name} (line {number})", name=_short(line), number=number) for number, line in entries]
    return first_of(lines, _SHOWN)


def _short(line: str) -> str:
    return line.strip()[:_LONGEST]
