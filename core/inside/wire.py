"""What the app and its inspecting process say to each other: a line of JSON, and arrays after it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Arrays = Sequence[NDArray[Any]]

_KINDS = ("uint8", "float16", "float32", "int64")


def send(stream: IO[bytes], header: dict[str, Any], arrays: Arrays = ()) -> None:
    """Write a message. OSError if nobody listens any more."""
    shapes = [{"shape": array.shape, "kind": array.dtype.name} for array in arrays]
    stream.write(json.dumps(header | {"arrays": shapes}).encode() + b"\n")
    for array in arrays:
        stream.write(np.ascontiguousarray(array).tobytes())
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Read a message. EOFError if there is none any more, or it is cut short."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    header = json.loads(line)
    return header, [_array(stream, **described) for described in header.pop("arrays")]


def _array(stream: IO[bytes], shape: Sequence[int], kind: str) -> NDArray[Any]:
    if kind not in _KINDS:
        raise EOFError(f"{kind} is none of {', '.join(_KINDS)}")
    dtype = np.dtype(kind)
    wanted = int(np.prod(shape)) * dtype.itemsize
    data = stream.read(wanted)
    if len(data) != wanted:
        raise EOFError
    return np.frombuffer(data, dtype).reshape(shape)
