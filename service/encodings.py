"""Compressed bodies: expanded within a limit, and made where it pays."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO, cast

import zstandard

from core.photos.images import MAX_BYTES
from service.problems import Kind, Problem

ENCODINGS = ("gzip", "zstd")
ZSTD = "zstd"

_WINDOW_BYTES = 128 * 1024 * 1024
"""Of memory that a zstd body may ask for: as much as its own command takes without being told."""

_DAMAGED = (OSError, EOFError, zlib.error, zstandard.ZstdError)
_FAST = 1
INSTEAD = f"send a photo of at most {MAX_BYTES // 1024**2} MB"


def named(encoding: str) -> str:
    """An encoding as it is called here; "" for none. Problem for one that is not read."""
    plain = encoding.strip().lower()
    if plain in ("", "identity"):
        return ""
    if plain in ENCODINGS:
        return plain
    raise Problem(
        Kind.UNKNOWN_ENCODING,
        "The body is compressed in a way that is not read here; send it with Content-Encoding "
        f"{' or '.join(ENCODINGS)}, or as it is.",
        {"Accept-Encoding": ", ".join(ENCODINGS)},
    )


def expanded(body: bytes, encoding: str, most: int) -> bytes:
    """What a body with an encoding of `named` expands to: never more than `most` bytes are made of it.

    Problem if there is more, or if it is damaged.
    """
    if not encoding:
        return body
    try:
        with _reader(body, encoding) as reader:
            data = reader.read(most + 1)
    except _DAMAGED as error:
        raise Problem(
            Kind.BROKEN_BODY,
            f"The body is not sound {encoding} data; compress it again, or send it as it is.",
        ) from error
    if len(data) > most:
        raise too_large(most, "expands to")
    return data


def too_large(most: int, verb: str, instead: str = INSTEAD) -> Problem:
    """The refusal of a body that has, or expands to, more than `most` bytes."""
    return Problem(Kind.TOO_LARGE, f"The body {verb} more than {most:,} bytes; {instead}.")


def compressed(body: bytes) -> tuple[bytes, str]:
    """A body as small as zstd makes it quickly, and its encoding; as it is where that does not pay."""
    smaller = zstandard.ZstdCompressor(level=_FAST).compress(body)
    return (smaller, ZSTD) if len(smaller) < 0.95 * len(body) else (body, "")


def _reader(body: bytes, encoding: str) -> BinaryIO:
    source = io.BytesIO(body)
    if encoding == "gzip":
        return cast(BinaryIO, gzip.GzipFile(fileobj=source))
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)
    return cast(BinaryIO, decompressor.stream_reader(source, read_across_frames=True))
