"""All photos of a set segmented at two sizes, as the article did: how far the two agree, and where not."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache, cache_key
from core.jobs import Tell
from core.photos import images
from core.photos.gather.checking import SMALL_SIDE
from core.photos.gather.entry import Entry
from core.photos.gather.store import PhotoSet
from core.segmentation.comparison import Comparison, compare
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter, segment_photo
from core.segmentation.sizes import SIZES

USED_SIZES = ("512", "1024")
"""The article's, as the longer side: squashed to squares, streets look different."""

_FORMAT = 1
_kept = Cache("photos-two-sizes", 64 * 1024**2)


@dataclass(frozen=True, eq=False)
class PhotoAgreement:
    """What one photo is at two sizes.

    agreement: the share of its pixels with the same class. confidence: the mean at each size.
    same, either: (C,) pixels that both call a class, and that at least one does. mask: a small
    index PNG of the classes at the second size.
    """

    entry: Entry
    agreement: float
    confidence: tuple[float, float]
    same: NDArray[np.int64]
    either: NDArray[np.int64]
    mask: bytes


@dataclass(frozen=True, eq=False)
class SetAgreement:
    """What a set is at two sizes. photos: in the set's order. names, palette: of the model's classes."""

    model: str
    photos: tuple[PhotoAgreement, ...]
    names: tuple[str, ...]
    palette: NDArray[np.uint8]

    @property
    def agreement(self) -> float:
        """The mean over the photos, each counting the same, in [0, 1]."""
        return float(np.mean([photo.agreement for photo in self.photos]))

    @property
    def confidence(self) -> tuple[float, float]:
        """The mean over the photos at each size, in [0, 1]."""
        first, second = np.mean([photo.confidence for photo in self.photos], axis=0)
        return float(first), float(second)

    def by_class(self) -> list[tuple[str, float, float]]:
        """Each class that occurs: its name, the agreement, and its share of all pixels, the largest first.

        The agreement is the intersection over union of its areas at the two sizes, over all photos.
        """
        same, either = (sum(getattr(photo, what) for photo in self.photos) for what in ("same", "either"))
        total = np.sum(either)
        rows = [
            (name, float(same[n] / either[n]), float(either[n] / total))
            for n, name in enumerate(self.names)
            if either[n]
        ]
        return sorted(rows, key=lambda row: -row[2])

    def most_different(self) -> list[PhotoAgreement]:
        """The photos, that with the least agreement first."""
        return sorted(self.photos, key=lambda photo: photo.agreement)


def at_two_sizes(photos: PhotoSet, segmenter: Segmenter, tell: Tell = lambda *_: None) -> SetAgreement:
    """Segment the photos of a set at both sizes and compare them.

    What was computed before is kept: after an interruption it goes on there. tell: may raise to end it.
    PhotoSetError if a photo is gone.
    """
    wanted = photos.photos()
    found = []
    for done, entry in enumerate(wanted):
        tell(done, len(wanted), None, "")
        found.append(_of_photo(photos, entry, segmenter))
    tell(len(wanted), len(wanted), None, "")
    return SetAgreement(
        segmenter.name, tuple(found), segmenter.class_list.names, segmenter.class_list.palette
    )


def keep_confidence(photos: PhotoSet, found: SetAgreement) -> None:
    """Note in a set how sure the network was of each photo at the first size. PhotoSetError for the disk."""
    photos.change({each.entry.number: {"confidence": round(each.confidence[0], 4)} for each in found.photos})


def _of_photo(photos: PhotoSet, entry: Entry, segmenter: Segmenter) -> PhotoAgreement:
    key = cache_key(_FORMAT, entry.sha256, entry.blurred, segmenter.card.weights_sha256, USED_SIZES)
    kept = _kept.read(key)
    values = None if kept is None else _unpacked(kept, len(segmenter.class_list))
    if values is None:
        values = _compared(photos.picture(entry), segmenter)
        _kept.write(key, json.dumps(values).encode())
    return PhotoAgreement(
        entry,
        values["agreement"],
        tuple(values["confidence"]),
        np.array(values["same"], np.int64),
        np.array(values["either"], np.int64),
        base64.b64decode(values["mask"]),
    )


def _unpacked(data: bytes, classes: int) -> Mapping[str, Any] | None:
    """What was kept; None if somebody has damaged it."""
    try:
        values: Mapping[str, Any] = json.loads(data)
        return values if len(values["same"]) == len(values["either"]) == classes else None
    except (ValueError, KeyError, TypeError):
        return None


def _compared(picture: bytes, segmenter: Segmenter) -> Mapping[str, Any]:
    first, second = (segment_photo(segmenter, picture, SIZES[size]) for size in USED_SIZES)
    compared = compare(first, second)
    same, either = _counts(compared)
    return {
        "agreement": 1 - compared.share_changed,
        "confidence": [float(each.confidence.mean()) for each in (first, second)],
        "same": same.tolist(),
        "either": either.tolist(),
        "mask": base64.b64encode(_mask(second)).decode(),
    }


def _counts(compared: Comparison) -> Sequence[NDArray[np.int64]]:
    """(C,) pixels that both call a class, and that either does."""
    classes = len(compared.names)
    own = [np.bincount(each.ravel(), minlength=classes) for each in (compared.first, compared.second)]
    same = np.bincount(compared.first[~compared.changed], minlength=classes)
    return same, own[0] + own[1] - same


def _mask(segmentation: Segmentation) -> bytes:
    labels = segmentation.labels
    height, width = _small_size(*labels.shape)
    rows, cols = (
        (2 * np.arange(new) + 1) * old // (2 * new)
        for new, old in zip((height, width), labels.shape, strict=True)
    )
    return images.encode_index_png(labels[np.ix_(rows, cols)], segmentation.class_list.palette)


def _small_size(height: int, width: int) -> tuple[int, int]:
    return images.working_size(height, width, min(SMALL_SIDE, max(height, width)))
