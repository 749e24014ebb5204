"""Mutated videos of every format, and those that cost a decoder the most, as if they were uploaded."""

from __future__ import annotations

import resource
import struct
from collections.abc import Iterator
from pathlib import Path

from core.errors import StreetScopeError
from core.photos.gather.checking import LONGEST_SIDE
from core.photos.video.messages import Frame, Wanted
from core.photos.video.reading import frames, video_of
from tests.attack.pictures import mutated
from tests.attack.tally import Outcome, Tally
from tests.videos import video

MUTATED = 60
"""Of each format."""

MAX_SECONDS = 30.0
"""Of processor, for any one of these small files."""

MAX_MEGABYTES = 2048.0
"""Of memory that a video may add to its process: what that allows itself."""


def attack(tally: Tally, folder: Path) -> None:
    """Try them all; `folder` is not needed, for no video is ever written where it has a name."""
    _outcome(video())
    usual = _greediest()
    for name, data in [*mutated(_good_videos(), MUTATED), *_dear_videos()]:
        _try_video(tally, name, data, usual)


def _good_videos() -> dict[str, list[bytes]]:
    """Each format as several encoders write it."""
    return {
        "MP4": [video(), video("mp4", "libsvtav1"), video("mov", "mjpeg"), video("mov", "libx265")],
        "Matroska": [video("matroska"), video("webm", "libvpx-vp9"), video("webm", "vp8")],
        "AVI": [video("avi"), video("avi", "mpeg4"), video("avi", "mjpeg")],
    }


def _dear_videos() -> Iterator[tuple[str, bytes]]:
    good = video(bf="0")
    for samples in (1_000_000, 30_000_000, 2**31 - 1):
        one_size = _patched(good, b"stsz", 8, 1, samples)
        one_chunk = _patched(one_size, b"stsc", 8, 1, 1, samples, 1)
        yield f"{samples:,} pictures of one byte", _patched(one_chunk, b"stts", 8, 1, samples, 10)
    yield "a length of centuries", _patched(good, b"mdhd", 20, 2**31 - 1)
    yield "pictures months apart", _patched(good, b"stts", 12, 25, 2**31 - 1)
    yield "large pictures", video("matroska", "mpeg4", pictures=3, size=(4320, 7680))
    yield "larger pictures", video("matroska", "mpeg4", pictures=1, size=(6016, 6016))
    many = video("matroska", key_frames=10_000, pictures=5000, size=(32, 32), every=1, preset="ultrafast")
    yield "5000 pictures and one key frame", many


def _patched(data: bytes, box: bytes, at: int, *numbers: int) -> bytes:
    """An MP4 file with other numbers in a box, so many bytes after the beginning of its type."""
    begin = data.index(box) + at
    return data[:begin] + struct.pack(f">{len(numbers)}I", *numbers) + data[begin + 4 * len(numbers) :]


def _greediest() -> float:
    """Megabytes of the greediest process that has ended until now."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _try_video(tally: Tally, name: str, data: bytes, usual: float) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome = _outcome(data)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    megabytes = _greediest() - usual
    if outcome in ("taken", "refused") and (seconds > MAX_SECONDS or megabytes > MAX_MEGABYTES):
        outcome = "too much"
    what = f"{name} ({seconds:.1f} s, {megabytes:.0f} MB)"
    tally.count(outcome, what, seconds=seconds, megabytes=megabytes)


def _outcome(data: bytes) -> Outcome:
    try:
        with video_of("ride.mp4", data).open() as file:
            came = list(frames(file, Wanted(500, LONGEST_SIDE, 500)))
    except StreetScopeError as error:
        sentence = str(error)
        return (
            "refused" if "\n" not in sentence and "give" in sentence and sentence[-1] == "." else "traceback"
        )
    except Exception:
        return "traceback"
    return "taken" if any(isinstance(each, Frame) for each in came) else "traceback"
