"""A full disk at each work that writes: one sentence, nothing half made, and with room it succeeds."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.attack._attempt import Ended, attempt, count, own_house
from tests.attack._works import Work, contents, is_there, is_whole, leftovers, works
from tests.attack.tally import Tally

FILE_LIMITS = (2_000, 5_000, 20_000, 100_000, 400_000, 800_000)
"""Bytes that a file may have; the system answers as on a full disk."""

ROOM = (0, 1, 8, 64, 300, 700, 1500)
"""KiB that are free on a small disk."""

_DISK_MB = 16


def attack(tally: Tally, folder: Path) -> None:
    """Try each work with files that may not grow and, for those who may mount one, on a full disk."""
    with own_house(folder), works(folder) as all_works:
        for work in all_works:
            for limit in FILE_LIMITS:
                what = f"{work.name}, files of {limit} bytes"
                _try(tally, work, folder, what, partial(_limited, work.action, limit))
    disk = folder / "disk"
    with small_disk(disk, _DISK_MB) as mounted:
        if not mounted:
            return
        with own_house(disk), works(disk) as all_works:
            for work in all_works:
                for room in ROOM:
                    with only(disk, room):
                        ended = _try(tally, work, disk, f"{work.name}, {room} KiB free", work.action)
                    _again(tally, work, ended, f"{work.name}, {room} KiB free, then with room")


def _try(tally: Tally, work: Work, folder: Path, what: str, action: Callable[[], int]) -> Ended:
    before = contents(folder)
    ended = attempt(action)
    count(tally, what, ended)
    if ended.status == 2 and "no room" not in ended.said:
        tally.count("traceback", f"{what}: another sentence: {ended.said!r}")
    if ended.status and contents(folder) != before:
        tally.count("lost", f"{what}: what was there has changed")
    if ended.status and work.name != "download" and (left := leftovers(work)):
        tally.count("lost", f"{what}: {left} is left behind")
    if not ended.status and is_there(work) and not work.replaces:
        assert work.product is not None
        shutil.rmtree(work.product)
    return ended


def _again(tally: Tally, work: Work, ended: Ended, what: str) -> None:
    if not ended.status:
        return
    count(tally, what, attempt(work.action))
    if not is_whole(work):
        tally.count("lost", f"{what}: it is not whole")
    if is_there(work) and not work.replaces:
        assert work.product is not None
        shutil.rmtree(work.product)


def _limited(action: Callable[[], int], limit: int) -> int:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return action()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A disk of a few megabytes in memory; False for those who may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    asked = subprocess.run(mount, capture_output=True, check=False)
    try:
        yield asked.returncode == 0
    finally:
        if asked.returncode == 0:
            subprocess.run(["umount", folder], check=True)


@contextmanager
def only(disk: Path, kib: int) -> Iterator[None]:
    """Fill a disk but for so many KiB."""
    ballast = disk / "ballast"
    size = shutil.disk_usage(disk).free - kib * 1024
    with ballast.open("wb") as file:
        while size > 0:
            size -= file.write(bytes(min(size, 64 * 1024)))
    try:
        yield
    finally:
        ballast.unlink()
