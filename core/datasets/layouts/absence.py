"""What to say where no data set is found: what is there instead, and what to do next."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.datasets.layouts.layout import Layout
from core.datasets.pictures import SUFFIXES

_ARCHIVES = (".zip", ".tgz", ".tar", ".gz", ".bz2", ".xz", ".7z", ".rar")
_OTHER_PICTURES = (".gif", ".tif", ".tiff", ".heic", ".jp2", ".ppm", ".npy")
_MOST_ENTRIES = 5000
"""Files and folders that are looked at, at most: somebody may give their home folder."""

_DEEPEST = 4
_SHOWN = 3


def nothing_found(root: Path, layouts: Sequence[Layout]) -> str:
    """Why the folder `root` is no data set in any of the layouts: one sentence of what is there and what to do.

    Looks at names only, and not at more than some thousand of them.
    """
    return _no_folder(root) or _contents(root, layouts)


def no_pictures(folder: Path, layout: Layout) -> str:
    """Why a data set in a known layout has no frames: one sentence of what is there and what to do."""
    found = _look(folder)
    what = _and([*_counts(found.pictures, "picture"), *_counts(found.others, "file", by_ending=True)])
    where = f"it has only {what}" if what else "its folders are empty"
    return (
        f"{folder} holds no pictures that have a label map, as {layout.owner} layout has them: {where}; "
        "put PNG or JPEG files there, and label maps as PNG."
    )


def _no_folder(root: Path) -> str:
    """What is wrong with a path that leads to no folder; empty if it is one."""
    if root.is_dir():
        return ""
    if not os.path.lexists(root):
        return f"{root} does not exist{_like_named(root)}."
    if root.is_symlink() and not root.exists():
        return f"{root} is a link to something that does not exist; give the folder of the data set."
    if root.suffix.lower() in _ARCHIVES:
        return f"{root} is an archive; unpack it, and give the folder that comes out."
    if root.is_file():
        return f"{root} is a file; give the folder of the data set, which may be {root.parent}."
    return f"{root} is neither a folder nor a file; give the folder of a data set."


def _like_named(root: Path) -> str:
    """A hint at what is called like a path that does not exist, or at how far the path leads."""
    parent = next(folder for folder in (*root.parents, Path()) if folder.is_dir())
    missing = root.relative_to(parent).parts[0] if parent != Path() else root.parts[0]
    wanted = missing.strip().casefold()
    alike = [name for name in _names(parent) if name.strip().casefold() == wanted and name != missing]
    if alike:
        return f"; is {parent / alike[0]} meant"
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
        elif suffix in SUFFIXES:
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
            listed = sorted((e for e in entries if not e.name.startswith((".", "__"))), key=lambda e: e.name)
    except OSError:
        return
    yield from ((root, depth, entry) for entry in listed)
    if depth < _DEEPEST:
        for entry in listed:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(root / entry.name, depth + 1)


def _contents(root: Path, layouts: Sequence[Layout]) -> str:
    found = _look(root, layouts)
    nearest = min(layouts, key=lambda layout: len(layout.missing(root)) / len(_parts(layout)))
    missing = nearest.missing(root)
    wanted = "; ".join(f"{layout.owner} ({', '.join(_parts(layout))})" for layout in layouts)
    end = f"a data set is in one of the layouts {wanted}."
    if found.data_sets:
        return f"{root} is no data set, but {_places(found.data_sets)} is one; give that folder."
    if len(missing) < len(_parts(nearest)):
        return f"{root} has no {_and(missing)}, as {nearest.owner} layout has{_instead(root, missing)}; {end}"
    if cased := _cased(root, layouts):
        return f"{root} has folders in other letters than a layout's: {cased}; rename them. Otherwise, {end}"
    return f"{root} is no data set: {_holds(found)}; {end}"


def _instead(root: Path, missing: Sequence[str]) -> str:
    """What there is in place of the parts that are missing: the same name in other letters, or no file at all."""
    names = _names(root)
    for part in missing:
        if os.path.lexists(root / part):
            return f" ({part} is there, but is not {'a regular file' if '.' in part else 'a folder'})"
        alike = [name for name in names if name.casefold().strip() == part.casefold()]
        if alike:
            return f" (there is {alike[0]}: rename it to {part})"
    return ""


def _cased(root: Path, layouts: Sequence[Layout]) -> str:
    names = {name.casefold(): name for name in _names(root)}
    parts = {part for layout in layouts for part in layout.folders}
    found = [(names[part.casefold()], part) for part in sorted(parts) if part.casefold() in names]
    return ", ".join(f"{name} for {part}" for name, part in found if name != part)


def _holds(found: _Contents) -> str:
    """What a folder holds, in words."""
    if found.archives:
        shown = ", ".join(found.archives[:_SHOWN])
        return f"it holds {shown}, which must be unpacked first"
    words = [*_counts(found.pictures, "picture"), *_counts(found.others, "file", by_ending=True)]
    if words:
        hint = "" if found.pictures else ", and no pictures"
        return f"it holds {_and(words)}{hint}"
    return f"it holds only the empty folders {', '.join(found.folders[:_SHOWN])}" if found.folders else "it is empty"


def _counts(counted: Counter[str], noun: str, *, by_ending: bool = False) -> list[str]:
    words = []
    for key, count in counted.most_common(_SHOWN):
        plural = noun if count == 1 else f"{noun}s"
        if by_ending:
            words.append(f"{count} {key or 'other'} {plural}")
        else:
            words.append(f"{count} {plural}" + ("" if key == "." else f" in {key}"))
    return words


def _places(paths: Sequence[Path]) -> str:
    return " or ".join(str(path) for path in paths[:_SHOWN])


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _parts(layout: Layout) -> tuple[str, ...]:
    return layout.folders + layout.files


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
