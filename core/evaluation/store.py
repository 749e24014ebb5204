"""Evaluations that were made before, kept in the data set's cache: nobody waits twice for the same figures.

What is kept belongs to the weights and class list of a model, the content of a data set, and a split. Where
any of these has changed, the evaluation is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.datasets import SegmentationDataset, Split, cache
from core.datasets.contents.fingerprint import fingerprint
from core.evaluation.boundaries import FARTHEST, BoundaryCounts
from core.evaluation.calibration import BINS, Calibration
from core.evaluation.frame_counts import FrameCounts
from core.evaluation.metrics import check_classes_fit
from core.evaluation.results import SplitEvaluation

if TYPE_CHECKING:
    from core.models.store import ModelCard
    from core.segmentation.segmenter import Segmenter

_FOLDER = "evaluations"
_VERSION = 2
_MOST = 64
"""Evaluations kept of a data set; the oldest give way."""

_MAX_BYTES = 64 * 1024**2

_SIZES = re.compile(r"\d{1,5} x \d{1,5}(, \d{1,5} x \d{1,5})*")

Progress = Callable[[int, int], None]


def evaluation_key(card: ModelCard, dataset: SegmentationDataset, split: Split) -> str:
    """64 hexadecimal digits that change with whatever may change the figures.

    The first time that a data set is asked about, all its files are read. DatasetError when one cannot be.
    """
    from core.hardware.processor import has_native_bfloat16

    key_parts = [
        _VERSION,
        card.weights_sha256,
        card.network,
        card.class_list.model_dump(),
        card.normalisation.model_dump(),
        has_native_bfloat16(),
        fingerprint(dataset),
        split,
    ]
    return hashlib.sha256(repr(key_parts).encode()).hexdigest()


def kept_evaluation(card: ModelCard, dataset: SegmentationDataset, split: Split) -> SplitEvaluation | None:
    """The evaluation of a model on a split that was made before; None where there is none.

    Errors as `evaluation_key`. What is kept but makes no sense counts as not there.
    """
    folder = cache.folder(dataset.root, _FOLDER)
    if folder is None or not any(folder.iterdir()):
        return None  # and the data set's files need not be read
    path = folder / f"{evaluation_key(card, dataset, split)[:32]}.npz"
    return _read(path, card, dataset, split)


def evaluate_once(
    card: ModelCard,
    dataset: SegmentationDataset,
    split: Split = "valid",
    progress: Progress = lambda done, total: None,
    *,
    load: Callable[[], Segmenter] | None = None,
    again: bool = False,
) -> SplitEvaluation:
    """Measure a model on a split, or take what was measured before.

    load: gives the model where it must be loaded; else it comes from the model store. again: measure even so.
    progress, errors: as `core.evaluation.evaluate.evaluate`; ModelError for the model.
    """
    check_classes_fit(dataset, card.class_list.restored(), card.name)
    if not again and (kept := kept_evaluation(card, dataset, split)):
        progress(kept.images, kept.images)
        return kept
    from core.evaluation.evaluate import evaluate
    from core.segmentation.segmenter import load_segmenter

    segmenter = load() if load else load_segmenter(card.name)
    card = segmenter.model.card  # somebody may have trained the model anew since
    key = evaluation_key(card, dataset, split)
    found = evaluate(segmenter, dataset, split, progress)
    if evaluation_key(card, dataset, split) == key:  # nobody changed the data set meanwhile
        _keep(key, dataset, found)
    return found


def _keep(key: str, dataset: SegmentationDataset, evaluation: SplitEvaluation) -> None:
    folder = cache.folder(dataset.root, _FOLDER)
    data = _encode(evaluation)
    if folder is None or len(data) > _MAX_BYTES:
        return
    cache.write(folder / f"{key[:32]}.npz", data)
    kept = [path for path in folder.glob("*.npz") if cache.is_kept(path)]
    with contextlib.suppress(OSError):
        for path in sorted(kept, key=lambda path: path.stat().st_mtime_ns)[:-_MOST]:
            path.unlink()


def _encode(evaluation: SplitEvaluation) -> bytes:
    file = io.BytesIO()
    frames, calibration, boundary = evaluation.frames, evaluation.calibration, evaluation.boundary
    np.savez(
        file,
        size=np.array(evaluation.size),
        frames=frames.frames,
        pairs=frames.pairs,
        pixels=frames.pixels,
        losses=frames.losses,
        calibration_pixels=calibration.pixels,
        calibration_hits=calibration.hits,
        calibration_confidence=calibration.confidence,
        boundary_pixels=boundary.pixels,
        boundary_hits=boundary.hits,
    )
    return file.getvalue()


def _read(path: Path, card: ModelCard, dataset: SegmentationDataset, split: Split) -> SplitEvaluation | None:
    """What was kept under this very key; None where there is nothing, or nothing that makes sense."""
    if not cache.is_kept(path) or path.stat().st_size > _MAX_BYTES:
        return None
    try:
        # Uncompressed: a file from elsewhere cannot unfold to more.
        with zipfile.ZipFile(path) as archive:
            if any(part.compress_type != zipfile.ZIP_STORED for part in archive.infolist()):
                return None
        with np.load(path, allow_pickle=False) as parts:
            return _decode(dict(parts), card, dataset, split)
    except Exception:  # whatever a broken or foreign file makes the readers raise: it is measured anew
        return None


def _decode(
    parts: dict[str, NDArray[Any]], card: ModelCard, dataset: SegmentationDataset, split: Split
) -> SplitEvaluation:
    """ValueError for parts that do not belong together."""
    classes = card.class_list.restored()
    names = tuple(frame.name for frame in dataset.frames(split))
    count = len(classes)
    entries = parts["frames"].shape
    by_bin, by_distance = (count, BINS), (count, FARTHEST + 1)
    wanted: dict[str, tuple[type[np.generic], tuple[int, ...]]] = {
        "frames": (np.int32, entries),
        "pairs": (np.int32, entries),
        "pixels": (np.uint32, entries),
        "losses": (np.float64, (len(names),)),
        "calibration_pixels": (np.int64, by_bin),
        "calibration_hits": (np.int64, by_bin),
        "calibration_confidence": (np.float64, by_bin),
        "boundary_pixels": (np.int64, by_distance),
        "boundary_hits": (np.int64, by_distance),
    }
    _require(
        all(
            parts[name].dtype == kind and parts[name].shape == shape for name, (kind, shape) in wanted.items()
        )
    )
    _require(len(entries) == 1 and entries[0] > 0 and bool((parts["pixels"] > 0).all()))
    for name, end in (("frames", len(names)), ("pairs", count * count)):
        _require(parts[name].min() >= 0 and parts[name].max() < end)
    total = int(parts["pixels"].sum(dtype=np.int64))
    for kind in ("calibration", "boundary"):
        pixels, hits = parts[f"{kind}_pixels"], parts[f"{kind}_hits"]
        _require(pixels.sum() == total and bool((hits >= 0).all()) and bool((hits <= pixels).all()))
    _require(bool(np.isfinite(parts["calibration_confidence"]).all()) and bool((parts["losses"] >= 0).any()))
    size = parts["size"]
    _require(size.shape == () and _SIZES.fullmatch(str(size)) is not None)
    frames = FrameCounts(names, count, parts["frames"], parts["pairs"], parts["pixels"], parts["losses"])
    confusion = frames.confusion()
    for kind in ("calibration", "boundary"):
        _require(parts[f"{kind}_hits"].sum() == np.trace(confusion))
    return SplitEvaluation(
        card.name,
        dataset.name,
        split,
        str(size),
        len(names),
        classes.names,
        confusion,
        classes,
        frames,
        Calibration(parts["calibration_pixels"], parts["calibration_hits"], parts["calibration_confidence"]),
        BoundaryCounts(parts["boundary_pixels"], parts["boundary_hits"]),
    )


def _require(holds: bool | np.bool_) -> None:
    if not holds:
        raise ValueError
