"""A request's body: counted while it arrives, expanded within a limit, and the photo taken out of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio.to_thread
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from core.errors import ImageError
from core.photos import images
from service import encodings
from service.problems import Kind, Problem, problem_of
from service.settings import Limits

FORM = "multipart/form-data"
FIELD = "photo"
"""The field of a form that holds the photo."""

# What is wrong with a form is said to who sent it; the library would write it into the log too.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_MOST_FIELDS, _FIELD_BYTES = 16, 4096
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
        encoding = encodings.named(request.headers.get("content-encoding", ""))
        with self._place():
            body = await self._body(request)
            if encoding:
                limit = self._limits.body_bytes
                body = await anyio.to_thread.run_sync(encodings.expanded, body, encoding, limit)
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
            raise encodings.too_large(self._limits.body_bytes, "has")
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for part in _watched(request.stream(), self._limits.stall_seconds):
                    body += part
                    if len(body) > self._limits.body_bytes:
                        raise encodings.too_large(self._limits.body_bytes, "has")
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
