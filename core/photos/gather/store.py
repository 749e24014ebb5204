"""The sets of photos on disk, `data/photos/NAME`: the pictures, small ones to look at, and the manifest."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import FolderBusyError, PhotoSetError
from core.file_names import file_name, is_litter, natural_order
from core.files import (
    is_disk_full,
    is_folder,
    no_room_sentence,
    read_plain,
    signature,
    system_error_sentence,
    write_bytes,
)
from core.folders import sole_holder
from core.languages import sentence
from core.photos.gather.entry import Entry, Faces
from core.photos.gather.manifest import FILE, MAX_ENTRIES, Manifest, read_manifest, write_manifest
from core.project import data_folder

FOLDER = "photos"
MAX_NAME = 60

_IMAGES, _SMALL = "images", "small"
_MAX_PICTURE = 40 * 1024**2
_SECONDS = 1.0
"""How often what is gathered is written to the manifest."""


def sets_folder() -> Path:
    """Where the sets are."""
    return data_folder() / FOLDER


def list_sets() -> list[str]:
    """The names of the sets that are there, as people count."""
    folder = sets_folder()
    names = [path.name for path in folder.iterdir()] if is_folder(folder) else []
    found = (name for name in names if not is_litter(name) and (folder / name / FILE).is_file())
    return sorted(found, key=natural_order)


def set_name(text: str) -> str:
    """The name that a set gets when somebody calls it so. PhotoSetError if nothing is left of it."""
    name = file_name(text, otherwise="", longest=MAX_NAME)
    if not name:
        raise PhotoSetError(sentence("A set of photos needs a name with a letter or a digit in it."))
    return name


class PhotoSet:
    """One set. The threads of a process share it, from `open_set`; each change is for all of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.RLock()
        self._entries: dict[int, Entry] = {}
        self._faces: Faces = "on"
        self._agreed = Manifest()
        self._signature: str | None = None
        self._unwritten_since: float | None = None
        self._read()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.root.name

    @property
    def version(self) -> str:
        """Changes with every change of the set."""
        return f"{self._signature} {self._unwritten_since}"

    def entries(self) -> tuple[Entry, ...]:
        """All entries, by number."""
        with self._lock:
            if self._unwritten_since is None and signature(self.root / FILE) != self._signature:
                self._read()  # another process has gathered
            return tuple(self._entries[number] for number in sorted(self._entries))

    @property
    def faces(self) -> Faces:
        """What was said of faces and number plates in this set."""
        self.entries()  # another process may have changed it
        return self._faces

    def set_faces(self, faces: Faces) -> None:
        """Say what is to become of faces and number plates. PhotoSetError if the disk does not take it."""
        with self._lock:
            self.entries()  # another process may have gathered meanwhile
            self._faces = faces
            self.save()

    def to_go_over(self) -> tuple[Entry, ...]:
        """The photos of the set in which somebody has yet to look for faces and number plates."""
        wanted = self.photos() if self.faces == "on" else ()
        return tuple(entry for entry in wanted if not entry.gone_over)

    def photos(self) -> tuple[Entry, ...]:
        """The entries whose photos are in the set: taken, and not dropped."""
        return tuple(entry for entry in self.entries() if entry.is_in_set)

    def entry(self, number: int) -> Entry | None:
        """The entry with a number; None if there is none."""
        return self._entries.get(number)

    def add(self, entries: Sequence[Entry], *, later: bool = False) -> tuple[Entry, ...]:
        """Add entries, which get the next numbers. PhotoSetError if the set would have too many.

        later: write the manifest with the next change.
        """
        with self._lock:
            if len(self._entries) + len(entries) > MAX_ENTRIES:
                raise PhotoSetError(
                    sentence(
                        "A set has at most {max_entries:,} lines: begin another one.", max_entries=MAX_ENTRIES
                    )
                )
            first = max(self._entries, default=0) + 1
            added = tuple(
                entry.model_copy(update={"number": number}) for number, entry in enumerate(entries, first)
            )
            self._entries.update((entry.number, entry) for entry in added)
            if later:
                self._unwritten_since = self._unwritten_since or time.monotonic()
            else:
                self.save()
            return added

    def change(self, changes: Mapping[int, Mapping[str, Any]], *, later: bool = False) -> None:
        """Change fields of entries, by number. later: write the manifest now and then, until `save`."""
        with self._lock:
            for number, fields in changes.items():
                if number in self._entries:
                    self._entries[number] = self._entries[number].model_copy(update=dict(fields))
            if not later:
                self.save()
                return
            if self._unwritten_since is None:
                self._unwritten_since = time.monotonic()
            elif time.monotonic() - self._unwritten_since > _SECONDS:
                self.save()

    def save(self) -> None:
        """Write the manifest. PhotoSetError if the disk does not take it."""
        with self._lock, _in_words():
            self.root.mkdir(parents=True, exist_ok=True)
            if signature(self.root / FILE) not in (self._signature, None):
                self._merge(read_manifest(self.root))
            entries = tuple(self._entries[number] for number in sorted(self._entries))
            manifest = Manifest(faces=self._faces, entries=entries)
            write_manifest(self.root, manifest)
            self._agreed = manifest
            self._signature, self._unwritten_since = signature(self.root / FILE), None

    def _merge(self, theirs: Manifest) -> None:
        """Take up what another process has changed: photos dropped on a page while a command gathers."""
        before = {entry.number: entry for entry in self._agreed.entries}
        for entry in theirs.entries:
            own, agreed = self._entries.get(entry.number), before.get(entry.number)
            if own is None:
                self._entries[entry.number] = entry
            elif agreed is not None and entry != agreed:
                fields = [
                    field for field in Entry.model_fields if getattr(entry, field) != getattr(agreed, field)
                ]
                changed = {field: getattr(entry, field) for field in fields}
                self._entries[entry.number] = own.model_copy(update=changed)
        if theirs.faces != self._agreed.faces:
            self._faces = theirs.faces

    def write_picture(self, file: str, picture: bytes, small: bytes) -> None:
        """Write a photo and the small one of it, both JPEG."""
        with _in_words():
            for folder, data in ((_IMAGES, picture), (_SMALL, small)):
                (self.root / folder).mkdir(parents=True, exist_ok=True)
                write_bytes(self.root / folder / file, data)

    def picture(self, entry: Entry) -> bytes:
        """The JPEG of a photo. PhotoSetError if it is gone."""
        return self._bytes(_IMAGES, entry)

    def small(self, entry: Entry) -> bytes:
        """The small JPEG of a photo. PhotoSetError if it is gone."""
        return self._bytes(_SMALL, entry)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """For whoever gathers into the set: FolderBusyError if another process or thread does."""
        with _in_words():
            self.root.mkdir(parents=True, exist_ok=True)
            lock = self.root / ".gather.lock"
        busy = FolderBusyError(
            sentence("Photos are being gathered into {name} already; wait until that ends.", name=self.name)
        )
        with sole_holder(lock, busy):
            try:
                yield
            finally:
                self.save()

    def _bytes(self, folder: str, entry: Entry) -> bytes:
        path = self.root / folder / entry.file
        with _in_words():
            return read_plain(path, _MAX_PICTURE, inside=self.root)

    def _read(self) -> None:
        self._signature = signature(self.root / FILE)
        self._agreed = read_manifest(self.root)
        self._faces = self._agreed.faces
        self._entries = {entry.number: entry for entry in self._agreed.entries}


_sets: dict[Path, PhotoSet] = {}
_registry = threading.Lock()


def open_set(name: str) -> PhotoSet:
    """The set with a name, which need not be there yet. PhotoSetError if its manifest cannot be read."""
    root = sets_folder().absolute() / set_name(name)
    with _registry, _in_words():
        if root not in _sets:
            _sets[root] = PhotoSet(root)
        return _sets[root]


def find_set(name: str) -> PhotoSet | None:
    """The set with exactly this name; None if there is none. PhotoSetError if its manifest cannot be read."""
    is_name = 0 < len(name) <= MAX_NAME and file_name(name, otherwise="", longest=MAX_NAME) == name
    return open_set(name) if is_name and (sets_folder() / name / FILE).is_file() else None


@contextmanager
def _in_words() -> Iterator[None]:
    """Errors of the disk as sentences."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise PhotoSetError(no_room_sentence(sentence("the photos"))) from error
        raise PhotoSetError(system_error_sentence(error)) from error
