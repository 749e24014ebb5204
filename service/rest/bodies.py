"""A request's body: counted while it arrives, expanded within a limit, and the photo taken out of it."""

from __future__ import annotations

import asyncio
import gzip
import io
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import anyio.to_thread
import zstandard
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from core.errors import ImageError
from core.photos import images
from service.problems import Kind, Problem, problem_of
from service.settings import Limits

ENCODINGS = ("gzip", "zstd")
FORM = "multipart/form-data"
FIELD = "photo"
"""The field of a form that holds the photo."""

_MOST_FIELDS, _FIELD_BYTES = 16, 4096
_WINDOW_BYTES = 128 * 1024 * 1024
"""Of memory that a zstd body may ask for: as much as its own command takes without being told."""

_DAMAGED = (OSError, EOFError, zlib.error, zstandard.ZstdError)
_HOW = (
    "send a photo's bytes as the body (curl --data-binary @photo.jpg) or in a form (curl -F photo=@photo.jpg)"
)


@dataclass(frozen=True)
class Upload:
    """A photo as it was sent, and what the form said beside it."""

    photo: bytes = field(repr=False)
    words: Mapping[str, str]


class Uploads:
    """Takes in the bodies of requests, so many at a time and each within its limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self.under_way = limits, 0

    async def receive(self, request: Request) -> Upload:
        """The photo in a request. Problem if there is none, or if it is too large, too slow or damaged."""
        encoding = _encoding(request.headers)
        with self._place():
            body = await self._body(request)
            if encoding:
                limit = self._limits.body_bytes
                body = await anyio.to_thread.run_sync(_expanded, body, encoding, limit)
            upload = await _upload(request.headers, body)
        try:
            images.check_file(upload.photo)
        except ImageError as error:
            raise problem_of(error) from error
        return upload

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self.under_way >= self._limits.uploads:
            raise Problem(
                Kind.BUSY,
                "Too many photos are on their way at once; send this one again.",
                {"Retry-After": "1"},
            )
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1

    async def _body(self, request: Request) -> bytes:
        announced = request.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > self._limits.body_bytes:
            raise _too_large(self._limits.body_bytes, "has")
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for part in _watched(request.stream(), self._limits.stall_seconds):
                    body += part
                    if len(body) > self._limits.body_bytes:
                        raise _too_large(self._limits.body_bytes, "has")
        except TimeoutError:
            raise Problem(
                Kind.TOO_SLOW,
                f"The body did not arrive in time: it may take {self._limits.body_seconds:g} seconds in all, "
                f"and pause for {self._limits.stall_seconds:g}; send a smaller photo.",
                {"Connection": "close"},
            ) from None
        except ClientDisconnect:
            raise Problem(
                Kind.BROKEN_BODY, "The connection ended before the body did; send it again."
            ) from None
        return bytes(body)


async def _watched(parts: AsyncIterator[bytes], seconds: float) -> AsyncIterator[bytes]:
    """The same parts; TimeoutError if one lets wait for itself."""
    while True:
        try:
            async with asyncio.timeout(seconds):
                part = await anext(parts)
        except StopAsyncIteration:
            return
        yield part


def _encoding(headers: Headers) -> str:
    """How the body is compressed; "" if it is not."""
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return ""
    if encoding in ENCODINGS:
        return encoding
    raise Problem(
        Kind.UNKNOWN_ENCODING,
        "The body is compressed in a way that is not read here; send it with Content-Encoding "
        f"{' or '.join(ENCODINGS)}, or as it is.",
        {"Accept-Encoding": ", ".join(ENCODINGS)},
    )


def _expanded(body: bytes, encoding: str, most: int) -> bytes:
    """What a compressed body expands to: never more than `most` bytes are made of it."""
    try:
        with _reader(body, encoding) as reader:
            data = reader.read(most + 1)
    except _DAMAGED as error:
        raise Problem(
            Kind.BROKEN_BODY,
            f"The body is not sound {encoding} data; compress it again, or send it as it is.",
        ) from error
    if len(data) > most:
        raise _too_large(most, "expands to")
    return data


def _reader(body: bytes, encoding: str) -> BinaryIO:
    source = io.BytesIO(body)
    if encoding == "gzip":
        return cast(BinaryIO, gzip.GzipFile(fileobj=source))
    return cast(
        BinaryIO,
        zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES).stream_reader(
            source, read_across_frames=True
        ),
    )


async def _upload(headers: Headers, body: bytes) -> Upload:
    if not body:
        raise Problem(Kind.NOT_A_PHOTO, f"The body is empty; {_HOW}.")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return await _from_form(headers, body) if kind == FORM else Upload(body, {})


async def _from_form(headers: Headers, body: bytes) -> Upload:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        headers, whole(), max_files=1, max_fields=_MOST_FIELDS, max_part_size=_FIELD_BYTES
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Problem(Kind.BROKEN_BODY, f"The form cannot be read; {_HOW}.") from error
    try:
        photos = [value for name, value in form.multi_items() if name == FIELD]
        if len(photos) != 1 or not isinstance(photos[0], UploadFile):
            raise Problem(Kind.NOT_A_PHOTO, f"The form has no file in its field {FIELD}; {_HOW}.")
        words = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        return Upload(await photos[0].read(), words)
    finally:
        await form.close()


def _too_large(most: int, verb: str) -> Problem:
    return Problem(
        Kind.TOO_LARGE,
        f"The body {verb} more than {most:,} bytes; send a photo of at most "
        f"{images.MAX_BYTES // 1024**2} MB.",
    )
