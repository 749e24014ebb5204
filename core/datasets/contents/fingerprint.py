"""What a data set's content is known by: equal for equal files, wherever and however old they are."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from core.datasets import cache
from core.datasets.dataset import SegmentationDataset
from core.datasets.threads import in_order
from core.errors import DatasetError

_FILE = "fingerprints.json"
_MAX_BYTES = 64 * 1024
_DIGITS = re.compile("[0-9a-f]{64}")  # what is kept may come from elsewhere and end in a path


def fingerprint(dataset: SegmentationDataset) -> str:
    """64 hexadecimal digits that change with any picture, label map, class, colour or split.

    Every file is read once; after that, files of the same sizes and times count as the same.
    """
    return _fingerprint(dataset, "all", lambda f: (f.image, f.label))


def label_fingerprint(dataset: SegmentationDataset) -> str:
    """As `fingerprint`, but the pictures' content does not count: counts of label maps go by it."""
    return _fingerprint(dataset, "labels", lambda f: (f.label,))


def _fingerprint(dataset: SegmentationDataset, kind: str, files: Callable[..., tuple[Path, ...]]) -> str:
    frames = dataset.frames()
    paths = [path for frame in frames for path in files(frame)]
    key_parts = [repr([(c.name, c.colour) for c in dataset.class_list.classes]), str(dataset.colour_labels)]
    key_parts += [f"{frame.name}\0{frame.split}" for frame in frames]
    looks = _digest(
        [*key_parts, *(f"{path.relative_to(dataset.root)}\0{cache.signature(path)}" for path in paths)]
    )
    kept = _read(dataset.root)
    if kept.get(kind, ("", ""))[0] == looks:
        return kept[kind][1]
    content = _digest([*key_parts, *in_order(_hash, paths)])
    if folder := cache.folder(dataset.root):
        cache.write(folder / _FILE, json.dumps(_read(dataset.root) | {kind: (looks, content)}).encode())
    return content


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


def _read(root: Path) -> dict[str, tuple[str, str]]:
    """What was kept: (what the files looked like, fingerprint) by kind; nothing where it makes no sense."""
    folder = cache.folder(root)
    kept: dict[str, tuple[str, str]] = {}
    # Broken or foreign: it is computed anew
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        if folder and cache.is_kept(folder / _FILE) and (folder / _FILE).stat().st_size <= _MAX_BYTES:
            for kind, (looks, content) in json.loads((folder / _FILE).read_text("utf-8")).items():
                if _DIGITS.fullmatch(content):
                    kept[str(kind)] = (str(looks), content)
    return kept
