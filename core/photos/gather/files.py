"""Photos that are here already: single files, a zip, or a folder of this machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from core.errors import FileSizeError, ImageTooLargeError, PhotoSetError, StreetScopeError
from core.file_names import is_litter, natural_order
from core.files import is_file, is_folder, read_plain
from core.jobs import Tell
from core.languages import sentence
from core.photos.archives import is_zip, unpacked
from core.photos.endings import is_picture_name
from core.photos.gather.entry import Entry, words
from core.photos.gather.gathering import NEVER_READ, Came, Shares, came_of, take_in
from core.photos.gather.sorting import grouped
from core.photos.gather.store import PhotoSet
from core.photos.guarded import PROCESSES
from core.photos.images import MAX_BYTES

MOST = 500
"""Files of one folder, or of one drop."""

Named = tuple[str, Callable[[], bytes]]
"""A file's name, and how its bytes are read."""


def files_of(given: Iterable[tuple[str, bytes]]) -> list[Named]:
    """Files that somebody gave, zips unpacked. What is wrong with one is said when it is read."""
    return [(name, _given(content)) for name, content in unpacked(given, MOST)]


def files_in(folder: Path) -> list[Named]:
    """The pictures of a folder, in the order in which people count. PhotoSetError if there are none."""
    if not is_folder(folder):
        raise PhotoSetError(
            sentence("There is no folder {folder}; give the full path of one with photos.", folder=folder)
        )
    try:
        paths = sorted(
            (path for path in folder.iterdir() if is_picture_name(path.name) and not is_litter(path.name)),
            key=lambda path: natural_order(path.name),
        )
    except OSError as error:
        raise PhotoSetError(
            sentence("{folder} cannot be read: {reason}.", folder=folder, reason=error.strerror or error)
        ) from error
    found = [path for path in paths if is_file(path)]
    if not found:
        raise PhotoSetError(
            sentence(
                "There is no photo in {folder}; give a folder with JPEG or PNG files in it.", folder=folder
            )
        )
    return [(path.name, lambda path=path: _read(path)) for path in found]  # type: ignore[misc]


def files_at(path: Path) -> list[Named]:
    """The photos of a folder or a zip, or the one that a file is. PhotoSetError; OSError."""
    if is_folder(path):
        return files_in(path)
    with path.open("rb") as file:
        zipped = is_zip(file.read(4))
    return files_of([(path.name, path.read_bytes())]) if zipped else [(path.name, lambda: _read(path))]


def add_files(
    photos: PhotoSet, files: Sequence[Named], shares: Shares | None, tell: Tell = lambda *_: None
) -> int:
    """Check files and put them into a set, up to MOST of them; returns how many were taken.

    shares, tell: as for `gather`. Raised from, it leaves the rest out.
    """
    files = files[:MOST]
    with photos.gathering():
        entries = photos.add([Entry(number=0, address=words(name), source="file") for name, _ in files])
        try:
            for done, came in enumerate(_ahead(list(zip(entries, files, strict=True)))):
                tell(done, len(files), None, "")
                take_in(photos, came, shares)
        finally:
            left = [
                entry.number for entry in photos.entries() if entry.state == "waiting" and entry in entries
            ]
            photos.change(dict.fromkeys(left, NEVER_READ))
            photos.change(grouped(photos.entries()))
        numbers = {entry.number for entry in entries}
        return sum(entry.state == "taken" and entry.number in numbers for entry in photos.entries())


def _ahead(wanted: Sequence[tuple[Entry, Named]]) -> Iterator[Came]:
    """What becomes of each file, in order; the next ones are being checked meanwhile."""
    with ThreadPoolExecutor(PROCESSES) as checking:
        started: deque[Future[Came]] = deque()
        try:
            for entry, (_, read) in wanted:
                started.append(checking.submit(came_of, entry, read))
                if len(started) > 2 * PROCESSES:
                    yield started.popleft().result()
            while started:
                yield started.popleft().result()
        finally:
            checking.shutdown(cancel_futures=True)


def _given(content: bytes | StreetScopeError) -> Callable[[], bytes]:
    def read() -> bytes:
        if isinstance(content, StreetScopeError):
            raise content
        return content

    return read


def _read(path: Path) -> bytes:
    try:
        return read_plain(path, MAX_BYTES)
    except FileSizeError as error:
        raise ImageTooLargeError(
            sentence("This file has more than {most} MB; give a smaller one.", most=MAX_BYTES // 2**20)
        ) from error
    except OSError as error:
        raise PhotoSetError(
            sentence("{name} cannot be read: {reason}.", name=path.name, reason=error.strerror or error)
        ) from error
