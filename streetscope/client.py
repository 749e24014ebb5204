"""A client for StreetScope's HTTP interface: `Client`, and `AsyncClient` for programs with `async`.

    from streetscope.client import Client

    with Client("http://localhost:8600", key="ss_...") as streets:  # or STREETSCOPE_KEY in the environment
        answer = streets.segment("street.jpg", size=512)
        for each in answer.classes:
            print(f"{each.name}: {each.share:.1%}")
        print(streets.read("street.jpg", row=212, col=340).sentence)
        streets.colour_mask("street.jpg").save("mask.png")

Whatever goes wrong with a request is a `streetscope.errors.ClientError` with a sentence; a photo's file that
cannot be read is an OSError. A request that may be answered later (the connection broke; the queue is full;
no worker is there) is sent again after a pause that grows, always with the same id: the service computes it
once, however often it comes.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any, BinaryIO, Literal, Self, TypedDict, TypeVar, Unpack

import httpx

from streetscope import results, steps
from streetscope.errors import ClientError
from streetscope.results import BatchItem, Class, Mask, Model, Picture, Reading, Segmented
from streetscope.steps import Give, Line, Open, Part, Patience, Pause, Step, Steps

T = TypeVar("T")

Photo = bytes | str | os.PathLike[str] | BinaryIO
"""A photo as the bytes of its file, the file's path, or an open file."""

Answer = Literal["json", "index", "colour"]
Shape = Literal["row", "column", "square"]

LOCAL = "http://127.0.0.1:8600"
KEY_VARIABLE = "STREETSCOPE_KEY"
_READY_SECONDS = 5.0


class Options(TypedDict, total=False):
    """What may be said of photos.

    size: the longer side to work at, in pixels, or a name such as "full"; without, the model's own. model: by
    name; without, the usual one. deadline: seconds, instead of the client's.
    """

    size: int | str
    model: str
    deadline: float


class PhotoOptions(Options, total=False):
    """What may be said of one photo.

    request_id: 1 to 64 letters, digits, - and _, for a request that another process may send again; without,
    one is made up.
    """

    request_id: str


class _Asking:
    """What both clients share: how each question is asked, and how its answer is read."""

    _http: httpx.Client | httpx.AsyncClient

    def __init__(self, deadline: float, tries: int) -> None:
        self._deadline, self._tries = deadline, tries

    def _segment(
        self, photo: Photo, answer: Answer, decode: Callable[[bytes], T], options: PhotoOptions
    ) -> Steps[T]:
        return self._about("/v1/segment", photo, {"answer": answer}, decode, options)

    def _about(
        self,
        path: str,
        photo: Photo,
        words: Mapping[str, str | int],
        decode: Callable[[bytes], T],
        options: PhotoOptions,
    ) -> Steps[T]:
        content, parameters = _bytes(photo), {**words, **_parameters(options)}
        headers = _named(options.get("request_id")) | {"Content-Type": "application/octet-stream"}

        def prepare(seconds: float) -> httpx.Request:
            return self._http.build_request(
                "POST", path, params=parameters, content=content, headers=headers, timeout=seconds
            )

        return steps.answer(prepare, decode, self._patience(options))

    def _batch(self, photos: Iterable[Photo], answer: Answer, options: Options) -> Steps[BatchItem]:
        path, headers = "/v1/segment/batch", _named(None)
        parameters = {"answer": answer} | _parameters(options)

        def prepare(some: Mapping[int, bytes], seconds: float) -> httpx.Request:
            files = [("photo", (str(number), photo)) for number, photo in some.items()]
            return self._http.build_request(
                "POST", path, params=parameters, files=files, headers=headers, timeout=seconds
            )

        numbered = ((number, _bytes(photo)) for number, photo in enumerate(photos))
        return steps.batch(prepare, numbered, results.batch_line, self._patience(options))

    def _list(self, path: str, words: dict[str, str], decode: Callable[[Any], T]) -> Steps[T]:
        def prepare(seconds: float) -> httpx.Request:
            return self._http.build_request("GET", path, params=words, timeout=seconds)

        return steps.answer(prepare, lambda body: decode(results.json_document(body)), self._patience({}))

    def _classes(self, model: str | None) -> Steps[tuple[Class, ...]]:
        return self._list("/v1/classes", {"model": model} if model else {}, results.classes)

    def _ready(self) -> Steps[bool]:
        return steps.is_ready(self._http.build_request("GET", "/readyz", timeout=_READY_SECONDS))

    def _patience(self, options: Options) -> Patience:
        return Patience(options.get("deadline", self._deadline), self._tries)


class Client(_Asking):
    """Asks a service, and waits for its answers.

    url: the service's address. key: its text; without, what the environment variable STREETSCOPE_KEY has.
    deadline: seconds that an answer may take in all, with every try. tries: how often one is sent.
    """

    _http: httpx.Client

    def __init__(
        self, url: str = LOCAL, key: str | None = None, *, deadline: float = 90.0, tries: int = 6
    ) -> None:
        super().__init__(deadline, tries)
        self._http = httpx.Client(base_url=url, headers=_headers(key))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of its connections."""
        self._http.close()

    def segment(self, photo: Photo, **options: Unpack[PhotoOptions]) -> Segmented:
        """The classes' shares, and the mask. ClientError."""
        return self._one(self._segment(photo, "json", _segmented, options))

    def mask(self, photo: Photo, **options: Unpack[PhotoOptions]) -> Mask:
        """The class number of each pixel. Otherwise as `segment`."""
        return self._one(self._segment(photo, "index", results.mask, options))

    def colour_mask(self, photo: Photo, **options: Unpack[PhotoOptions]) -> Picture:
        """The mask in the classes' colours, as a PNG. Otherwise as `segment`."""
        return self._one(self._segment(photo, "colour", results.picture, options))

    def read(
        self,
        photo: Photo,
        row: int,
        col: int,
        shape: Shape = "row",
        **options: Unpack[PhotoOptions],
    ) -> Reading:
        """A pixel of the photo at its working size, with 20 neighbours. row, col: from 0. ClientError."""
        words = {"row": row, "col": col, "shape": shape}
        return self._one(self._about("/v1/read", photo, words, _reading, options))

    def batch(
        self,
        photos: Iterable[Photo],
        answer: Answer = "json",
        **options: Unpack[Options],
    ) -> Iterator[BatchItem]:
        """Each photo's result or problem, as soon as it is there: one bad photo harms no other.

        photos: as many as you like; they are sent some at a time. answer: json for `Segmented`, index for
        `Mask`, colour for `Picture`. deadline: seconds from one result to the next. Those that were refused
        for the moment come later: `BatchItem.number` says which photo it is. ClientError for what stops all.

            for item in streets.batch(["a.jpg", "b.jpg"], answer="colour"):
                if isinstance(item.result, Picture):
                    item.result.save(f"{item.number}.png")
        """
        return self._all(self._batch(photos, answer, options))

    def models(self) -> tuple[Model, ...]:
        """The models that can be asked, the usual one first. ClientError."""
        return self._one(self._list("/v1/models", {}, results.models))

    def classes(self, model: str | None = None) -> tuple[Class, ...]:
        """The classes of a model, by number. ClientError."""
        return self._one(self._classes(model))

    def ready(self) -> bool:
        """Whether a photo would be answered now. Asks once."""
        return self._one(self._ready())

    def _one(self, to_do: Steps[T]) -> T:
        with closing(self._all(to_do)) as given:
            return next(given)

    def _all(self, to_do: Steps[T]) -> Generator[T, None, None]:
        """Do step by step; what they give."""
        wire = _Wire(self._http)
        outcome: object = None
        try:
            while (step := _next_step(to_do, outcome)) is not None:
                if isinstance(step, Give):
                    outcome = None
                    yield step.result
                    continue
                try:
                    outcome = wire.do(step)
                except httpx.TransportError as error:
                    outcome = error
        finally:
            wire.close()


class AsyncClient(_Asking):
    """`Client` for programs with `async`: the same questions, each awaited.

    async with AsyncClient("http://localhost:8600") as streets:
        answer = await streets.segment("street.jpg")
        async for item in streets.batch(["a.jpg", "b.jpg"]):
            print(item.number, item.problem or "segmented")
    """

    _http: httpx.AsyncClient

    def __init__(
        self, url: str = LOCAL, key: str | None = None, *, deadline: float = 90.0, tries: int = 6
    ) -> None:
        super().__init__(deadline, tries)
        self._http = httpx.AsyncClient(base_url=url, headers=_headers(key))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of its connections."""
        await self._http.aclose()

    async def segment(self, photo: Photo, **options: Unpack[PhotoOptions]) -> Segmented:
        """As `Client.segment`."""
        return await self._one(self._segment(photo, "json", _segmented, options))

    async def mask(self, photo: Photo, **options: Unpack[PhotoOptions]) -> Mask:
        """As `Client.mask`."""
        return await self._one(self._segment(photo, "index", results.mask, options))

    async def colour_mask(self, photo: Photo, **options: Unpack[PhotoOptions]) -> Picture:
        """As `Client.colour_mask`."""
        return await self._one(self._segment(photo, "colour", results.picture, options))

    async def read(
        self,
        photo: Photo,
        row: int,
        col: int,
        shape: Shape = "row",
        **options: Unpack[PhotoOptions],
    ) -> Reading:
        """As `Client.read`."""
        words = {"row": row, "col": col, "shape": shape}
        return await self._one(self._about("/v1/read", photo, words, _reading, options))

    def batch(
        self,
        photos: Iterable[Photo],
        answer: Answer = "json",
        **options: Unpack[Options],
    ) -> AsyncIterator[BatchItem]:
        """As `Client.batch`, for `async for`."""
        return self._all(self._batch(photos, answer, options))

    async def models(self) -> tuple[Model, ...]:
        """As `Client.models`."""
        return await self._one(self._list("/v1/models", {}, results.models))

    async def classes(self, model: str | None = None) -> tuple[Class, ...]:
        """As `Client.classes`."""
        return await self._one(self._classes(model))

    async def ready(self) -> bool:
        """As `Client.ready`."""
        return await self._one(self._ready())

    async def _one(self, to_do: Steps[T]) -> T:
        async with aclosing(self._all(to_do)) as given:
            return await anext(given)

    async def _all(self, to_do: Steps[T]) -> AsyncGenerator[T, None]:
        wire = _AsyncWire(self._http)
        outcome: object = None
        try:
            while (step := _next_step(to_do, outcome)) is not None:
                if isinstance(step, Give):
                    outcome = None
                    yield step.result
                    continue
                try:
                    outcome = await wire.do(step)
                except httpx.TransportError as error:
                    outcome = error
        finally:
            await wire.close()


def _next_step(to_do: Steps[T], outcome: object) -> Step | Give[T] | None:
    """The step after one with this outcome; None if there is none."""
    try:
        return to_do.throw(outcome) if isinstance(outcome, Exception) else to_do.send(outcome)
    except StopIteration:
        return None


class _Wire:
    """Does steps, waiting for each."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._answer: httpx.Response | None = None
        self._parts: Iterator[bytes] = iter(())
        self._lines: Iterator[str] = iter(())

    def do(self, step: Step) -> httpx.Response | bytes | str | None:
        """What comes of a step. httpx.TransportError."""
        match step:
            case Pause(seconds):
                time.sleep(seconds)
            case Part():
                return next(self._parts, None)
            case Line():
                return next(self._lines, None)
            case Open(request):
                self.close()
                self._answer = self._http.send(request, stream=True)
                self._parts, self._lines = self._answer.iter_bytes(), self._answer.iter_lines()
                return self._answer
        return None

    def close(self) -> None:
        """End the answer that is under way."""
        if self._answer is not None:
            self._answer.close()


class _AsyncWire:
    """As `_Wire`, with `await`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._answer: httpx.Response | None = None
        self._parts: AsyncIterator[bytes] | None = None
        self._lines: AsyncIterator[str] | None = None

    async def do(self, step: Step) -> httpx.Response | bytes | str | None:
        """What comes of a step. httpx.TransportError."""
        match step:
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Part():
                return await anext(self._parts, None) if self._parts else None
            case Line():
                return await anext(self._lines, None) if self._lines else None
            case Open(request):
                await self.close()
                self._answer = await self._http.send(request, stream=True)
                self._parts, self._lines = self._answer.aiter_bytes(), self._answer.aiter_lines()
                return self._answer
        return None

    async def close(self) -> None:
        """End the answer that is under way."""
        if self._answer is not None:
            await self._answer.aclose()


def _bytes(photo: Photo) -> bytes:
    if isinstance(photo, bytes):
        return photo
    if isinstance(photo, str | os.PathLike):
        return Path(photo).read_bytes()
    return photo.read()


def _parameters(options: Options) -> dict[str, str | int]:
    return {name: value for name, value in options.items() if name in ("size", "model")}  # type: ignore[misc]


def _named(request_id: str | None) -> dict[str, str]:
    return {"Idempotency-Key": request_id or uuid.uuid4().hex}


def _headers(key: str | None) -> dict[str, str]:
    text = (os.environ.get(KEY_VARIABLE, "") if key is None else key).strip()
    if not (text.isascii() and text.isprintable()):
        raise ClientError("This is no key: one is ss_, and then letters and digits without spaces between.")
    return {"Authorization": f"Bearer {text}"} if text else {}


def _segmented(body: bytes) -> Segmented:
    return results.segmented(results.json_document(body))


def _reading(body: bytes) -> Reading:
    return results.reading(results.json_document(body))
