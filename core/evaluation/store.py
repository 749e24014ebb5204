"""Cached evaluations: nobody waits twice for the same figures.

An evaluation belongs to a model's weights and class list, a data set's content, the size at which it is read,
and a split. If any of these has changed, the model is evaluated again.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache, cache_key
from core.datasets import SegmentationDataset, Split
from core.datasets.contents.fingerprint import fingerprint
from core.evaluation.boundaries import BoundaryCounts
from core.evaluation.calibration import Calibration
from core.evaluation.frame_counts import FrameCounts
from core.evaluation.metrics import check_classes_fit
from core.evaluation.own_classes import measured_classes
from core.evaluation.results import SplitEvaluation
from core.jobs import ProgressCallback
from core.segmentation.engines.choice import chosen_engine

if TYPE_CHECKING:
    from core.models.card import ModelCard
    from core.segmentation.segmenter import Segmenter

EVALUATIONS = Cache("evaluations", 256 * 1024**2)
"""Counts by `evaluation_key`: some 100 kB each."""

_VERSION = 5


def evaluation_key(
    card: ModelCard, dataset: SegmentationDataset, split: Split, longest: int | None = None
) -> str:
    """64 hexadecimal digits that change with anything that may change the figures; longest: as `evaluate`'s.

    All files of a data set are read the first time. DatasetError if one cannot be read.
    """
    key_parts = [
        _VERSION,
        card.weights_sha256,
        card.network,
        card.class_list.model_dump(),
        card.normalisation.model_dump(),
        card.graph_sha256,
        chosen_engine(),
        fingerprint(dataset),
        dataset.longest,
        split,
        *(() if longest is None else (longest,)),
    ]
    return cache_key(key_parts)


def kept_evaluation(
    card: ModelCard, dataset: SegmentationDataset, split: Split, longest: int | None = None
) -> SplitEvaluation | None:
    """The cached evaluation of a model on a split; None if there is none, or its file is damaged.

    Errors as for `evaluation_key`.
    """
    if EVALUATIONS.is_empty():
        return None  # and the data set's files need not be read
    kept = EVALUATIONS.read(evaluation_key(card, dataset, split, longest))
    return None if kept is None else _decode(kept, card, dataset, split)


def evaluate_once(
    card: ModelCard,
    dataset: SegmentationDataset,
    split: Split = "valid",
    progress: ProgressCallback = lambda done, total: None,
    *,
    longest: int | None = None,
    load: Callable[[], Segmenter] | None = None,
    again: bool = False,
) -> SplitEvaluation:
    """Evaluate a model on a split, or take the cached figures.

    load: called for the model if it is needed; by default it comes from the model store. again: evaluate
    even if there are figures. longest, progress, errors: as for `core.evaluation.evaluate.evaluate`, and
    ModelError.
    """
    check_classes_fit(dataset, card.class_list.restored(), card.name)
    if not again and (kept := kept_evaluation(card, dataset, split, longest)):
        progress(kept.images, kept.images)
        return kept
    from core.evaluation.evaluate import evaluate
    from core.segmentation.segmenter import load_segmenter

    segmenter = load() if load else load_segmenter(card.name)
    card = segmenter.card  # the model may have been trained again since
    key = evaluation_key(card, dataset, split, longest)
    found = evaluate(segmenter, dataset, split, progress, longest)
    if evaluation_key(card, dataset, split, longest) == key:  # nobody changed the data set meanwhile
        EVALUATIONS.write(key, _encode(found))
    return found


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


def _decode(
    kept: bytes, card: ModelCard, dataset: SegmentationDataset, split: Split
) -> SplitEvaluation | None:
    """The evaluation in a cached file; None for a damaged one."""
    try:
        with np.load(io.BytesIO(kept), allow_pickle=False) as parts:
            arrays = dict(parts)
            return _restored(arrays, card, dataset, split)
    except Exception:  # whatever a damaged file makes the readers raise: evaluate again
        return None


def _restored(
    parts: dict[str, NDArray[Any]], card: ModelCard, dataset: SegmentationDataset, split: Split
) -> SplitEvaluation:
    classes, _ = measured_classes(dataset.class_list, card.class_list.restored())
    names = tuple(frame.name for frame in dataset.frames(split))
    frames = FrameCounts(
        names, len(classes), parts["frames"], parts["pairs"], parts["pixels"], parts["losses"]
    )
    return SplitEvaluation(
        card.name,
        dataset.name,
        split,
        str(parts["size"]),
        len(names),
        classes.names,
        frames.confusion(),
        classes,
        frames,
        Calibration(parts["calibration_pixels"], parts["calibration_hits"], parts["calibration_confidence"]),
        BoundaryCounts(parts["boundary_pixels"], parts["boundary_hits"]),
    )
