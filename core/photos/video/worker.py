"""The process that decodes one video, its standard input: `python -m core.photos.video.worker [JSON]`.

Started by `core.photos.video.reading`. It has no other file, and can open none: what a file makes FFmpeg look
for, on this machine or elsewhere, cannot be opened.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import warnings
from fractions import Fraction
from pathlib import Path
from typing import IO

from core.errors import VideoError
from core.photos import wire
from core.photos.limits import limit_memory, limit_processor, open_nothing
from core.photos.video import messages
from core.photos.video.decoding import (
    FrameWalk,
    Opened,
    counted_seconds,
    first_frame,
    no_frame,
    open_video,
    stated_seconds,
)
from core.photos.video.messages import Wanted
from core.photos.video.upright import upright

MAX_BYTES = 2 * 1024**3
"""Memory that a video may take beyond what this process has when it starts; frames of 8K take half of it."""

MAX_LOOK_SECONDS = 20
"""Seconds of processor until it is known what a video is."""

MAX_FRAME_SECONDS = 300
"""Seconds of processor from one wanted picture to the next: ten minutes of 4K without a key frame."""

_SIDE_OF_A_LOOK = 64


def main() -> None:
    """Say what the video is, then send the wanted pictures, if any are."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever started this
    warnings.simplefilter("ignore")
    wanted = Wanted.from_json(sys.argv[1]) if len(sys.argv) > 1 else None
    # Bare descriptors: what a library prints must not get among the pixels.
    with os.fdopen(os.dup(0), "rb", buffering=0) as file, os.fdopen(os.dup(1), "wb", buffering=0) as sink:
        with Path(os.devnull).open("r+b") as nowhere:
            for descriptor in (0, 1, 2):
                os.dup2(nowhere.fileno(), descriptor)
        wire.send_ready(sink)
        limit_memory(MAX_BYTES)
        open_nothing()
        with contextlib.suppress(BrokenPipeError):
            try:
                _serve(file, sink, wanted)
            except VideoError as error:
                messages.send(sink, error)


def _serve(file: IO[bytes], sink: wire.Sink, wanted: Wanted | None) -> None:
    limit_processor(MAX_LOOK_SECONDS)
    messages.send(sink, _overview(file))
    if wanted is not None:
        _send_frames(open_video(file), sink, wanted)


def _overview(file: IO[bytes]) -> messages.Overview:
    video = open_video(file)
    _, (height, width) = upright(first_frame(video), video.pixel, _SIDE_OF_A_LOOK)
    seconds = stated_seconds(video)
    if seconds is None:
        seconds = counted_seconds(open_video(file))
    return messages.Overview(round(1000 * seconds), height, width)


def _send_frames(video: Opened, sink: wire.Sink, wanted: Wanted) -> None:
    walk = FrameWalk(video, Fraction(wanted.every, 1000), wanted.known)
    known, sent = frozenset(wanted.known), 0
    limit_processor(MAX_FRAME_SECONDS)
    gc.freeze()  # so that only frames are looked through below
    for found in walk.frames():
        if found is None:
            messages.send(sink, messages.Position(_milliseconds(walk.reached)))
            continue
        milliseconds = _milliseconds(found.seconds)
        if milliseconds not in known:
            image, full_size = upright(found.frame, video.pixel, wanted.longest_side)
            messages.send(sink, messages.Frame(milliseconds, image, full_size))
            sent += 1
        # PyAV's frames and what is said beside them refer to each other: they would stay, megabytes each.
        gc.collect()
        limit_processor(MAX_FRAME_SECONDS)
        if sent == wanted.most:
            break
    if walk.is_empty:
        raise no_frame()
    messages.send(sink, messages.End(_milliseconds(walk.reached)))


def _milliseconds(seconds: Fraction) -> int:
    return min(round(1000 * seconds), 2**63)


if __name__ == "__main__":
    main()
