"""Compressed bodies: expanded within a limit, and made where it pays."""

from __future__ import annotations

import gzip
import io
import zlib

import anyio
import anyio.to_thread
import zstandard

from core.photos.images import MAX_BYTES
from service.problems import Kind, Problem

ENCODINGS = ("gzip", "zstd")
ZSTD = "zstd"

_WINDOW_BYTES = 128 * 1024 * 1024
"""Of memory that a zstd body may ask for: as much as its own command takes without being told."""

_DAMAGED = (OSError, EOFError, zlib.error, zstandard.ZstdError)
_FAST = 1
_expanding = anyio.CapacityLimiter(2)
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
        data = _gunzipped(body, most + 1) if encoding == "gzip" else _unzstd(body, most + 1)
    except _DAMAGED as error:
        raise Problem(
            Kind.BROKEN_BODY,
            f"The body is not sound {encoding} data; compress it again, or send it as it is.",
        ) from error
    if len(data) > most:
        raise too_large(most, "expands to")
    return data


async def expanded_beside(body: bytes, encoding: str, most: int) -> bytes:
    """As `expanded`, in a thread; two at a time, or bombs would leave nothing of the cores to others."""
    if not encoding:
        return body
    return await anyio.to_thread.run_sync(expanded, body, encoding, most, limiter=_expanding)


def too_large(most: int, verb: str, instead: str = INSTEAD) -> Problem:
    """The refusal of a body that has, or expands to, more than `most` bytes."""
    return Problem(Kind.TOO_LARGE, f"The body {verb} more than {most:,} bytes; {instead}.")


def compressed(body: bytes) -> tuple[bytes, str]:
    """A body as small as zstd makes it quickly, and its encoding; as it is where that does not pay."""
    smaller = zstandard.ZstdCompressor(level=_FAST).compress(body)
    return (smaller, ZSTD) if len(smaller) < 0.95 * len(body) else (body, "")


def _gunzipped(body: bytes, most: int) -> bytes:
    """The first bytes of gzip data. In one go where they are one member, as nearly always: the library's own
    file reads a little at a time, so that threads with bombs would keep Python from whoever else asks.
    """
    member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    data = member.decompress(body, most)
    if len(data) == most or (member.eof and not member.unused_data):
        return data
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
        return file.read(most)


def _unzstd(body: bytes, most: int) -> bytes:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)
    with decompressor.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        return reader.read(most)
