"""What sets of corrections are called: the names that people choose, and how many pictures each set has."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from core.annotation.folder import SetFolder, translate_errors
from core.annotation.manifest import FILE
from core.annotation.store import PREFIX, list_sets, set_folder
from core.errors import AnnotationError, StreetScopeError
from core.languages import sentence

MAX_SET_NAME = 40


def set_name(text: str) -> str:
    """The name of the set that somebody means: the rest of its folder's name."""
    return set_folder(text).name.removeprefix(PREFIX)


def new_set_name(text: str) -> str:
    """The name for a new set, as somebody typed it; nothing is written before its first picture.

    AnnotationError for a name that cannot be one, and for one that a set has already, in any case.
    """
    tidy = " ".join(text.split())
    if len(tidy) > MAX_SET_NAME or not any(character.isalnum() for character in tidy):
        raise AnnotationError(
            sentence(
                "A set needs a name of 1 to {max_set_name} letters and digits.", max_set_name=MAX_SET_NAME
            )
        )
    name = set_name(tidy)
    taken = next((known for known in list_sets() if known.casefold() == name.casefold()), None)
    if taken is not None:
        raise AnnotationError(
            sentence("There is a set called {taken} already: choose it in the list.", taken=taken)
        )
    if set_folder(name).exists():
        raise AnnotationError(
            sentence("The folder {name} is something else: choose another name.", name=set_folder(name).name)
        )
    return name


def count_pictures(name: str) -> int | None:
    """How many pictures a set has: 0 before its first one; None for a set that is damaged."""
    root = set_folder(name)
    try:
        found = (root / FILE).lstat()
    except OSError:
        return _counted(root)
    return _counted_as_of(root, (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))


@lru_cache(maxsize=256)
def _counted_as_of(root: Path, stamp: tuple[int, ...]) -> int | None:
    """Counted once for a manifest, as a page lists all sets in each of its runs. stamp: of the manifest."""
    return _counted(root)


def _counted(root: Path) -> int | None:
    try:
        with translate_errors():
            manifest = SetFolder(root).read_manifest()
    except StreetScopeError:
        return None
    return len(manifest.pictures) if manifest else 0
