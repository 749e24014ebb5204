"""Fingerprints of a data set's content: equal for equal files, wherever they are and however old."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from io import BufferedReader
from pathlib import Path
from typing import cast

from core.cache import Cache, cache_key
from core.datasets.dataset import SegmentationDataset
from core.datasets.threads import in_order
from core.errors import DatasetError, FileKindError
from core.files import open_plain, signature
from core.languages import sentence

FINGERPRINTS = Cache("fingerprints", 1024**2)
"""By the files' paths, sizes and times; room for 16,000."""


def fingerprint(dataset: SegmentationDataset) -> str:
    """64 hexadecimal digits that change with any picture, label map, class, colour or split.

    Every file is read once; after that, files of the same size and time count as unchanged.
    """
    return _fingerprint(dataset, "all", lambda f: (f.image, f.label))


def label_fingerprint(dataset: SegmentationDataset) -> str:
    """As `fingerprint`, but without the images' content: the key for counts of label maps."""
    return _fingerprint(dataset, "labels", lambda f: (f.label,))


def _fingerprint(dataset: SegmentationDataset, kind: str, files: Callable[..., tuple[Path, ...]]) -> str:
    frames = dataset.frames()
    paths = [path for frame in frames for path in files(frame)]
    key_parts = [repr([(c.name, c.colour) for c in dataset.class_list.classes]), str(dataset.colour_labels)]
    key_parts += [str(dataset.values)] if dataset.values else []
    said = [c.may_be for c in dataset.class_list.classes]
    key_parts += [repr(said)] if any(said) else []
    key_parts += [f"{frame.name}\0{frame.split}" for frame in frames]
    signatures = [(str(path), signature(path)) for path in paths]
    known = cache_key(kind, str(dataset.root.resolve()), key_parts, signatures)
    if kept := FINGERPRINTS.read(known):
        return kept.decode("ascii")
    content = _digest([*key_parts, *in_order(_hash, paths)])
    FINGERPRINTS.write(known, content.encode("ascii"))
    return content


def _hash(path: Path) -> str:
    try:
        with open_plain(Path(os.path.realpath(path))) as file:
            return hashlib.file_digest(cast(BufferedReader, file), "sha256").hexdigest()
    except FileKindError as error:
        raise DatasetError(sentence("{path} cannot be read: it is not a regular file.", path=path)) from error
    except OSError as error:
        raise DatasetError(
            sentence("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
        ) from error


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()
