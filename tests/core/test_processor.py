"""What the processor can do, compared with what the operating system says of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.processor import has_native_bfloat16, has_no_more_than_avx2
from tests.conftest import ROOT

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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's C library can be asked")
def test_memory_that_is_free_goes_back_to_the_system():
    # In a process of its own: what this one holds depends on the tests before.
    script = """
import psutil
from core.processor import return_free_memory

def megabytes():
    return psutil.Process().memory_info().rss / 2**20

blocks = [bytes([1]) * 60_000 for _ in range(4000)]  # small enough to come from the heap: 240 MB
kept = blocks[-1]  # at its end, so that it does not shrink by itself
del blocks
before = megabytes()
return_free_memory()
print(before - megabytes())
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) > 100
