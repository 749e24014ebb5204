"""From an open file to frames: here FFmpeg reads what a stranger gave; only `core.photos.video.worker` does.

Times are seconds after the first picture, exact, as fractions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import IO, TypeAlias

import av

# PyAV imports these two late, when the worker can open no file any more.
import av.subtitles.codeccontext
import av.subtitles.stream
from av.container import InputContainer
from av.packet import Packet as AnyPacket
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.errors import VideoError
from core.languages import mark, sentence
from core.photos.images import MIN_SIDE
from core.photos.video.formats import DECODERS, HEAD, format_of
from core.photos.video.messages import NEAR

Packet: TypeAlias = "AnyPacket[VideoStream]"

MAX_PIXELS = 36_000_000
"""Of a frame: 8K video has 35.4 million."""

MAX_SECONDS = 100 * 3600
"""A video that says it is longer than this is not believed."""

_MAX_STREAMS = 40
_BUFFER = 256 * 1024
_HELD_BYTES = 32 * 1024**2
"""Of a video between two of its key frames that are held back to see whether they are needed."""

_PACKET_BYTES = 500
"""What a packet takes beside its data."""

_THREADS = 2
_SAVE_AGAIN = mark("save it again as MP4 (H.264) and give that")


@dataclass(frozen=True)
class Opened:
    """A video that can be decoded. container, stream: FFmpeg's; pixel: its shape, width by height."""

    container: InputContainer
    stream: VideoStream
    pixel: Fraction | None


class _File:
    """A file as FFmpeg may use it: it can be read and moved in. Without a name, nothing lies beside it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read = file.read
        self.seek = file.seek
        self.tell = file.tell


def open_video(file: IO[bytes]) -> Opened:
    """Open a video. VideoError says why a file is none, or none that we read."""
    file.seek(0)
    kind = format_of(file.read(HEAD))
    file.seek(0)
    try:
        container = av.open(
            _File(file),
            "r",
            format=kind,
            # Nothing else may be opened, whatever the file refers to.
            container_options={
                "protocol_whitelist": "none",
                "format_whitelist": kind,
                "codec_whitelist": ",".join(DECODERS),
                "max_streams": str(_MAX_STREAMS),
            },
            buffer_size=_BUFFER,
        )
    except (av.FFmpegError, ValueError, OSError, MemoryError) as error:
        raise VideoError(
            sentence("This video is damaged or incomplete; {advice}.", advice=sentence(_SAVE_AGAIN))
        ) from error
    stream = _stream(container)
    _check(stream)
    return Opened(container, stream, stream.sample_aspect_ratio)


def _stream(container: InputContainer) -> VideoStream:
    # A song's cover is a video stream too.
    moving = [
        each for each in container.streams.video if not each.disposition & each.disposition.attached_pic
    ]
    if not moving:
        raise VideoError(
            sentence("This file has no moving pictures in it, or its beginning is missing; give a video.")
        )
    return moving[0]


def _check(stream: VideoStream) -> None:
    context = stream.codec_context
    if context is None or context.name not in DECODERS:
        raise VideoError(
            sentence(
                "The pictures of this video are packed in an unusual way; {advice}.",
                advice=sentence(_SAVE_AGAIN),
            )
        )
    height, width = context.height, context.width
    if height * width > MAX_PIXELS:
        raise VideoError(
            sentence(
                "The pictures of this video have {width} x {height} pixels; give one of at most 8K.",
                width=width,
                height=height,
            )
        )
    context.options = {"max_pixels": str(MAX_PIXELS)}  # also of what the pictures say of themselves later
    context.thread_type = "AUTO"
    context.thread_count = _THREADS


def stated_seconds(video: Opened) -> float | None:
    """How long a video says it is; None if it does not say so, or cannot be believed."""
    stream, container = video.stream, video.container
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    else:
        seconds = (container.duration or 0) / av.time_base
    return seconds if 0 < seconds <= MAX_SECONDS else None


def first_frame(video: Opened) -> VideoFrame:
    """The first picture. VideoError if there is none, or too small a one."""
    for packet in chain(_packets(video), (None,)):
        for frame in _decoded(video, packet):
            if min(frame.height, frame.width) < MIN_SIDE:
                raise VideoError(
                    sentence(
                        "The pictures of this video have {width} x {height} pixels; give one of at least "
                        "{min_side} x {min_side}.",
                        width=frame.width,
                        height=frame.height,
                        min_side=MIN_SIDE,
                    )
                )
            return frame
    raise no_frame()


def no_frame() -> VideoError:
    """For a video of which no picture can be decoded."""
    return VideoError(
        sentence(
            "No picture of this video can be decoded: it is damaged or incomplete; {advice}.",
            advice=sentence(_SAVE_AGAIN),
        )
    )


def counted_seconds(video: Opened) -> float:
    """How long a video is by its packets' times, without decoding one; for one that was opened just now."""
    base = video.stream.time_base or Fraction(1)
    begin, end = None, Fraction(0)
    for packet in _packets(video):
        if (at := _seconds(video, packet.pts, packet.dts)) is not None:
            begin = at if begin is None else min(begin, at)
            end = max(end, at + (packet.duration or 0) * base)
    return 0.0 if begin is None else float(end - begin)


@dataclass(frozen=True, eq=False)
class Found:
    """A wanted picture, and its time."""

    seconds: Fraction
    frame: VideoFrame


class FrameWalk:
    """Walks through a video and gives its first picture, and then one every so many seconds.

    What lies between two key frames is decoded only if a wanted picture is there. Packets are read one after
    the other: a file's index, by which one could jump, can be wrong or missing.

    known: milliseconds, in order, of pictures that need not be found again. reached: how far it was read.
    """

    def __init__(self, video: Opened, every: Fraction, known: Sequence[int] = ()) -> None:
        self.reached = Fraction(0)
        self._video, self._every, self._known = video, every, known
        # AVI has no times for pictures: they take those of the packets, in their order.
        self._counts = "avi" in video.container.format.name
        self._times: deque[Fraction] = deque()
        self._first: Fraction | None = None
        self._due = Fraction(0)
        self._held: list[Packet] = []
        self._held_bytes = 0
        self._gap = False

    @property
    def is_empty(self) -> bool:
        """Whether no picture came at all."""
        return self._first is None

    def frames(self) -> Iterator[Found | None]:
        """The wanted pictures, and None now and then: there may be none for long."""
        for packet in _packets(self._video):
            if self._is_needed(packet):
                yield None
                yield from self._wanted(self._held)
                self._hold_only()
        yield from self._wanted([*self._held, None])

    def _is_needed(self, packet: Packet) -> bool:
        """Hold a packet back; returns whether all that is held must be decoded now."""
        at = self._packet_time(packet)
        if at is None or self._first is None:
            self._hold(packet)
            return True
        since = at - self._first
        self.reached = max(self.reached, since)
        if packet.is_keyframe and since <= self._due and self._held:
            self._hold_only()  # all before this one is too early
            self._gap = True
        self._hold(packet)
        return since >= self._due or self._held_bytes > _HELD_BYTES

    def _hold(self, packet: Packet) -> None:
        self._held.append(packet)
        self._held_bytes += packet.size + _PACKET_BYTES

    def _hold_only(self) -> None:
        self._held, self._held_bytes = [], 0

    def _wanted(self, packets: Sequence[Packet | None]) -> Iterator[Found]:
        if self._gap:
            self._video.stream.codec_context.flush_buffers()
            self._times.clear()
            self._gap = False
        for packet in packets:
            if packet is not None and (at := self._packet_time(packet)) is not None:
                self._times.append(at)
            for frame in _decoded(self._video, packet):
                at = self._frame_time(frame)
                if at is not None and not frame.is_corrupt and self._is_due(at):
                    yield Found(at - (self._first or 0), frame)

    def _is_due(self, at: Fraction) -> bool:
        """Whether the picture of this time is wanted; if it is, the next one is due later."""
        if self._first is None:
            self._first = at
        since = at - self._first
        if since < self._due:
            return False
        self._due = (since // self._every + 1) * self._every
        while self._has_known():
            self._due += self._every
        return True

    def _has_known(self) -> bool:
        due, step = round(1000 * self._due), round(1000 * self._every)
        place = bisect_left(self._known, due)
        return place < len(self._known) and self._known[place] < due + min(NEAR, step)

    def _packet_time(self, packet: Packet) -> Fraction | None:
        stamps = (packet.dts, packet.pts) if self._counts else (packet.pts, packet.dts)
        return _seconds(self._video, *stamps)

    def _frame_time(self, frame: VideoFrame) -> Fraction | None:
        counted = self._times.popleft() if self._times else None
        return counted if self._counts else _seconds(self._video, frame.pts, frame.dts)


def _packets(video: Opened) -> Iterator[Packet]:
    """The packets of the pictures, up to the end or to where the file is damaged."""
    packets = video.container.demux(video.stream)
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, ValueError, OSError):
            return
        if packet is None:
            return
        if packet.size:  # the last one is empty, for the decoder to end
            yield packet


def _decoded(video: Opened, packet: Packet | None) -> list[VideoFrame]:
    """The pictures that a packet completes; None gives those that the decoder still has."""
    try:
        return video.stream.codec_context.decode(packet)
    except MemoryError as error:
        raise VideoError(
            sentence("The pictures of this video take too much memory; give one of smaller pictures.")
        ) from error
    except (av.FFmpegError, ValueError, OSError):
        return []  # a damaged packet; the next key frame is a new beginning


def _seconds(video: Opened, *stamps: int | None) -> Fraction | None:
    """The first time that there is, in seconds."""
    # Not of the frame: the last ones, which no packet brings, have no base of their own.
    base = video.stream.time_base
    stamp = next((each for each in stamps if each is not None), None)
    return None if stamp is None or base is None else stamp * base
