"""What this machine does well, and what it has to be asked for."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import torch


@cache
def has_native_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 natively (AMX or AVX512-bf16); elsewhere it only costs time."""
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())


@cache
def has_no_more_than_avx2() -> bool:
    """Whether AVX2 is the newest of the CPU's vector instructions that torch makes use of."""
    return torch.backends.cpu.get_cpu_capability() == "AVX2"


def return_free_memory() -> None:
    """Give memory that is free within this process back to the system, where that can be asked for (glibc).

    Arrays of some megabytes leave holes that the C library keeps: of 16 photos that nobody used any more it
    held on to half.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
