"""A request's body: counted while it arrives, expanded within a limit, and the photo taken out of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from starlette.datastructures import FormData, Headers, UploadFile
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
_PART = 64 * 1024
_HOW = (
    "send one photo's bytes as the body (curl --data-binary @photo.jpg) or in a form "
    "(curl -F photo=@photo.jpg)"
)


@dataclass(frozen=True)
class Upload:
    """A photo as it was sent, and what the form said beside it."""

    photo: bytes = field(repr=False)
    words: Mapping[str, str]


@dataclass(frozen=True)
class BatchUpload:
    """Photos as they were sent, the large ones on the disk, and what the form said beside them."""

    photos: Sequence[UploadFile]
    words: Mapping[str, str]


class Uploads:
    """Takes in the bodies of requests, so many at a time and each within its limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self.under_way, self.batches = limits, 0, 0

    async def receive(self, request: Request) -> Upload:
        """The photo in a request. Problem if there is none, or if it is too large, too slow or damaged."""
        encoding = encodings.named(request.headers.get("content-encoding", ""))
        with self._place():
            body = await self._body(request)
            body = await encodings.expanded_beside(body, encoding, self._limits.body_bytes)
            upload = await _upload(request.headers, body)
        try:
            images.check_file(upload.photo)
        except ImageError as error:
            raise problem_of(error) from error
        return upload

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self.under_way >= self._limits.uploads:
            raise _busy("Too many photos are on their way at once")
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1

    @asynccontextmanager
    async def batch(self, request: Request) -> AsyncIterator[BatchUpload]:
        """The photos in a request, until they are no longer needed. Problem as for `receive`."""
        limits = self._limits
        if encodings.named(request.headers.get("content-encoding", "")):
            raise Problem(
                Kind.UNKNOWN_ENCODING,
                "A batch is not compressed again, for its photos are compressed already; send it as it is.",
                {"Accept-Encoding": "identity"},
            )
        if _media_type(request.headers) != FORM:
            raise Problem(Kind.NOT_A_PHOTO, f"The body is no form; {_how_many(limits)}.")
        if self.batches >= limits.batches:
            raise _busy("Too many batches are answered at once")
        self.batches += 1
        try:
            instead = f"send a batch of at most {limits.batch_bytes // 1024**2} MB"
            with self._place():
                parts = self._parts(request, limits.batch_bytes, instead)
                form = await _parsed(request.headers, parts, limits.batch_photos, _how_many(limits))
            try:
                yield _batch(form, _how_many(limits))
            finally:
                await form.close()
        finally:
            self.batches -= 1

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for part in self._parts(request, self._limits.body_bytes):
            body += part
        return bytes(body)

    async def _parts(
        self, request: Request, most: int, instead: str = encodings.INSTEAD
    ) -> AsyncGenerator[bytes, None]:
        """A body as it comes, at most so many bytes. Problem if it is larger, or too slow."""
        announced = request.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > most:
            raise encodings.too_large(most, "has", instead)
        seconds, so_far = self._limits.body_seconds, 0
        end = time.monotonic() + seconds
        try:
            parts = aiter(request.stream())
            while True:
                left = min(self._limits.stall_seconds, end - time.monotonic())
                async with asyncio.timeout(left):
                    part = await anext(parts)
                so_far += len(part)
                if so_far > most:
                    raise encodings.too_large(most, "has", instead)
                yield part
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Problem(
                Kind.TOO_SLOW,
                f"The body did not arrive in time: it may take {seconds:g} seconds in all, "
                f"and pause for {self._limits.stall_seconds:g}; send a smaller photo.",
                {"Connection": "close"},
            ) from None
        except ClientDisconnect:
            raise Problem(
                Kind.BROKEN_BODY, "The connection ended before the body did; send it again."
            ) from None


def _busy(what: str) -> Problem:
    return Problem(Kind.BUSY, f"{what}; send this one again.", {"Retry-After": "1"})


def _how_many(limits: Limits) -> str:
    return f"send 1 to {limits.batch_photos} photos in a form (curl -F photo=@a.jpg -F photo=@b.jpg)"


async def _upload(headers: Headers, body: bytes) -> Upload:
    if not body:
        raise Problem(Kind.NOT_A_PHOTO, f"The body is empty; {_HOW}.")
    return await _from_form(headers, body) if _media_type(headers) == FORM else Upload(body, {})


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


async def _from_form(headers: Headers, body: bytes) -> Upload:
    async def in_parts() -> AsyncGenerator[bytes, None]:
        for start in range(0, len(body), _PART):
            yield body[start : start + _PART]

    form = await _parsed(headers, in_parts(), 1, _HOW)
    try:
        photos = _photos(form)
        if len(photos) != 1:
            raise Problem(Kind.NOT_A_PHOTO, f"The form has no file in its field {FIELD}; {_HOW}.")
        return Upload(await photos[0].read(), _words(form))
    finally:
        await form.close()


def _batch(form: FormData, how: str) -> BatchUpload:
    photos = _photos(form)
    if not photos:
        raise Problem(Kind.NOT_A_PHOTO, f"The form has no file in its field {FIELD}; {how}.")
    return BatchUpload(photos, _words(form))


async def _parsed(
    headers: Headers, parts: AsyncGenerator[bytes, None], most_files: int, how: str
) -> FormData:
    """A form; files above a megabyte lie on the disk until it is closed. Problem if it cannot be read."""
    parser = MultiPartParser(
        headers, parts, max_files=most_files, max_fields=_MOST_FIELDS, max_part_size=_FIELD_BYTES
    )
    try:
        return await parser.parse()
    except MultiPartException as error:
        # The library says what is too many, in words of its own, and else only that something is malformed.
        wrong = "The form has too many parts" if "Too many" in error.message else "The form cannot be read"
        raise Problem(Kind.BROKEN_BODY, f"{wrong}; {how}.") from error


def _photos(form: FormData) -> list[UploadFile]:
    return [value for name, value in form.multi_items() if name == FIELD and isinstance(value, UploadFile)]


def _words(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}
