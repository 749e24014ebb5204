"""What this machine's processor does natively."""

from __future__ import annotations

from functools import cache

import torch


@cache
def has_native_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 natively (AMX or AVX512-bf16); elsewhere bfloat16 is slower."""
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())


@cache
def has_no_more_than_avx2() -> bool:
    """Whether AVX2 is the newest of the CPU's vector instructions that torch uses."""
    return torch.backends.cpu.get_cpu_capability() == "AVX2"
