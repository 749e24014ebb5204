"""What one picture costs the process that decodes it, as Linux counts it, and how it ended."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.errors import StreetScopeError
from core.photos import guarded
from core.segmentation.sizes import LARGEST_SIZE
from tests.attack.tally import Outcome, Tally
from tests.pictures import NOISE, save

MAX_SECONDS = 3.0
"""Of processor, for any one picture."""

MAX_MEGABYTES = 400.0
"""Of memory that a picture may add, while it is decoded."""

_MEGABYTE = 1024 * 1024
_FORGET_PEAK = "5"  # proc(5), /proc/pid/clear_refs
_AGAIN = re.compile(r"; give .+\.\Z")


@dataclass(frozen=True)
class _Reading:
    seconds: float
    bytes_now: int
    bytes_at_most: int


def try_picture(tally: Tally, name: str, data: bytes) -> None:
    """Have a picture decoded as if it were uploaded, and count what came of it."""
    process = _worker()
    with contextlib.suppress(OSError):
        Path(f"/proc/{process}/clear_refs").write_text(_FORGET_PEAK)
    before = _read(process)
    outcome = _outcome(data)
    if before is None or (after := _read(process)) is None:
        # Its own limits ended it: nobody else waited, but it was dearer than it may be.
        tally.count("too much", f"{name}: ended its decoder")
        return
    seconds = after.seconds - before.seconds
    megabytes = max(0, after.bytes_at_most - before.bytes_now) / _MEGABYTE
    if outcome in ("taken", "refused") and (seconds > MAX_SECONDS or megabytes > MAX_MEGABYTES):
        outcome = "too much"
    what = f"{name} ({seconds:.1f} s, {megabytes:.0f} MB)"
    tally.count(outcome, what, seconds=seconds, megabytes=megabytes)


def _worker() -> int:
    """The process that decodes next."""
    if not guarded.processes():
        guarded.decode_scaled(save(NOISE, "PNG"), 64)
    return guarded.processes()[0]


def _outcome(data: bytes) -> Outcome:
    try:
        image, _ = guarded.decode_scaled(data, LARGEST_SIZE)
    except StreetScopeError as error:
        return "refused" if is_a_sentence(str(error)) else "traceback"
    except Exception:
        return "traceback"
    return "taken" if image.ndim == 3 and image.shape[2] == 3 else "traceback"


def is_a_sentence(text: str) -> bool:
    """Whether a refusal is one line that says what to do."""
    return "\n" not in text and _AGAIN.search(text) is not None


def _read(process: int) -> _Reading | None:
    """What a process has used so far; None if it is gone."""
    try:
        times = psutil.Process(process).cpu_times()
        status = Path(f"/proc/{process}/status").read_text()
    except (psutil.NoSuchProcess, OSError):
        return None
    sizes = {name: int(size) * 1024 for name, size in re.findall(r"^(VmHWM|VmRSS):\s+(\d+) kB", status, re.M)}
    if not sizes:  # it has ended, and only waits to be asked for its status
        return None
    return _Reading(times.user + times.system, sizes["VmRSS"], sizes["VmHWM"])
