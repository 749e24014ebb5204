"""What the process that decodes a video is asked, as JSON, and what it says: numbers, and pixels for a frame.

No pickle, for the reason that `core.photos.wire` gives.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import VideoError
from core.languages import sentence_of
from core.photos import wire

_OVERVIEW = struct.Struct(">QII")  # milliseconds, height, width
_TIME = struct.Struct(">Q")  # milliseconds


NEAR = 250
"""Milliseconds after a time that is due within which a known picture is the one for it."""


@dataclass(frozen=True)
class Wanted:
    """Which pictures: the first, and one every so many milliseconds, `most` at most.

    longest_side: of each, in pixels, at most. known: times, in milliseconds and in order, of pictures that
    are not wanted again.
    """

    every: int
    longest_side: int
    most: int
    known: tuple[int, ...] = ()

    def to_json(self) -> str:
        """As a command line can carry it."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Wanted:
        """What `to_json` wrote."""
        values = json.loads(text)
        return Wanted(**values | {"known": tuple(values["known"])})


@dataclass(frozen=True)
class Overview:
    """What a video is.

    milliseconds: its length. height, width: of its pictures, upright, with square pixels.
    """

    milliseconds: int
    height: int
    width: int


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture (H, W, 3) RGB of a video, and its time after the first. full_size: (height, width) there."""

    milliseconds: int
    image: NDArray[np.uint8]
    full_size: tuple[int, int]


@dataclass(frozen=True)
class Position:
    """How far the video was read; there was no wanted picture for a while."""

    milliseconds: int


@dataclass(frozen=True)
class End:
    """There is no more. milliseconds: where the video really ended."""

    milliseconds: int


Message = Overview | Frame | Position | End

_KINDS: dict[bytes, type[Position] | type[End]] = {b"P": Position, b"E": End}


def send(sink: wire.Sink, message: Message | VideoError) -> None:
    """Write a message; OSError if nobody reads."""
    match message:
        case Overview():
            values = _OVERVIEW.pack(message.milliseconds, message.height, message.width)
            wire.send_bytes(sink, b"O" + values)
        case Frame():
            wire.send_bytes(sink, b"F" + _TIME.pack(message.milliseconds))
            wire.send_answer(sink, wire.Answer(message.image, message.full_size))
        case VideoError():
            wire.send_bytes(sink, b"R")
            wire.send_answer(sink, wire.Refusal("VideoError", sentence_of(message)))
        case _:
            kind = next(letter for letter, kind in _KINDS.items() if isinstance(message, kind))
            wire.send_bytes(sink, kind + _TIME.pack(message.milliseconds))


def receive(source: wire.Source) -> Message:
    """Read a message. VideoError if it is one; EOFError if it ends early, or is none of an honest worker."""
    kind = bytes(wire.receive_bytes(source, 1))
    if kind == b"O":
        return Overview(*_OVERVIEW.unpack(wire.receive_bytes(source, _OVERVIEW.size)))
    if kind == b"R":
        match wire.receive_answer(source):
            case wire.Refusal(_, sentence):
                raise VideoError(sentence)
        raise EOFError
    if kind not in (b"F", *_KINDS):
        raise EOFError
    (milliseconds,) = _TIME.unpack(wire.receive_bytes(source, _TIME.size))
    if kind != b"F":
        return _KINDS[kind](milliseconds)
    match wire.receive_answer(source):
        case wire.Answer(image, full_size):
            return Frame(milliseconds, image, full_size)
    raise EOFError
