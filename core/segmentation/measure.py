"""How fast each engine is on this machine: measured once, in a process of its own, and remembered.

A process of its own, because the one that asks may have no need of PyTorch. It follows the protocol of
`core.workers`; its result has the seconds of a picture by engine.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from typing import Any

import numpy as np

from core.errors import StreetScopeError
from core.jobs import Tell
from core.languages import mark, sentence
from core.models.paths import DEFAULT_MODEL
from core.models.store import list_models
from core.segmentation.engines.choice import VARIABLE, EngineChoice, measured_seconds, remember
from core.segmentation.segmenter import Segmenter, load_segmenter
from core.workers import Worker, run_worker, serve

WORTH_MEASURING = 50
"""Pictures from which the seconds that it takes to measure come back."""

_SIDES = (384, 512)
_TURNS = 5
_WORKER = Worker("core.segmentation.measure", mark("comparison of engines"), mark("close other programs"))


def measure_once(tell: Tell = lambda *_: None) -> None:
    """Measure the engines if this machine's are not known yet and nobody wants one in particular.

    Does nothing where that fails: the usual engine will do.
    """
    if os.environ.get(VARIABLE) or measured_seconds() is not None or DEFAULT_MODEL not in list_models():
        return
    try:
        values = run_worker(_WORKER, {"model": DEFAULT_MODEL}, tell)
    except StreetScopeError:
        return
    remember({EngineChoice(name): seconds for name, seconds in values["seconds"].items()})


def engine_seconds(model: str) -> dict[EngineChoice, float]:
    """The median seconds of a picture of 512 x 384 by engine, in turns: all see the same machine."""
    from core.hardware.processor import has_native_bfloat16

    engines = [EngineChoice.ONNX_RUNTIME, EngineChoice.PYTORCH]
    if has_native_bfloat16():
        engines.append(EngineChoice.PYTORCH_BFLOAT16)
    segmenters = {engine: load_segmenter(model, engine) for engine in engines}
    picture = np.random.default_rng(0).integers(0, 256, (*_SIDES, 3), np.uint8)
    for segmenter in segmenters.values():
        _seconds(segmenter, picture)
    taken = [{each: _seconds(segmenters[each], picture) for each in engines} for _ in range(_TURNS)]
    return {engine: statistics.median(turn[engine] for turn in taken) for engine in engines}


def _seconds(segmenter: Segmenter, picture: np.ndarray) -> float:
    start = time.perf_counter()
    segmenter.predictor.logits([picture])
    return time.perf_counter() - start


def work(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Measure with the requested model."""
    tell(0, 0, None, sentence("finding the fastest way to compute on this machine"))
    return {"seconds": {engine.value: value for engine, value in engine_seconds(request["model"]).items()}}


if __name__ == "__main__":
    sys.exit(serve(work))
