"""A place to build a data set in, so that a half-made one never appears among the data sets."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DatasetError
from core.files import is_disk_full, no_room_sentence
from core.folders import sole_holder
from core.languages import sentence

_LOCK = "lock"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}(?<![ .])")


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """A folder beside `target`, on the same disk, that nobody else uses while the block runs.

    It is called `.NAME.part`, so that it does not count as a data set. It is removed when the block ends well
    or leaves it empty; what an error leaves in it is there again next time.
    DatasetError when `target` exists or has a name that cannot be a data set's, when somebody else is
    building it, and for a disk that is full or cannot be written.
    """
    if not _NAME.fullmatch(target.name):
        raise DatasetError(
            sentence(
                "{name!r} cannot be the name of a data set; give up to 64 letters, digits, spaces, dots, "
                "hyphens or underscores.",
                name=target.name,
            )
        )
    place = target.with_name(f".{target.name}.part")
    try:
        if not place.is_dir():
            _refuse_existing(target)
        if place.is_symlink():  # emptying it would empty its target
            raise DatasetError(sentence("{place} is a link; delete it and start again.", place=place))
        place.mkdir(parents=True, exist_ok=True)
        busy = DatasetError(
            sentence("{target} is being made already; wait until it is finished.", target=target)
        )
        with sole_holder(place / _LOCK, busy):
            try:
                if os.path.lexists(target):
                    clear(place)  # whoever made it was killed before tidying, or has just finished
                _refuse_existing(target)
                yield place
                clear(place)
            finally:
                if [path.name for path in place.iterdir()] == [_LOCK]:
                    shutil.rmtree(place)
    except OSError as error:
        raise storage_error(error, target) from error


def clear(place: Path) -> None:
    """Empty a staging folder of whatever an earlier attempt left."""
    for path in place.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()


def storage_error(error: OSError, target: Path) -> DatasetError:
    """The sentence for an operating system's error while making `target`."""
    if is_disk_full(error):
        return DatasetError(no_room_sentence(target))
    return DatasetError(
        sentence("{target} cannot be made: {reason}.", target=target, reason=error.strerror or error)
    )


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise DatasetError(
            sentence("{target} exists already; give another name, or delete it first.", target=target)
        )
