"""What the processor can do, compared with what the operating system says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.hardware.processor import has_native_bfloat16, has_no_more_than_avx2

CPUINFO = Path("/proc/cpuinfo")


def test_bfloat16_is_native_where_the_processor_lists_it():
    if not CPUINFO.exists():
        pytest.skip("no /proc/cpuinfo to compare with")
    flags = CPUINFO.read_text(encoding="utf-8").split()

    assert has_native_bfloat16() == ("avx512_bf16" in flags or "amx_tile" in flags)


def test_a_processor_with_avx512_has_more_than_avx2():
    if not CPUINFO.exists():
        pytest.skip("no /proc/cpuinfo to compare with")
    flags = CPUINFO.read_text(encoding="utf-8").split()

    assert has_no_more_than_avx2() == ("avx2" in flags and "avx512f" not in flags)
