"""What this machine's processor does well: bfloat16 or not, how many threads, how OpenMP waits."""

from __future__ import annotations

from functools import cache

import torch


@cache
def has_native_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 natively (AMX or AVX512-bf16); elsewhere it only costs time."""
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())
