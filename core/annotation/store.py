"""Corrections, saved as they happen: opened, found again by their picture, and listed in sets.

A set called NAME is the folder `corrections-NAME` beside the other data sets, and a data set like any other
(`core.annotation.folder`). A step is saved in this order: a line of the journal, the manifest, the label map.
The journal decides: a label map that a kill kept from being written is written when its correction is opened.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.annotation import journal
from core.annotation.folder import SetFolder, share_reviewed, translate_errors
from core.annotation.history import History
from core.annotation.keys import picture_key
from core.annotation.manifest import Picture, class_name, new_class, words
from core.annotation.runs import NOT_REVIEWED, Mask, unpacked
from core.classes import ClassList
from core.errors import AnnotationError
from core.file_names import file_name, natural_order
from core.files import is_folder, is_plain, write_bytes
from core.languages import sentence
from core.photos import images
from core.project import data_folder

PREFIX = "corrections-"

KEPT = 8
"""Corrections that stay in memory though no window shows them."""


@dataclass(frozen=True)
class Source:
    """What a picture is, and which model's prediction its correction started from.

    name: of the photo's file, or of the data set and the frame. model: empty without a prediction. credit:
    who made the picture, and its licence. photo: identifies the file that it was scaled from; a photo at two
    sizes is two pictures. Empty where nobody knows.
    """

    kind: Literal["photo", "frame"]
    name: str
    model: str = ""
    credit: str = ""
    photo: str = ""


class OpenCorrection:
    """One picture of a set under the hand; all windows of this server share one.

    key: of the picture's content. image: (H, W, 3) RGB, 0..255. start: (H, W) what the correction starts
    from, in the numbers of `class_list`, and NOT_REVIEWED where that is nothing. version: edits, undos and
    redos since the correction began. history: a new one after each step; its `mask` is never changed in
    place.
    """

    def __init__(
        self,
        folder: SetFolder,
        key: str,
        image: NDArray[np.uint8],
        start: Mask,
        source: Source,
        saved: journal.Replayed,
    ) -> None:
        self.key, self.image, self.start, self.source = key, image, start, source
        self.history, self.version = saved.history, saved.steps
        self._folder, self._size, self._lines = folder, saved.size, saved.lines
        self._entry = folder.known().picture(key)
        self._lock = threading.RLock()

    @property
    def set_name(self) -> str:
        """The set that the correction belongs to."""
        return self._folder.path.name.removeprefix(PREFIX)

    @property
    def mask(self) -> Mask:
        """(H, W) what was reviewed: class numbers, and NOT_REVIEWED elsewhere."""
        return self.history.mask

    @property
    def class_list(self) -> ClassList:
        """The set's classes: numbers stay what they are, and new classes come after the others."""
        return self._folder.class_list

    @property
    def reviewed(self) -> float:
        """The share of the pixels that have a class, in [0, 1]."""
        return share_reviewed(self.mask)

    @property
    def others(self) -> tuple[Picture, ...]:
        """The other pictures of the set in which something is reviewed, the last changed first."""
        reviewed = [each for each in self._folder.known().pictures if each.reviewed and each.key != self.key]
        return tuple(sorted(reviewed, key=lambda each: each.changed, reverse=True))

    @property
    def at_other_sizes(self) -> tuple[Picture, ...]:
        """Those of the others that are the same photo at another size."""
        photo = self.source.photo
        return tuple(each for each in self.others if photo and each.photo == photo)

    def edit(self, packed: bytes) -> bool:
        """Make one edit (`Runs.packed`) and save it; whether anything is different now.

        AnnotationError, DiskFullError, FolderBusyError: all is then as it was before.
        """
        runs = unpacked(packed, self.mask.size, len(self.class_list))
        return self._step(lambda history: history.edit(runs), journal.edit_line(packed))

    def undo(self) -> bool:
        """Take the last edit back and save that; False if there is none. Errors as for `edit`."""
        return self._step(History.undo, journal.UNDO)

    def redo(self) -> bool:
        """Do again what was undone last and save that; False if there is none. Errors as for `edit`."""
        return self._step(History.redo, journal.REDO)

    def add_class(self, name: str) -> int:
        """The number of the class called `name`, which is added to the set if there is none.

        Upper and lower case are the same. AnnotationError for a name that no class can have, and for one
        class too many; errors as for `edit`.
        """
        name = class_name(name)
        with self._folder.writing():
            manifest = self._folder.known()
            known = [other.casefold() for other in manifest.names]
            if name.casefold() not in known:
                self._folder.put(manifest.with_classes([new_class(name)]), durable=True)
                return len(known)
            return known.index(name.casefold())

    def is_current(self) -> bool:
        """Whether the set still has the correction as it is here: no other program has changed it."""
        with self._lock, self._folder.lock, translate_errors():
            fresh = self._folder.read_manifest()
            return fresh is not None and fresh.picture(self.key) == self._entry

    def _step(self, change: Callable[[History], bool], line: bytes) -> bool:
        with self._lock:
            changed = self.history.copy()
            if not change(changed):
                return False
            with self._folder.writing():
                self._save(changed, line)
            self.history, self.version = changed, self.version + 1
            return True

    def _save(self, changed: History, line: bytes) -> None:
        """Save one step, or leave everything as it was."""
        folder = self._folder
        if folder.known().picture(self.key) != self._entry:
            raise journal.changed_elsewhere()
        if self._entry is None:
            self._begin()
        path = folder.journal(self.key)
        journal.append(path, line, self._size, inside=folder.path)
        try:
            self._put_entry(changed.mask)
            folder.write_label(self.key, changed.mask)
        except BaseException:
            journal.cut(path, self._size, inside=folder.path)
            raise
        self._size, self._lines = self._size + len(line), self._lines + 1
        if self._lines > journal.COMPACT_LINES or self._size > journal.COMPACT_BYTES:
            self._compact(changed)

    def _begin(self) -> None:
        """Write what a correction needs before its first step."""
        steps = journal.compacted(self.history, self.version)
        self._folder.begin(self.key, self.source.name, self.image, self.start, self.mask, steps)
        self._size, self._lines = len(steps), steps.count(b"\n") - 1
        try:
            self._put_entry(self.mask, durable=True)
        except BaseException:
            if self._entry is None:
                self._folder.discard(self.key)
            raise

    def _put_entry(self, mask: Mask, *, durable: bool = False) -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        height, width = mask.shape
        name = self._folder.name(self.key)
        entry = Picture(
            key=self.key,
            kind=self.source.kind,
            name=words(self.source.name),
            model=words(self.source.model),
            credit=words(self.source.credit),
            photo=words(self.source.photo),
            height=height,
            width=width,
            reviewed=share_reviewed(mask),
            begun=self._entry.begun if self._entry else now,
            changed=now,
            file="" if name == self.key else name,
        )
        try:
            self._folder.put(self._folder.known().with_picture(entry), durable=durable)
        finally:
            self._entry = self._folder.known().picture(self.key)

    def _compact(self, history: History) -> None:
        """Write the journal anew and short; if that cannot be, later: the step is saved already."""
        data = journal.compacted(history, self.version + 1)
        with contextlib.suppress(OSError):
            write_bytes(self._folder.journal(self.key), data, durable=True)
            self._size, self._lines = len(data), data.count(b"\n") - 1


@dataclass(frozen=True)
class CorrectionSet:
    """A set of corrections as it lies on the disk: a data set in `path` with a class list and pictures.

    pictures: in the order in which they came, each with its key, its source and the share reviewed.
    """

    name: str
    path: Path
    class_list: ClassList
    pictures: tuple[Picture, ...]

    def picture(self, key: str) -> Picture:
        """The picture with a key; AnnotationError if there is none."""
        for picture in self.pictures:
            if picture.key == key:
                return picture
        raise AnnotationError(
            sentence("The corrections {name} have no such picture: reload the page.", name=self.name)
        )


def set_folder(name: str) -> Path:
    """The folder of the set called `name`, whether it is there or not."""
    return data_folder() / f"{PREFIX}{file_name(name, 'mine', 100)}"


def open_correction(
    set_name: str,
    image: NDArray[np.uint8],
    start: Mask,
    class_list: ClassList,
    source: Source,
    reviewed: bool = False,
) -> OpenCorrection:
    """Find what was saved of a picture in a set, or begin; nothing of it is written before the first step.

    image: (H, W, 3) RGB, 0..255. start: (H, W) numbers of `class_list`, and NOT_REVIEWED. The set may number
    its classes otherwise: go by the classes and the start of what is returned. reviewed: a new correction's
    mask begins as `start`, as of a data set's label map, and not empty.
    AnnotationError, DiskFullError, FolderBusyError; FileKindError and DatasetError for a damaged set.
    """
    if image.shape[:2] != start.shape:
        raise AnnotationError(sentence("The picture and what its correction starts from differ in size."))
    if min(start.shape) < images.MIN_SIDE:
        raise AnnotationError(
            sentence("A picture to correct has at least {min_side} pixels a side.", min_side=images.MIN_SIDE)
        )
    folder = _folder_of(set_name)
    folder.admit(class_list)
    start = _renumbered(start, class_list, folder.class_list)
    mask = start if reviewed else np.full_like(start, NOT_REVIEWED)
    opened = _opened(folder, picture_key(image), image, start, source, mask)
    opened.start = start  # that of another window may be of another model
    return opened


def open_saved(set_name: str, key: str) -> OpenCorrection:
    """Open a correction of a set by its key, with the picture and the start that were saved.

    Errors as for `open_correction`.
    """
    picture = open_set(set_name).picture(key)
    folder = _folder_of(set_name)
    with folder.writing():
        image = folder.read_image(picture)
        if picture_key(image) != key:
            raise AnnotationError(
                sentence(
                    "{image} is another picture than the one that was corrected: put that back, or remove "
                    "the correction.",
                    image=folder.image(key),
                )
            )
        try:
            start = folder.read_mask(folder.start(key), picture)
        except FileNotFoundError:
            start = np.full(image.shape[:2], NOT_REVIEWED, np.uint8)
    source = Source(picture.kind, picture.name, picture.model, picture.credit, picture.photo)
    return _opened(folder, key, image, start, source, np.full_like(start, NOT_REVIEWED))


def list_sets() -> list[str]:
    """The names of the sets that have pictures, in natural order."""
    folders = [path for path in data_folder().glob(f"{PREFIX}*") if is_folder(path)]
    names = [path.name.removeprefix(PREFIX) for path in folders if is_plain(path / "codes.txt")]
    return sorted(names, key=natural_order)


def open_set(name: str) -> CorrectionSet:
    """A set of corrections; AnnotationError if there is none.

    AnnotationError, FileKindError or DatasetError for one that is damaged.
    """
    path = set_folder(name)
    with translate_errors():
        manifest = SetFolder(path).read_manifest()
    if manifest is None or not manifest.pictures:
        raise AnnotationError(
            sentence("There are no corrections called {name}; they begin with the first stroke.", name=name)
        )
    return CorrectionSet(path.name.removeprefix(PREFIX), path, manifest.class_list(path), manifest.pictures)


def remove_correction(set_name: str, key: str) -> None:
    """Remove a picture with its correction from a set, and the set with its last picture.

    AnnotationError if there is no such picture; errors as for `open_correction`.
    """
    open_set(set_name).picture(key)
    folder = _folder_of(set_name)
    with folder.writing():
        folder.remove(key)
        folder.corrections.pop(key, None)


_folders: weakref.WeakValueDictionary[Path, SetFolder] = weakref.WeakValueDictionary()
_kept: OrderedDict[int, OpenCorrection] = OrderedDict()
_registry = threading.Lock()


def _folder_of(name: str) -> SetFolder:
    path = set_folder(name).absolute()
    with _registry, translate_errors():
        folder = _folders.get(path)
        if folder is None or not folder.matches():
            folder = _folders[path] = SetFolder(path)
        return folder


def _opened(
    folder: SetFolder, key: str, image: NDArray[np.uint8], start: Mask, source: Source, mask: Mask
) -> OpenCorrection:
    """The correction in memory, if it is still what the disk has, or else that of the disk, or a new one."""
    found: OpenCorrection | None = folder.corrections.get(key)
    if found is None or not found.is_current():
        with folder.writing():
            other = folder.corrections.get(key)
            if other is None or other is found:
                saved = _saved(folder, key, mask)
                if saved.history.mask.shape != mask.shape:
                    path = folder.journal(key)
                    raise AnnotationError(
                        sentence("{path} is of a picture of another size: move it elsewhere.", path=path)
                    )
                other = folder.corrections[key] = OpenCorrection(folder, key, image, start, source, saved)
            found = other
    _keep(found)
    return found


def _saved(folder: SetFolder, key: str, mask: Mask) -> journal.Replayed:
    """What the disk has of a correction; with `mask` and no steps if that is nothing."""
    picture = folder.known().picture(key)
    if picture is None:
        return _forgotten(folder, key) or journal.Replayed(History(mask), 0, 0, 0)
    if (picture.height, picture.width) != mask.shape:
        raise AnnotationError(
            sentence(
                "The manifest of {path} gives this picture another size: remove the correction there.",
                path=folder.path,
            )
        )
    try:
        saved = journal.replayed(folder.journal(key), len(folder.class_list), inside=folder.path)
    except FileNotFoundError:
        head = journal.begun(folder.read_mask(folder.label(key), picture))
        folder.make_folders()
        write_bytes(folder.journal(key), head, durable=True)
        saved = journal.replayed(folder.journal(key), len(folder.class_list), inside=folder.path)
    journal.cut(folder.journal(key), saved.size, inside=folder.path)  # without the rest of a torn line
    folder.mend_label(key, saved.history.mask)
    return saved


def _forgotten(folder: SetFolder, key: str) -> journal.Replayed | None:
    """What a journal says of a picture that the manifest lacks: somebody may have put an older one there."""
    try:
        return journal.replayed(folder.journal(key), len(folder.class_list), inside=folder.path)
    except FileNotFoundError:
        return None


def _keep(correction: OpenCorrection) -> None:
    with _registry:
        _kept[id(correction)] = correction
        _kept.move_to_end(id(correction))
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _renumbered(start: Mask, own: ClassList, shared: ClassList) -> Mask:
    """A mask in the numbers of another list that has all the classes, by name."""
    numbers = {name: number for number, name in enumerate(shared.names)}
    table = np.full(256, NOT_REVIEWED, np.uint8)
    table[: len(own)] = [numbers[class_name(name)] for name in own.names]
    return table[start]
