"""What `guarded` and its worker say to each other: numbers of a fixed size, then as many bytes as they say.

No pickle: a decoder that a hostile file has taken over can send any bytes, and must not be able to run them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.languages import from_text, to_text
from core.photos.images import MAX_PIXELS

_READY = b"ready"
_REQUEST = struct.Struct(">QI?")  # bytes of the file, longest side, square
_TAKEN = struct.Struct(">?")
_SIZES = struct.Struct(">IIII")  # height and width of the array, then of the photo at its own size
_LENGTHS = struct.Struct(">HH")  # bytes of the error's kind, of its sentence


class Source(Protocol):
    """Where bytes come from: a pipe gives fewer at a time than it is asked for."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the beginning of a buffer; returns how much of it, 0 at the end."""


class Sink(Protocol):
    """Where bytes go: a pipe takes fewer at a time than it is given."""

    def write(self, data: memoryview, /) -> int | None:
        """Write the beginning of some bytes; returns how many."""


@dataclass(frozen=True)
class Request:
    """A file, and what is to be made of it; see `images.decode_scaled`."""

    data: bytes
    longest_side: int
    square: bool


@dataclass(frozen=True)
class Answer:
    """A picture (H, W, 3) RGB, 0..255, and the (height, width) of the photo at its own size."""

    image: NDArray[np.uint8]
    full_size: tuple[int, int]


@dataclass(frozen=True)
class Refusal:
    """Why there is no picture. kind: the name of an ImageError; sentence: for people, in any language."""

    kind: str
    sentence: str


def send_ready(sink: Sink) -> None:
    """Say that the worker has started."""
    send_bytes(sink, _READY)


def receive_ready(source: Source) -> None:
    """Wait until the worker has started; EOFError if it has not."""
    if receive_bytes(source, len(_READY)) != _READY:
        raise EOFError


def send_request(sink: Sink, request: Request) -> None:
    """Write a request; OSError if nobody reads."""
    send_bytes(sink, _REQUEST.pack(len(request.data), request.longest_side, request.square), request.data)


def receive_request(source: Source) -> Request:
    """Read the next request; EOFError if there is none."""
    length, longest_side, square = _REQUEST.unpack(receive_bytes(source, _REQUEST.size))
    return Request(bytes(receive_bytes(source, length)), longest_side, square)


def send_answer(sink: Sink, answer: Answer | Refusal) -> None:
    """Write an answer; OSError if nobody reads."""
    if isinstance(answer, Refusal):
        kind, sentence = answer.kind.encode(), to_text(answer.sentence).encode()
        send_bytes(sink, _TAKEN.pack(False), _LENGTHS.pack(len(kind), len(sentence)), kind, sentence)
    else:
        sizes = _SIZES.pack(*answer.image.shape[:2], *answer.full_size)
        send_bytes(sink, _TAKEN.pack(True), sizes, answer.image.reshape(-1).data)


def receive_answer(source: Source) -> Answer | Refusal:
    """Read an answer; EOFError if it ends early, or is none that an honest worker would give."""
    if not _TAKEN.unpack(receive_bytes(source, _TAKEN.size))[0]:
        lengths = _LENGTHS.unpack(receive_bytes(source, _LENGTHS.size))
        kind, sentence = (receive_bytes(source, length).decode("utf-8", "replace") for length in lengths)
        return Refusal(kind, from_text(sentence))
    height, width, *full_size = _SIZES.unpack(receive_bytes(source, _SIZES.size))
    if not 0 < height * width <= MAX_PIXELS:
        raise EOFError
    image = np.empty((height, width, 3), dtype=np.uint8)
    _fill(source, image.reshape(-1).data)
    return Answer(image, (full_size[0], full_size[1]))


def send_bytes(sink: Sink, *parts: bytes | memoryview) -> None:
    """Write all of some bytes; OSError if nobody reads."""
    for part in parts:
        rest = memoryview(part).cast("B")
        while rest:
            rest = rest[sink.write(rest) or 0 :]


def receive_bytes(source: Source, length: int) -> bytearray:
    """Read so many bytes; EOFError if there are fewer."""
    data = bytearray(length)
    _fill(source, memoryview(data))
    return data


def _fill(source: Source, buffer: memoryview) -> None:
    while buffer:
        count = source.readinto(buffer)
        if not count:
            raise EOFError
        buffer = buffer[count:]
