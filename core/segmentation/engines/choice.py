"""Which engine runs a network on this machine: what was measured here once, or what somebody wants.

ONNX Runtime unless PyTorch was measured to be clearly faster: it starts ten times as fast, in a fifth of the
memory. `core.segmentation.engines.measure` measures; here is only what was found.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from core.cache import Cache, cache_key
from core.hardware.processor import processor_name

VARIABLE = "STREETSCOPE_ENGINE"
"""The environment variable that names an engine; without it, what was measured decides."""

CLEARLY = 2.5
"""How many times as fast as ONNX Runtime PyTorch must be to be worth its start and its memory: looking waits
two seconds longer for it, and keeps 570 MB more. bfloat16 with AVX512 was 1.8 times as fast."""

_MEASURED = Cache("engines", 64 * 1024)


class EngineChoice(StrEnum):
    """An engine and its precision."""

    ONNX_RUNTIME = "onnxruntime"
    PYTORCH = "pytorch"
    PYTORCH_BFLOAT16 = "pytorch-bfloat16"


def chosen_engine() -> EngineChoice:
    """The engine to use now."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted in set(EngineChoice):
        return EngineChoice(wanted)
    return fastest(measured_seconds() or {})


def fastest(seconds: Mapping[EngineChoice, float]) -> EngineChoice:
    """The fastest of the engines measured, if it is not ONNX Runtime by clearly enough."""
    if EngineChoice.ONNX_RUNTIME not in seconds:
        return EngineChoice.ONNX_RUNTIME
    best = min(seconds, key=lambda engine: seconds[engine])
    return best if seconds[EngineChoice.ONNX_RUNTIME] > CLEARLY * seconds[best] else EngineChoice.ONNX_RUNTIME


def measured_seconds() -> dict[EngineChoice, float] | None:
    """Seconds a picture by engine, as measured on this machine; None if that was not done yet."""
    kept = _MEASURED.read(_key())
    try:
        found = json.loads(kept) if kept is not None else None
        return None if found is None else {EngineChoice(name): float(value) for name, value in found.items()}
    except (ValueError, TypeError, AttributeError):  # damaged: measure again
        return None


def remember(seconds: Mapping[EngineChoice, float]) -> None:
    """Keep what was measured, for as long as processor and versions stay the same."""
    _MEASURED.write(_key(), json.dumps({engine.value: value for engine, value in seconds.items()}).encode())


@cache
def _key() -> str:
    return cache_key(processor_name(), os.cpu_count(), version("onnxruntime"), _version_of_torch())


def _version_of_torch() -> str:
    """Its version; nothing where it is not installed, for the service does without it."""
    try:
        return version("torch")
    except PackageNotFoundError:
        return ""
