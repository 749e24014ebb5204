"""What a run was trained with: versions, processor, GPUs, data. Written into its folder."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import psutil
import torch

from core.datasets import SegmentationDataset
from core.datasets.contents.fingerprint import fingerprint
from core.hardware.processor import has_native_bfloat16, processor_name
from core.training.distributed import processes
from core.training.mix.sources import fingerprints, mixed_datasets
from core.training.recipes.recipe import Recipe

LIBRARIES = (
    "torch",
    "torchvision",
    "fastai",
    "segmentation-models-pytorch",
    "timm",
    "safetensors",
    "numpy",
    "pillow",
)


EARLIER = "earlier"
"""Under this key a description keeps those of the run's earlier starts that differ from it."""

_MOST_EARLIER = 20


def describe(recipe: Recipe, dataset: SegmentationDataset) -> dict[str, Any]:
    """Everything that determines a run's result, as JSON-ready values."""
    device = processes.device()
    mixed = mixed_datasets(recipe)
    data = {each.name: found for each, found in zip(mixed, fingerprints(mixed), strict=True)}
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": recipe.seed,
        "data": {
            "name": dataset.name,
            "folder": str(dataset.root),
            "fingerprint": fingerprint(dataset),
            "train": len(dataset.train),
            "valid": len(dataset.valid),
        },
        **({"mixed": data} if data else {}),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "system": platform.platform(),
        "processor": {
            "name": processor_name(),
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
            "bfloat16": has_native_bfloat16() and device.type == "cpu",
            "memory_bytes": psutil.virtual_memory().total,
        },
        "gpus": [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())],
        "device": str(device),
        "processes": processes.world_size(),
    }


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What has changed since a run last trained, such as `data.fingerprint` or `versions.torch`."""
    old, new = _leaves(before), _leaves(now)
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _leaves(described: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The single values of a description by their dotted names, except for earlier descriptions."""
    leaves: dict[str, Any] = {}
    for name, value in described.items():
        if isinstance(value, dict):
            leaves |= _leaves(value, f"{prefix}{name}.")
        elif prefix + name not in ("time", EARLIER):
            leaves[prefix + name] = value
    return leaves


def followed_by(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """A description that also keeps the earlier ones that differ, the oldest first."""
    earlier = before.get(EARLIER)
    kept = list(earlier) if isinstance(earlier, list) else []
    if before and changes(before, now):
        kept.append({name: value for name, value in before.items() if name != EARLIER})
    return now | {EARLIER: kept[-_MOST_EARLIER:]} if kept else now
