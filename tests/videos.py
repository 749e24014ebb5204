"""Small videos, written by FFmpeg: of each picture the grey says which one it is."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import TypeAlias, cast

import av
import numpy as np
from av.packet import Packet as AnyPacket
from av.video.stream import VideoStream

Packet: TypeAlias = "AnyPacket[VideoStream]"

LEVEL = 5
"""Picture number n is grey of n times this, of 255 at most."""

CHOICES = {"mjpeg": "yuvj420p", "libx265": "yuv420p"}
av.logging.set_level(av.logging.PANIC)


@contextmanager
def _usual_urgency() -> Iterator[None]:
    """Undo what SVT-AV1 does to a thread of root's that calls it: it becomes the most urgent of the machine.

    So would all that this process starts later; a broker at real-time priority left nothing to other tests.
    """
    if not hasattr(os, "sched_setscheduler"):
        yield
        return
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


def video(
    container: str = "mp4",
    codec: str = "libx264",
    *,
    pictures: int = 25,
    size: tuple[int, int] = (64, 96),
    every: int = 100,
    key_frames: int = 10,
    times: Sequence[int] | None = None,
    drop_first: bool = False,
    **options: str,
) -> bytes:
    """A video with a picture every so many milliseconds, at 25 x 100 ms 2.5 s long.

    size: (height, width). key_frames: a key frame every so many pictures. times: of each picture, in
    milliseconds. drop_first: leave out the first packet. options: of the encoder.
    """
    file = io.BytesIO()
    with _usual_urgency(), av.open(file, "w", format=container) as output:
        asked = {"g": str(key_frames)} | options
        stream = cast(VideoStream, output.add_stream(codec, rate=Fraction(1000, every), options=asked))
        stream.height, stream.width = size
        stream.pix_fmt = CHOICES.get(codec, "yuv420p")
        stream.codec_context.time_base = Fraction(1, 1000)
        packets: list[Packet] = []
        for number, at in enumerate(times or range(0, pictures * every, every)):
            picture = np.full((*size, 3), min(255, number * LEVEL), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            packets += stream.encode(frame)
        packets += stream.encode(None)
        for packet in packets[drop_first:]:
            output.mux(packet)
    return file.getvalue()


def sound() -> bytes:
    """An MP4 file that has only sound."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 8000, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def turned(data: bytes, a: int, b: int, c: int, d: int) -> bytes:
    """An MP4 file that says how its pictures are turned: (x, y) comes to (ax + cy, bx + dy)."""
    numbers = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    # After the type: version and flags, two times, ID, reserved, duration, 16 bytes (ISO/IEC 14496-12 8.3.2).
    at = data.index(b"tkhd") + 4 + 4 + 20 + 16
    return data[:at] + b"".join(n.to_bytes(4, "big", signed=True) for n in numbers) + data[at + 36 :]
