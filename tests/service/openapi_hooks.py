"""What Schemathesis cannot know from the document: what a photo is. Runs in an environment of its own."""

from __future__ import annotations

import json
import re
import struct
import uuid
import zlib
from typing import Any

import schemathesis
from hypothesis import strategies

_ID_HEADER, _ID = "Idempotency-Key", re.compile(r"[A-Za-z0-9_-]{1,64}")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(side: int, grey: int) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes((grey,)) * side) * side)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


_PHOTOS = strategies.builds(_png, strategies.integers(32, 64), strategies.integers(0, 255))

for _kind in ("image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream"):
    schemathesis.openapi.media_type(_kind, _PHOTOS)
schemathesis.openapi.format("binary", _PHOTOS)


@schemathesis.hook
def map_case(_: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """Give no parameter two values, one in the address and one in the form, and each request its own id."""
    if _ID.fullmatch(str((case.headers or {}).get(_ID_HEADER, ""))):
        case.headers[_ID_HEADER] = uuid.uuid4().hex
    if isinstance(case.body, dict) and isinstance(case.query, dict):
        for name in case.body:
            case.query.pop(name, None)
    return case


@schemathesis.deserializer("application/x-ndjson")
def first_line(_: Any, response: schemathesis.Response) -> Any:
    """The document describes a line."""
    return json.loads(response.content.splitlines()[0])
