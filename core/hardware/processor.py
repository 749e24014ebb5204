"""What this machine's processor is, and what it does natively."""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from pathlib import Path

import psutil


def usable_cores() -> int:
    """How many threads compute at once without sharing a core: this process may be kept from some cores."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))


@cache
def has_native_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 natively (AMX or AVX512-bf16); elsewhere bfloat16 is slower."""
    import torch  # whoever does not train need not wait for it

    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())


@cache
def has_no_more_than_avx2() -> bool:
    """Whether AVX2 is the newest of the CPU's vector instructions that torch uses."""
    import torch

    return torch.backends.cpu.get_cpu_capability() == "AVX2"


def processor_name() -> str:
    """The processor's name; on Linux, `platform` alone knows only its architecture."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
