"""What processes do with memory that they have freed, as the operating system sees it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux's C library can be asked")


def megabytes(script: str) -> list[float]:
    """What a script prints, in a process of its own: what this one holds depends on the tests before."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", START + script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]


START = """
import psutil
from core.hardware.allocator import keep_free_memory, return_free_memory

def megabytes():
    return psutil.Process().memory_info().rss / 2**20
"""


def test_memory_that_is_free_goes_back_to_the_system():
    (given_back,) = megabytes("""
blocks = [bytes([1]) * 60_000 for _ in range(4000)]  # small enough to come from the heap: 240 MB
kept = blocks[-1]  # at its end, so that it does not shrink by itself
del blocks
before = megabytes()
return_free_memory()
print(before - megabytes())
""")
    assert given_back > 100


@pytest.mark.parametrize("keep", [False, True])
def test_a_process_that_trains_keeps_what_it_frees_and_uses_it_again(keep):
    start, freed, again, returned = megabytes(f"""
import numpy as np
{"keep_free_memory()" if keep else ""}
print(megabytes())
array = np.ones(25_000_000)  # 200 MB
del array
print(megabytes())
array = np.ones(25_000_000)
del array
print(megabytes())
return_free_memory()
print(megabytes())
""")
    kept = freed - start
    assert (kept > 150) == keep
    assert abs(again - freed) < 20
    assert returned - start < 20


HEAPS = """
import ctypes, tempfile, threading
from core.hardware.allocator import use_few_heaps

def heaps():
    everywhere = ctypes.CDLL(None)
    everywhere.fopen.restype = ctypes.c_void_p
    with tempfile.NamedTemporaryFile() as file:
        opened = ctypes.c_void_p(everywhere.fopen(file.name.encode(), b"w"))
        everywhere.malloc_info(0, opened)
        everywhere.fclose(opened)
        return file.read().count(b"<heap nr=")

def allocate():
    blocks.append(bytearray(20_000))
    together.wait()

blocks, together = [], threading.Barrier(9)
def many_threads():
    threads = [threading.Thread(target=allocate) for _ in range(8)]
    for thread in threads: thread.start()
    together.wait()
    for thread in threads: thread.join()
"""


def test_threads_share_two_heaps():
    alone, shared = (
        megabytes(f"{HEAPS}\n{first}\nmany_threads()\nprint(heaps())") for first in ("", "use_few_heaps()")
    )
    assert alone[0] > 2
    assert shared[0] <= 2
