"""The one way to write a folder: whole or not at all, by one process at a time.

While the folder NAME is written, there is beside it, on the same disk:

    .NAME.lock   held by whoever writes it; the system releases it however that process ends
    .NAME.new    what is being written
    .NAME.old    what NAME was, for a moment, where two folders cannot change places in one step

1. The lock is taken, and what a killed process has left of .NAME.new is removed.
2. .NAME.new is written, and flushed to the disk.
3. .NAME.new becomes NAME. If there is a NAME, the two change places in one step, where the system can do
   that; elsewhere NAME becomes .NAME.old, .NAME.new becomes NAME, and .NAME.old is removed.
4. The old folder and the lock are removed.

Killed before step 3, NAME is the old folder; after it, the new one. Killed between the two renames of step 3,
there is .NAME.old and no NAME: for readers, `standing` is then the old one, and the next writer renames it
back.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import FolderBusyError, FolderTakenError, StreetScopeError
from core.files import is_plain
from core.languages import sentence

_NEW, _OLD, _LOCK = "new", "old", "lock"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of Linux: fcntl.h and linux/fs.h
_CANNOT_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


@contextmanager
def replacing_folder(target: Path, *, replace: bool) -> Iterator[Path]:
    """A new folder beside `target`; when the block ends well, it takes the place of `target`.

    After an error nothing is left of it, and `target` stays as it was.
    replace: whether `target` may be there already. What it has and the new folder lacks is then taken over:
    it may be somebody's notes.
    FolderTakenError, FolderBusyError while another process or thread writes it, OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with sole_writer(target):
        _settle(target)
        if not replace and not is_free(target):
            raise _taken(target)
        new = _beside(target, _NEW)
        new.mkdir()
        try:
            yield new
            if replace:
                _take_over(target, new)
            _flush(new)
            _take_place(new, target, replace)
        finally:
            _remove(new)


def standing(target: Path) -> Path:
    """Where to read a folder that `replacing_folder` writes: the old one, if the exchange was cut short."""
    old = _beside(target, _OLD)
    return old if old.is_dir() and not os.path.lexists(target) else target


def interrupted(folder: Path) -> list[str]:
    """The names of the folders in `folder` of which only the old one is left, under another name."""
    targets = [folder / _name(old, _OLD) for old in folder.glob(f".*.{_OLD}")]
    return [target.name for target in targets if standing(target) != target]


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes have left in `folder`; what a living one writes stays."""
    for lock in folder.glob(f".*.{_LOCK}"):
        with contextlib.suppress(FolderBusyError, OSError):
            target = folder / _name(lock, _LOCK)
            with sole_writer(target):
                _settle(target)


def is_free(target: Path) -> bool:
    """Whether nothing is lost by taking the name: an empty folder may go."""
    if target.is_symlink() or not target.is_dir():
        return not os.path.lexists(target)
    return next(target.iterdir(), None) is None


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{kind}")


def _name(path: Path, kind: str) -> str:
    return path.name.removeprefix(".").removesuffix(f".{kind}")


@contextmanager
def sole_holder(path: Path, busy: StreetScopeError, wait: float = 0) -> Iterator[None]:
    """Hold the lock at `path` during the block.

    The system releases it however this process ends. busy: raised where another process or thread still holds
    it after `wait` seconds.
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise busy from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def sole_writer(target: Path, wait: float = 0) -> Iterator[None]:
    """Be the only one who writes a folder during the block; FolderBusyError after `wait` seconds."""
    path = _beside(target, _LOCK)
    busy = FolderBusyError(
        sentence("{target} is being written already: wait until that has ended.", target=target)
    )
    with sole_holder(path, busy, wait):
        try:
            yield
        finally:
            # While it is held: whoever waits for the removed file notices, and makes a new one.
            with contextlib.suppress(OSError):
                path.unlink()


def _settle(target: Path) -> None:
    """Clean up after a killed process."""
    _remove(_beside(target, _NEW))
    old = _beside(target, _OLD)
    if standing(target) == old:
        old.rename(target)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _taken(target: Path) -> FolderTakenError:
    return FolderTakenError(
        sentence("{target} exists already: give another name, or move it away.", target=target)
    )


def _take_over(target: Path, new: Path) -> None:
    """Link or copy into `new` what `target` has besides."""
    for path in target.iterdir() if target.is_dir() else ():
        if os.path.lexists(new / path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True, copy_function=_link_or_copy)
        else:
            _link_or_copy(path, new / path.name)


def _link_or_copy(source: str | Path, destination: str | Path) -> None:
    try:
        os.link(source, destination, follow_symlinks=False)
    except OSError:  # a disk without hard links
        if not is_plain(Path(source)):
            raise
        shutil.copy2(source, destination)


def _flush(folder: Path) -> None:
    """Wait until a folder is on the disk with all in it: renamed before that, it could be empty later."""
    for path in folder.rglob("*"):
        if is_plain(path):
            _flush_one(path)
    _flush_one(folder)


def _flush_one(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folder
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_place(new: Path, target: Path, replace: bool) -> None:
    if not replace or not os.path.lexists(target):
        try:
            new.rename(target)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise _taken(target) from error
            raise
    elif not _exchange(new, target):
        old = _beside(target, _OLD)
        target.rename(old)
        new.rename(target)
        _remove(old)
    _flush_one(target.parent)


def _exchange(first: Path, second: Path) -> bool:
    """Let two names change places in one step; False where the system cannot do that."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    ends = (_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second))
    if renameat2(*ends, _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(second))
