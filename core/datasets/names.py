"""Names, matched by what people mean: an entry of a list and its frame, a picture and its label map.

Lists are written on Windows and macOS, by hand and by programs, for copies of a data set in other folders and
formats. What is equal as written wins over what looks equal, and that over what differs in case only.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from core.datasets.dataset import Frame
from core.photos.endings import PICTURE_ENDINGS

# Formats that are not read here, but that the list of another copy of the data set may name.
_ENDINGS = PICTURE_ENDINGS | {".tif", ".tiff", ".ppm", ".pgm", ".tga", ".jp2", ".avif", ".jxl"}

_QUOTES = {'"': '"', "'": "'", "`": "`", "\u201c": "\u201d", "\u2018": "\u2019", "\u00ab": "\u00bb"}
_BETWEEN = re.compile(r"[\s,;|]+")
_LONGEST = 16_384
"""Signs of a line, at most: twice as many as two paths can have. A longer one names nothing."""

_MOST_PLACES = 64
"""Places of a line at which it may be an image and its label; a longer line is no pair of names."""


def can_stand_on_a_line(name: str) -> bool:
    """Whether a text file can list `name`: no line break, no control character, nothing that is no text."""
    return not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in name)


def _as_written(name: str) -> str:
    return name


def _as_seen(name: str) -> str:
    """What looks equal is equal: composed or not, any kind of space, without what cannot be seen."""
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", name) if not _is_invisible(sign))
    return " ".join(visible.split())


def _in_any_case(name: str) -> str:
    return unicodedata.normalize("NFKC", _as_seen(name).casefold())


_FORMS: tuple[Callable[[str], str], ...] = (_as_written, _as_seen, _in_any_case)
"""What is compared of a name, from strict to loose."""


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf"


def _bare(name: str) -> str:
    """A file's name without the endings of pictures; other dots belong to the name."""
    stem, dot, ending = name.rpartition(".")
    return _bare(stem) if stem and dot and f".{ending.lower()}" in _ENDINGS else name


def _any_ending(name: str) -> str:
    return _in_any_case(_bare(name))


_BARE = 4
"""Added to the rank of a name from which endings were taken."""


class _Spelling(NamedTuple):
    """One way to name a frame.

    rank: 0 by its picture's file, 1 without its ending, 2 and 3 by its label map; `_BARE` more without any
    ending of a picture. The lower, the nearer to what the file is called.
    """

    rank: int
    folders: tuple[str, ...]
    frame: int


class FrameNames:
    """The frames of a data set by all the names that people give them."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self._frames = tuple(frames)
        self._known: list[dict[str, list[_Spelling]]] = [defaultdict(list) for _ in _FORMS]
        for number, frame in enumerate(self._frames):
            for rank, name, folders in _spellings(frame):
                for known, form in zip(self._known, _FORMS, strict=True):
                    known[form(name)].append(_Spelling(rank, folders, number))

    def meant(self, entry: str) -> tuple[Frame, ...]:
        """The frames that one line of a list can mean: none, one, or several when it is ambiguous.

        entry: a file's name or a frame's, with any folders, slashes, quotes and ending, by its picture or its
        label map, or both of these on one line ("image label").
        """
        if len(entry) > _LONGEST:
            return ()
        named = self._named(entry)
        pairs = list(self._pairs(entry))
        across = [frames for frames, crosses_folders in pairs if crosses_folders]
        # As one path, "train/a.png annot/b.png" would be b in the folder "train/a.png annot".
        found = named if named and not across else set().union(*(across or [frames for frames, _ in pairs]))
        return tuple(self._frames[number] for number in sorted(found))

    def _named(self, entry: str) -> set[int]:
        """The frames that `entry` names in the strictest form in which it names any."""
        readings = [_split_path(entry), _split_path(_tidied(entry))]
        if "\\" in entry:  # on Linux a file's name can hold one
            readings.insert(0, ((), entry))
        for known, form in zip(self._known, _FORMS, strict=True):
            for folders, name in readings:
                fits = [
                    ((-_shared(folders, spelling.folders), spelling.rank + more), spelling.frame)
                    for key, more in ((name, 0), (_bare(name), _BARE))
                    for spelling in known.get(form(key), ())
                ]
                if fits:
                    best = min(fits)[0]
                    return {frame for fit, frame in fits if fit == best}
        return set()

    def _pairs(self, entry: str) -> Iterator[tuple[set[int], bool]]:
        """The frames that both halves of `entry` name, for each place where both halves are names.

        None where they contradict each other. With each, whether the second half begins with a folder.
        """
        for first, second in _divided(entry):
            image = self._named(first)
            label = self._named(second) if image else set()
            if label or (image and _is_label_of(second, first)):
                yield image & (label or image), "/" in second.replace("\\", "/")


def _spellings(frame: Frame) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    for rank, file in ((0, frame.image), (2, frame.label)):
        folders = _comparable(file.parent.parts)
        yield rank, file.name, folders
        yield rank + 1, file.stem, folders
        yield rank + _BARE, _bare(file.name), folders
    if frame.name != frame.image.stem:
        yield 1, frame.name, ()


def _divided(entry: str) -> Iterator[tuple[str, str]]:
    """Both halves of a line, for each place at which it can be divided; quotes may be around each or all."""
    for line in {entry.strip(), _tidied(entry)}:
        for between in islice(_BETWEEN.finditer(line), _MOST_PLACES):
            yield line[: between.start()], line[between.end() :]


def _is_label_of(second: str, first: str) -> bool:
    """Whether `second`, which names no file here, can be another copy's label map of the picture `first`."""
    image, label = _split_path(_tidied(first))[1], _split_path(_tidied(second))[1]
    if _bare(image) == image or _bare(label) == label:
        return False
    return bool(re.match(re.escape(_any_ending(image)) + r"[._-]\S*$", _any_ending(label)))


def _tidied(entry: str) -> str:
    """Without spaces, commas and quotes around it."""
    text = entry.strip().strip("\ufeff").strip().rstrip(",;").rstrip()
    while len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def _split_path(path: str) -> tuple[tuple[str, ...], str]:
    *folders, name = path.replace("\\", "/").split("/")
    return _comparable(folders), name


def _comparable(folders: Sequence[str]) -> tuple[str, ...]:
    return tuple(_in_any_case(folder) for folder in folders if folder not in ("", "."))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many folders two paths share, counted from the file upwards."""
    for count, (here, there) in enumerate(zip(reversed(one), reversed(other), strict=False)):
        if here != there:
            return count
    return min(len(one), len(other))


class Matches(NamedTuple):
    """found: the label map of each picture that has exactly one. doubtful: the several it may have."""

    found: dict[Path, Path]
    doubtful: dict[Path, tuple[Path, ...]]

    @property
    def claimed(self) -> set[Path]:
        """The label maps that belong to a picture, or may."""
        return set(self.found.values()).union(*self.doubtful.values())


def match_labels(pictures: Sequence[Path], maps: Sequence[Path], suffix: str) -> Matches:
    """Give each picture called NAME the label map called NAME`suffix`, and no label map to two pictures."""
    found: dict[Path, Path] = {}
    doubtful: dict[Path, tuple[Path, ...]] = {}
    marked = [path for path in maps if ends_with(path.stem, suffix)]
    for form in (*_FORMS, _any_ending):
        wanted, given = defaultdict(list), defaultdict(list)
        for picture in pictures:
            if picture not in found:
                wanted[form(picture.stem)].append(picture)
        taken = set(found.values())
        for path in marked:
            if path not in taken:
                given[form(path.stem[: len(path.stem) - len(suffix)])].append(path)
        for key, alike in wanted.items():
            if len(alike) == len(given[key]) == 1:
                found[alike[0]] = given[key][0]
            elif given[key]:
                doubtful |= dict.fromkeys(alike, tuple(given[key]))
    return Matches(found, {picture: maps for picture, maps in doubtful.items() if picture not in found})


def ends_with(stem: str, suffix: str) -> bool:
    """Whether a label map's name ends as its layout has it, in upper or lower case."""
    return not suffix or stem[-len(suffix) :].lower() == suffix.lower()
