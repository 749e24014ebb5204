"""Frames of a video into a set: its first picture, and then one every so many seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import PurePath

from core.file_names import file_name
from core.jobs import Tell
from core.languages import sentence
from core.photos.gather.checking import LONGEST_SIDE, check_frame
from core.photos.gather.entry import Entry, words
from core.photos.gather.gathering import Came, Shares, take_in
from core.photos.gather.sorting import grouped
from core.photos.gather.store import PhotoSet
from core.photos.video.messages import NEAR, End, Frame, Overview, Wanted
from core.photos.video.reading import Video, frames, key_of

MOST = 500
"""Frames of one video."""

EVERY = 2.0
"""Seconds from frame to frame, unless somebody says otherwise."""

SHORTEST, LONGEST = 0.1, 3600.0
"""What can be asked for, in seconds."""

_MAX_STEM = 80
_NEARLY, _AT_THE_END = 0.95, 2000
"""Of its stated length, and in milliseconds before that, where a video may end: sound is often longer."""


def frame_count(milliseconds: int, every: float) -> int:
    """How many frames a video of this length gives; at least its first."""
    return max(1, math.ceil(milliseconds / round(1000 * every)))


def fitting(milliseconds: int) -> float:
    """The fewest seconds from frame to frame with which a video gives no more than MOST.

    Whole seconds, and tenths below one.
    """
    needed = milliseconds / MOST
    return math.ceil(needed / 100) / 10 if needed <= 900 else math.ceil(needed / 1000)


def clock_time(milliseconds: int) -> str:
    """A time in a video, hours, minutes and seconds: "0:01:24"."""
    seconds = milliseconds // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def frame_name(video: str, milliseconds: int, *, thousandths: bool = False) -> str:
    """What the frame at a time is called: `ride_00-01-24.jpg`, or `ride_00-01-24.500.jpg`."""
    stem = file_name(PurePath(video).stem, otherwise="video", longest=_MAX_STEM)
    seconds, rest = divmod(milliseconds, 1000)
    time = f"{seconds // 3600:02d}-{seconds // 60 % 60:02d}-{seconds % 60:02d}"
    return f"{stem}_{time}.{rest:03d}.jpg" if thousandths else f"{stem}_{time}.jpg"


def known_frames(photos: PhotoSet, key: str) -> list[int]:
    """The times, in milliseconds, of the frames of a video that are in a set already, kept or dropped."""
    return sorted(round(1000 * entry.time) for entry in photos.entries() if entry.video_key == key)


def still_missing(milliseconds: int, every: float, known: Sequence[int]) -> int:
    """How many frames a video of this length gives that are not among the known ones."""
    step = round(1000 * every)
    there = {time // step for time in known if time % step < min(NEAR, step)}
    return max(0, frame_count(milliseconds, every) - len(there))


def add_frames(
    photos: PhotoSet, video: Video, every: float, shares: Shares | None, tell: Tell = lambda *_: None
) -> str:
    """Put frames of a video into a set, up to MOST; returns what there is to know of it in a sentence, or "".

    every: seconds from frame to frame. Those that are in the set already are not taken twice: a work that was
    stopped goes on. shares, tell: as for `gather`. VideoError, WorkerError, PhotoSetError, FolderBusyError.
    """
    taken: list[int] = []
    total = 0

    def waiting() -> None:
        tell(len(taken), total, None, "" if total else sentence("opening the video"))

    with photos.gathering(), video.open() as file:
        key, step = key_of(file), round(1000 * every)
        known = known_frames(photos, key)
        wanted = Wanted(step, LONGEST_SIDE, MOST, tuple(known))
        overview, end = Overview(0, 0, 0), End(0)
        try:
            with closing(frames(file, wanted, waiting)) as coming:
                for message in coming:
                    match message:
                        case Overview():
                            overview = message
                            total = min(MOST, max(1, still_missing(message.milliseconds, every, known)))
                        case Frame():
                            name = frame_name(video.name, message.milliseconds, thousandths=step % 1000 > 0)
                            _take(photos, message, _entry(video, key, name, message.milliseconds), shares)
                            taken.append(message.milliseconds)
                            total = max(total, len(taken))
                        case End():
                            end = message
        finally:
            photos.change(grouped(photos.entries()))
    return _note(video.name, overview, end, every, taken, known)


def _entry(video: Video, key: str, name: str, milliseconds: int) -> Entry:
    time = milliseconds / 1000
    return Entry(number=0, address=name, source="video", video=words(video.name), video_key=key, time=time)


def _take(photos: PhotoSet, frame: Frame, entry: Entry, shares: Shares | None) -> None:
    (added,) = photos.add([entry], later=True)
    take_in(photos, Came(added, check_frame(added.number, frame.image, frame.full_size), None), shares)


def _note(
    name: str, overview: Overview, end: End, every: float, taken: Sequence[int], known: Sequence[int]
) -> str:
    if not taken:
        return sentence(
            "All frames of {name} at one every {every:g} s are here already.", name=name, every=every
        )
    left = still_missing(overview.milliseconds, every, known) - len(taken)
    if len(taken) == MOST and left > 0:
        return sentence(
            "{name} has {left:,} more frames at one every {every:g} s, after {clock_time}: gather it "
            "again to go on, or take one every {fitting:g} s.",
            name=name,
            left=left,
            every=every,
            clock_time=clock_time(taken[-1]),
            fitting=fitting(overview.milliseconds),
        )
    if len(taken) < MOST and end.milliseconds + _AT_THE_END < overview.milliseconds * _NEARLY:
        return sentence(
            "{name} ends at {clock_time}, but says that it is {clock_time2} long: it is damaged or "
            "incomplete. What came until then is here.",
            name=name,
            clock_time=clock_time(end.milliseconds),
            clock_time2=clock_time(overview.milliseconds),
        )
    return ""
