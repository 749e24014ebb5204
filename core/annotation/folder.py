"""The folder of a set of corrections: what is written into it and in which order, and what is read back.

In fastai's layout: `images/NAME.png`, `labels/NAME_P.png` with 255 where nothing was reviewed, `codes.txt`,
`label_colors.txt`, and from five pictures on `valid.txt`. NAME is the photo's own with the key's
first digits, and in older sets the key alone. Ours are `manifest.json`, `journals/KEY` and `starts/KEY.png`,
what each correction started from. Only the manifest and the journals are ever believed: the other lists and
the label maps follow from them.
"""

from __future__ import annotations

import contextlib
import re
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.annotation import journal
from core.annotation.journal import changed_elsewhere
from core.annotation.keys import frame_name, picture_key, short_key
from core.annotation.manifest import FILE, Manifest, Picture, read_manifest, write_manifest
from core.annotation.runs import NOT_REVIEWED, Mask
from core.classes import ClassList
from core.datasets import Frame, SegmentationDataset, labels, pictures
from core.datasets.layouts.lists import LABEL_COLOURS
from core.datasets.layouts.opening import open_dataset
from core.errors import AnnotationError, DiskFullError, FileKindError
from core.files import (
    disk_full_sentence,
    is_disk_full,
    is_file,
    is_plain,
    read_plain,
    remove_parts,
    system_error_sentence,
    write_bytes,
    write_text,
)
from core.folders import sole_writer
from core.languages import mark, sentence
from core.photos import images

HELD_OUT = 5
"""Of so many pictures, one is for validation."""

_WAIT = 5.0
"""Seconds to wait for another program that writes the set."""

_FOLDERS = ("images", "labels", "journals", "starts")
_LISTS = ("codes.txt", LABEL_COLOURS, "valid.txt")
_KEY = re.compile(r"[0-9a-f]{64}")
_NAMED = re.compile(r".+-[0-9a-f]{8}")


class SetFolder:
    """A set's folder, shared by all who use it in this process.

    manifest: as it was last read or written; None before there is one. corrections: those in memory, by key.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest: Manifest | None = None
        self.lock = threading.RLock()
        self.corrections: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
        self._begun: dict[str, str] = {}

    @property
    def class_list(self) -> ClassList:
        """The set's classes."""
        return self.known().class_list(self.path)

    def known(self) -> Manifest:
        """The manifest; AnnotationError if there is none any more."""
        if self.manifest is None:
            raise changed_elsewhere()
        return self.manifest

    def matches(self) -> bool:
        """Whether the classes on the disk have the numbers that they have here."""
        return self._keeps_numbers(self.read_manifest())

    def image(self, key: str) -> Path:
        """The file of a picture."""
        return self._file("images", f"{self.name(key)}.png")

    def label(self, key: str) -> Path:
        """The label map of a picture."""
        return self._file("labels", f"{self.name(key)}_P.png")

    def name(self, key: str) -> str:
        """What the files of a picture are called, without their endings: the frame's name in the data set."""
        known = self.manifest.picture(key) if self.manifest else None
        return known.frame if known else self._begun.get(key, key)

    def journal(self, key: str) -> Path:
        """The journal of a correction."""
        return self._file("journals", key)

    def start(self, key: str) -> Path:
        """What a correction started from."""
        return self._file("starts", f"{key}.png")

    def _file(self, folder: str, name: str) -> Path:
        """FileKindError if the folder is a link, by which something else would be written or shown."""
        if (self.path / folder).is_symlink():
            raise FileKindError(
                sentence("{path} is a link: replace it with what it leads to.", path=self.path / folder)
            )
        return self.path / folder / name

    def _keeps_numbers(self, fresh: Manifest | None) -> bool:
        known = self.manifest.names if self.manifest else []
        return (fresh.names if fresh else [])[: len(known)] == known

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one who changes the set, in any process; the manifest is then up to date.

        FolderBusyError while another program has the set for long; FileKindError for a link by which the set
        would begin in a folder of something else. What the system refuses is said in one sentence:
        DiskFullError, AnnotationError.
        """
        if self.path.is_symlink() and not is_file(self.path / FILE):
            raise FileKindError(
                sentence(
                    "{path} is a link to a folder without corrections: remove it, or choose another set.",
                    path=self.path,
                )
            )
        with self.lock, translate_errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with sole_writer(self.path, _WAIT):
                self.refresh()
                yield

    def refresh(self) -> None:
        """Read the manifest again; AnnotationError if a class got another number, which no mask here has."""
        fresh = self.read_manifest()
        if not self._keeps_numbers(fresh):
            raise changed_elsewhere()
        self.manifest = fresh

    def read_manifest(self) -> Manifest | None:
        """The manifest on the disk, or made anew from the data set if it is gone; None where nothing is."""
        try:
            return read_manifest(self.path)
        except FileNotFoundError:
            return self._manifest_of_files() if is_file(self.path / "codes.txt") else None

    def admit(self, classes: ClassList) -> None:
        """Add the classes that are new, or begin the set with these."""
        with self.writing():
            self._clean_up()
            before = self.manifest or Manifest.of(classes)
            self.put(before.with_classes(classes.classes), durable=True)

    def _clean_up(self) -> None:
        """Remove what a killed process has half begun: no step of it was saved."""
        remove_parts(self.path)
        known = {picture.key for picture in self.manifest.pictures} if self.manifest else set()
        for path in (self.path / "journals").glob("*"):
            half_begun = _KEY.fullmatch(path.name) and path.name not in known and is_plain(path)
            if half_begun and read_plain(path, journal.MAX_BYTES).count(b"\n") <= 1:
                self.discard(path.name)

    def put(self, manifest: Manifest, *, durable: bool = False) -> None:
        """Write the manifest if it has changed, and the lists that follow from it."""
        if manifest != self.manifest:
            self.path.mkdir(exist_ok=True)
            write_manifest(self.path, manifest, durable=durable)
            self.manifest = manifest
        if manifest.pictures:
            self._write_lists(manifest)

    def begin(
        self, key: str, photo: str, image: NDArray[np.uint8], start: Mask, mask: Mask, steps: bytes
    ) -> None:
        """Write the files of a new correction, its journal first and its picture last.

        A picture must not be without a label map, and what has no step in its journal can go (`_clean_up`).
        photo: the photo's name, which its files get.
        """
        self._begun[key] = self._new_name(key, photo)
        try:
            self.make_folders()
            write_bytes(self.journal(key), steps, durable=True)
            write_bytes(self.start(key), images.encode_index_png(start, self.class_list.palette))
            self.write_label(key, mask)
            write_bytes(self.image(key), images.encode_png(image, quickly=True), durable=True)
        except BaseException:
            self.discard(key)
            raise

    def _new_name(self, key: str, photo: str) -> str:
        """What to call the files of a picture that the manifest lacks: those that are there keep theirs."""
        if is_plain(self.path / "images" / f"{key}.png"):
            return key
        wanted = frame_name(photo, key)
        taken = {picture.frame for picture in self.manifest.pictures} if self.manifest else set()
        return min(self._unlisted(key), default=key if wanted in taken else wanted)

    def _unlisted(self, key: str) -> set[str]:
        """The names of files that are there for a picture, and of no other in the manifest."""
        others = {one.frame for one in self.manifest.pictures if one.key != key} if self.manifest else set()
        found = {path.stem for path in (self.path / "images").glob(f"*-{short_key(key)}.png")}
        found |= {path.stem[:-2] for path in (self.path / "labels").glob(f"*-{short_key(key)}_P.png")}
        return found - others

    def make_folders(self) -> None:
        """Make the folders that are missing."""
        for name in _FOLDERS:
            (self.path / name).mkdir(parents=True, exist_ok=True)

    def write_label(self, key: str, mask: Mask) -> None:
        """Write the label map of a picture."""
        write_bytes(self.label(key), images.encode_index_png(mask, self.class_list.palette))

    def mend_label(self, key: str, mask: Mask) -> None:
        """Write the label map of a picture if the file is another one, or none; without room, later.

        The correction can be looked at nevertheless, and its next step will say that there is no room.
        """
        if _content(self.label(key), self.path) == images.encode_index_png(mask, self.class_list.palette):
            return
        try:
            self.write_label(key, mask)
        except OSError as error:
            if not is_disk_full(error):
                raise

    def read_image(self, picture: Picture) -> NDArray[np.uint8]:
        """(H, W, 3) a picture of the set; FileKindError, and DatasetError for a file that is none.

        AnnotationError if it has another size than the manifest says.
        """
        path = self.image(picture.key)
        image = pictures.decode_image(path, read_plain(path, images.MAX_BYTES, inside=self.path))
        _check_size(path, image.shape[:2], picture)
        return image

    def read_mask(self, path: Path, picture: Picture) -> Mask:
        """(H, W) the numbers in a file of the set, each of them a class or NOT_REVIEWED. Errors as above."""
        data = read_plain(path, images.MAX_BYTES, inside=self.path)
        numbers = labels.as_numbers(path, labels.open_label(path, data))
        if numbers is None or labels.numbers_in(numbers) - {*range(len(self.class_list)), NOT_REVIEWED}:
            raise AnnotationError(
                sentence(
                    "{path} has other numbers than the set has classes: {elsewhere}.",
                    path=path,
                    elsewhere=sentence(_ELSEWHERE),
                )
            )
        _check_size(path, numbers.shape, picture)
        return numbers.astype(np.uint8)

    def remove(self, key: str) -> None:
        """Remove a picture with all that belongs to it, and the set with its last picture."""
        rest = self.known().without_picture(key)
        self.put(rest, durable=True)
        self.discard(key)
        if not rest.pictures:
            self._remove_all()

    def discard(self, key: str) -> None:
        """Remove the files of a picture."""
        for name in self._unlisted(key) | {self.name(key), key}:
            self._file("images", f"{name}.png").unlink(missing_ok=True)
            self._file("labels", f"{name}_P.png").unlink(missing_ok=True)
        self.start(key).unlink(missing_ok=True)
        self.journal(key).unlink(missing_ok=True)
        self._begun.pop(key, None)

    def _remove_all(self) -> None:
        for name in (*_LISTS, FILE):
            (self.path / name).unlink(missing_ok=True)
        self.manifest = None
        with contextlib.suppress(OSError):  # somebody keeps more in it
            for name in _FOLDERS:
                (self.path / name).rmdir()
            self.path.rmdir()

    def _write_lists(self, manifest: Manifest) -> None:
        classes = self.class_list.classes
        held_out = [f"{picture.frame}.png\n" for picture in manifest.pictures[HELD_OUT - 1 :: HELD_OUT]]
        texts = (
            "".join(f"{one.name}\n" for one in classes),
            "".join("{} {} {}\t{}\n".format(*one.colour, one.name) for one in classes),
            "".join(held_out),
        )
        for name, text in zip(_LISTS, texts, strict=True):
            path = self.path / name
            if not text:
                path.unlink(missing_ok=True)
            elif _content(path, self.path) != text.encode():
                write_text(path, text)

    def _manifest_of_files(self) -> Manifest:
        """A manifest of a set that has lost its own. AnnotationError for a data set of another kind."""
        dataset = open_dataset(self.path, strict=False)
        found = Manifest.of(dataset.class_list)
        for frame in sorted(dataset.frames(), key=lambda frame: frame.name):
            key = _key_of(frame, dataset)
            if key is None:
                raise AnnotationError(
                    sentence(
                        "{path} is a data set, but no set of corrections: give the corrections another name.",
                        path=self.path,
                    )
                )
            label = dataset.read_label(frame)
            height, width = label.shape
            named = frame.name != key
            found = found.with_picture(
                Picture(
                    key=key,
                    kind="photo",
                    name=frame.name.removesuffix(f"-{short_key(key)}") if named else "",
                    height=height,
                    width=width,
                    reviewed=share_reviewed(label),
                    file=frame.name if named else "",
                )
            )
        return found


def _key_of(frame: Frame, dataset: SegmentationDataset) -> str | None:
    """The key of the picture in a frame of a set that has lost its manifest; None if it was none of ours."""
    if _KEY.fullmatch(frame.name):
        return frame.name
    if not _NAMED.fullmatch(frame.name):
        return None
    key = picture_key(dataset.read_image(frame))
    return key if frame.name.endswith(short_key(key)) else None


def share_reviewed(mask: Mask) -> float:
    """The share of a mask (H, W) that has a class, in [0, 1]."""
    return float(np.count_nonzero(mask != NOT_REVIEWED) / mask.size)


@contextmanager
def translate_errors() -> Iterator[None]:
    """What the system refuses, in one sentence: DiskFullError, or AnnotationError."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            again = sentence("do the last step again; what was saved before is complete")
            raise DiskFullError(disk_full_sentence(error, again)) from error
        raise AnnotationError(system_error_sentence(error)) from error


_ELSEWHERE = mark("move it elsewhere, and reload the page")


def _check_size(path: Path, size: tuple[int, ...], picture: Picture) -> None:
    if size != (picture.height, picture.width):
        raise AnnotationError(
            sentence(
                "{path} is {width} x {height} pixels, and its correction is of {picture_width} x "
                "{picture_height}: {elsewhere}.",
                path=path,
                width=size[1],
                height=size[0],
                picture_width=picture.width,
                picture_height=picture.height,
                elsewhere=sentence(_ELSEWHERE),
            )
        )


def _content(path: Path, root: Path) -> bytes | None:
    """What a file has; None if it cannot be read."""
    try:
        return read_plain(path, images.MAX_BYTES, inside=root)
    except (OSError, FileKindError):
        return None
