"""What a run was trained with: versions, processor, GPUs, data. Written into its folder."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import torch

from core.datasets import SegmentationDataset
from core.datasets.fingerprint import fingerprint
from core.processor import has_native_bfloat16
from core.training import distributed
from core.training.recipe import Recipe

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


def describe(recipe: Recipe, dataset: SegmentationDataset) -> dict[str, Any]:
    """Everything that decides what a run comes to, as JSON-ready values."""
    device = distributed.device()
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
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "system": platform.platform(),
        "processor": {
            "name": _processor_name(),
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
            "bfloat16": has_native_bfloat16() and device.type == "cpu",
            "memory_bytes": psutil.virtual_memory().total,
        },
        "gpus": [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())],
        "device": str(device),
        "processes": distributed.world_size(),
    }


def _processor_name() -> str:
    """The processor as the system calls it; `platform` alone knows no more than its kind on Linux."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
