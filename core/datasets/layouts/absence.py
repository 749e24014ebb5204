"""What to say where no data set is found: what is there instead, and what to do next."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.datasets.layouts.layout import Layout
from core.files import is_file, is_folder
from core.photos.endings import PICTURE_ENDINGS

_ARCHIVES = (".zip", ".tgz", ".tar", ".gz", ".bz2", ".xz", ".7z", ".rar")
_MOST_ENTRIES = 5000
"""Files and folders that are looked at, at most: somebody may give their home folder."""

_DEEPEST = 4
_SHOWN = 3


def nothing_found(root: Path, layouts: Sequence[Layout]) -> str:
    """Why `root` is no data set in any of the layouts: one sentence of what is there and what to do.

    Looks at names only, and at no more than some thousand of them.
    """
    return _no_folder(root) or _contents(root, layouts)


def no_pictures(folder: Path) -> str:
    """Why a data set in a known layout has no frames: one sentence of what is there and what to do."""
    found = _look(folder)
    there = f", but {_and(_words(found))}" if _words(found) else ""
    return (
        f"{folder} holds no pictures{there}; put PNG or JPEG files there, with a label map as PNG for each."
    )


def _no_folder(root: Path) -> str:
    """What is wrong with a path that leads to no folder; empty if it is one."""
    if is_folder(root):
        return ""
    if not os.path.lexists(root):
        return f"{root} does not exist{_like_named(root)}."
    if root.is_symlink() and not root.exists():
        return f"{root} is a link to something that does not exist; give the folder of the data set."
    if root.suffix.lower() in _ARCHIVES:
        return f"{root} is an archive; unpack it, and give the folder that comes out."
    if is_file(root):
        return f"{root} is a file; give the folder of the data set, which may be {root.parent}."
    return f"{root} is neither a folder nor a file; give the folder of a data set."


def _like_named(root: Path) -> str:
    """A hint at what is called like a path that does not exist, or at how far the path leads."""
    parent = next(folder for folder in (*root.parents, Path()) if is_folder(folder))
    missing = root.relative_to(parent).parts[0] if parent != Path() else root.parts[0]
    wanted = missing.strip().casefold()
    alike = [name for name in _names(parent) if name.strip().casefold() == wanted and name != missing]
    if alike:
        return f"; give {parent / alike[0]} if that is meant"
    if parent != root.parent:
        return f": there is no {missing} in {parent.absolute()}; check how it is written"
    return "; check how it is written"


@dataclass
class _Contents:
    """What a folder holds. Files are counted by folder, and by ending where they are no pictures."""

    folders: list[str] = field(default_factory=list)
    pictures: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    archives: list[str] = field(default_factory=list)
    data_sets: list[Path] = field(default_factory=list)


def _look(root: Path, layouts: Sequence[Layout] = ()) -> _Contents:
    found = _Contents()
    for folder, depth, entry in islice(_walk(root), _MOST_ENTRIES):
        path = folder / entry.name
        place = folder.relative_to(root).as_posix()
        suffix = path.suffix.lower()
        if entry.is_dir(follow_symlinks=False):
            if depth == 0:
                found.folders.append(entry.name)
            if any(layout.recognise(path) for layout in layouts):
                found.data_sets.append(path)
        elif suffix in PICTURE_ENDINGS:
            found.pictures[place] += 1
        elif suffix in _ARCHIVES:
            found.archives.append(entry.name)
        else:
            found.others[suffix] += 1
    return found


def _walk(root: Path, depth: int = 0) -> Iterator[tuple[Path, int, os.DirEntry[str]]]:
    """The entries of a folder, then those of its folders; nothing hidden, and no link is followed."""
    try:
        with os.scandir(root) as entries:
            shown = (entry for entry in entries if not entry.name.startswith((".", "__MACOSX")))
            listed = sorted(islice(shown, _MOST_ENTRIES), key=lambda entry: entry.name)
    except OSError:
        return
    yield from ((root, depth, entry) for entry in listed)
    if depth < _DEEPEST:
        for entry in listed:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(root / entry.name, depth + 1)


def _contents(root: Path, layouts: Sequence[Layout]) -> str:
    found = _look(root, layouts)
    if found.data_sets:
        shown = " or ".join(str(path) for path in found.data_sets[:_SHOWN])
        more = f" or one of {len(found.data_sets) - _SHOWN} more" if len(found.data_sets) > _SHOWN else ""
        return f"{root} is no data set, but holds one deeper inside; give {shown}{more}."
    nearest = min(layouts, key=lambda layout: len(layout.missing(root)) / len(_parts(layout)))
    missing = nearest.missing(root)
    renaming = _renaming(root, nearest if len(missing) < len(_parts(nearest)) else None, layouts)
    present = set(_parts(nearest)) - set(missing)
    missing = missing or ["label maps"]
    start = (
        f"{root} has no {_and(missing)}, as {nearest.owner} layout has"
        if present
        else f"{root} is no data set"
    )
    end = f"a data set is in one of the layouts {'; '.join(map(_shape, layouts))}"
    if len(present) >= len(missing) and present != {"train"}:
        end = f"complete the layout: {_shape(nearest)}"
    return f"{start}; {_holds(found)}; {renaming or end}."


def _shape(layout: Layout) -> str:
    return f"{layout.owner} ({', '.join(_parts(layout))})"


def _renaming(root: Path, nearest: Layout | None, layouts: Sequence[Layout]) -> str:
    """What to do about parts that are there in other letters, or as something else; empty without them."""
    names = {name.strip().casefold(): name for name in _names(root)}
    for layout in [nearest] if nearest else layouts:
        missing = layout.missing(root)
        alike = {part: names[part.casefold()] for part in missing if part.casefold() in names}
        renamed = [f"{name} to {part}" for part, name in alike.items() if name != part]
        if renamed:
            return f"rename {_and(renamed)}"
        if alike:
            part = next(iter(alike))
            return f"{part} must be {'a regular file' if part in layout.files else 'a folder'}"
    return ""


def _holds(found: _Contents) -> str:
    """What a folder holds, in words."""
    if found.archives:
        return f"it holds {_and(found.archives[:_SHOWN])}, to be unpacked first"
    if words := _words(found):
        return f"it holds {_and(words)}" + ("" if found.pictures else ", and no pictures")
    if found.folders:
        more = f" and {len(found.folders) - _SHOWN} more" if len(found.folders) > _SHOWN else ""
        return f"it holds only empty folders: {', '.join(found.folders[:_SHOWN])}{more}"
    return "it is empty"


def _words(found: _Contents) -> list[str]:
    return [*_counts(found.pictures, "picture"), *_counts(found.others, "file", by_ending=True)]


def _counts(counted: Counter[str], noun: str, *, by_ending: bool = False) -> list[str]:
    words = []
    for key, count in counted.most_common(_SHOWN):
        plural = noun if count == 1 else f"{noun}s"
        if by_ending:
            words.append(f"{count} {key or 'other'} {plural}")
        else:
            words.append(f"{count} {plural}" + ("" if key == "." else f" in {key}"))
    return words


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in islice(entries, _MOST_ENTRIES))
    except OSError:
        return []


def _parts(layout: Layout) -> tuple[str, ...]:
    return layout.folders + layout.files


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
