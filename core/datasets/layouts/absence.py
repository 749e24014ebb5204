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
from core.languages import all_of, counted, first_of, sentence, together
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
    there = sentence(", but {what}", what=all_of(words)) if (words := _words(found)) else ""
    return sentence(
        "{folder} holds no pictures{there}; put PNG or JPEG files there, with a label map as PNG for each.",
        folder=folder,
        there=there,
    )


def _no_folder(root: Path) -> str:
    """What is wrong with a path that leads to no folder; empty if it is one."""
    if is_folder(root):
        return ""
    if not os.path.lexists(root):
        return sentence("{root} does not exist{hint}.", root=root, hint=_like_named(root))
    if root.is_symlink() and not root.exists():
        return sentence(
            "{root} is a link to something that does not exist; give the folder of the data set.", root=root
        )
    if root.suffix.lower() in _ARCHIVES:
        return sentence("{root} is an archive; unpack it, and give the folder that comes out.", root=root)
    if is_file(root):
        return sentence(
            "{root} is a file; give the folder of the data set, which may be {parent}.",
            root=root,
            parent=root.parent,
        )
    return sentence("{root} is neither a folder nor a file; give the folder of a data set.", root=root)


def _like_named(root: Path) -> str:
    """A hint at what is called like a path that does not exist, or at how far the path leads."""
    parent = next(folder for folder in (*root.parents, Path()) if is_folder(folder))
    missing = root.relative_to(parent).parts[0] if parent != Path() else root.parts[0]
    wanted = missing.strip().casefold()
    alike = [name for name in _names(parent) if name.strip().casefold() == wanted and name != missing]
    if alike:
        return sentence("; give {path} if that is meant", path=parent / alike[0])
    if parent != root.parent:
        return sentence(
            ": there is no {missing} in {folder}; check how it is written",
            missing=missing,
            folder=parent.absolute(),
        )
    return sentence("; check how it is written")


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
        return sentence(
            "{root} is no data set, but holds one deeper inside; give {one}.",
            root=root,
            one=_deeper([str(path) for path in found.data_sets]),
        )
    nearest = min(layouts, key=lambda layout: len(layout.missing(root)) / len(_parts(layout)))
    missing = nearest.missing(root)
    renaming = _renaming(root, nearest if len(missing) < len(_parts(nearest)) else None, layouts)
    present = set(_parts(nearest)) - set(missing)
    start = sentence("{root} is no data set", root=root)
    if present:
        parts = all_of(missing or [sentence("label maps")])
        start = sentence(
            "{root} has no {parts}, as {owner} layout has", root=root, parts=parts, owner=nearest.owner
        )
    if renaming:
        end = renaming
    elif len(present) >= max(1, len(missing)) and present != {"train"}:
        end = sentence("complete the layout: {shape}", shape=_shape(nearest))
    else:
        shapes = together([_shape(layout) for layout in layouts], "; ")
        end = sentence("a data set is in one of the layouts {shapes}", shapes=shapes)
    return together([start, _holds(found), sentence("{end}.", end=end)], "; ")


def _deeper(paths: Sequence[str]) -> str:
    if len(paths) <= _SHOWN:
        return " or ".join(paths)
    shown = " or ".join(paths[:_SHOWN])
    return sentence("{shown} or one of {count} more", shown=shown, count=len(paths) - _SHOWN)


def _shape(layout: Layout) -> str:
    return sentence("{owner} ({parts})", owner=layout.owner, parts=", ".join(_parts(layout)))


def _renaming(root: Path, nearest: Layout | None, layouts: Sequence[Layout]) -> str:
    """What to do about parts that are there in other letters, or as something else; empty without them."""
    names = {name.strip().casefold(): name for name in _names(root)}
    for layout in [nearest] if nearest else layouts:
        missing = layout.missing(root)
        alike = {part: names[part.casefold()] for part in missing if part.casefold() in names}
        renamed = [
            sentence("{name} to {part}", name=name, part=part) for part, name in alike.items() if name != part
        ]
        if renamed:
            return sentence("rename {names}", names=all_of(renamed))
        if alike:
            part = next(iter(alike))
            if part in layout.files:
                return sentence("{part} must be a regular file", part=part)
            return sentence("{part} must be a folder", part=part)
    return ""


def _holds(found: _Contents) -> str:
    """What a folder holds, in words."""
    if found.archives:
        return sentence("it holds {names}, to be unpacked first", names=all_of(found.archives[:_SHOWN]))
    if words := _words(found):
        if found.pictures:
            return sentence("it holds {what}", what=all_of(words))
        return sentence("it holds {what}, and no pictures", what=all_of(words))
    if found.folders:
        return sentence("it holds only empty folders: {names}", names=first_of(found.folders, _SHOWN))
    return sentence("it is empty")


def _words(found: _Contents) -> list[str]:
    pictures = [
        counted("{count} picture", "{count} pictures", count=count)
        if place == "."
        else counted("{count} picture in {place}", "{count} pictures in {place}", count=count, place=place)
        for place, count in found.pictures.most_common(_SHOWN)
    ]
    others = [
        counted("{count} {kind} file", "{count} {kind} files", count=count, kind=ending or sentence("other"))
        for ending, count in found.others.most_common(_SHOWN)
    ]
    return [*pictures, *others]


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in islice(entries, _MOST_ENTRIES))
    except OSError:
        return []


def _parts(layout: Layout) -> tuple[str, ...]:
    return layout.folders + layout.files
