"""What is done to have an answer, step by step: what is sent, again after which pause, when it is given up.

Nothing here sends or waits. `streetscope.client` does each step, with or without `await`, and says what came
of it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

import httpx

from streetscope import results
from streetscope.errors import ClientError, DeadlineError, NoConnectionError, ProblemError, problem_error
from streetscope.results import BatchItem, Mask, Picture, Segmented

T = TypeVar("T")
Outcome = Segmented | Mask | Picture | ProblemError

AGAIN = frozenset({429, 502, 503, 504})
"""Statuses after which the same request may be answered."""

_EXAMPLE = "http://localhost:8600"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 8.0
BATCH_PHOTOS, BATCH_BYTES = 32, 80 * 1024 * 1024
"""Of one request; the service takes a little more."""


@dataclass(frozen=True)
class Open:
    """Send a request; what comes of it is the answer's head, or an httpx.TransportError."""

    request: httpx.Request


class Part:
    """What comes next of the answer's body: bytes, or None at its end."""


class Line:
    """The next line of the answer's body, or None at its end."""


@dataclass(frozen=True)
class Pause:
    """Wait."""

    seconds: float


@dataclass(frozen=True)
class Give(Generic[T]):
    """A result, for whoever asked."""

    result: T


Step = Open | Part | Line | Pause
Steps = Generator[Step | Give[T], Any, None]
Prepare = Callable[[float], httpx.Request]
"""Makes a request anew that may take so many seconds. It has the same id each time."""


@dataclass
class Patience:
    """How long, and how often, something is tried. seconds: in all. tries: in a row without any success."""

    seconds: float
    tries: int
    _failed: int = 0
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Something has come: begin anew."""
        self._failed, self._end = 0, time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """Seconds. DeadlineError if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlineError(
                f"The service did not answer within {self.seconds:g} seconds; try it later, or give it more "
                "time."
            )
        return left

    def pause(self, error: ClientError) -> Pause:
        """Before the next try; the error itself if there is none, or if it would be too late.

        Pauses double, and have a share of chance: many who were refused at once do not come back at once.
        """
        self._failed += 1
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (self._failed - 1))
        seconds = random.uniform(longest / 2, longest)  # noqa: S311 (no secret)
        if isinstance(error, ProblemError) and error.retry_after is not None:
            seconds = max(seconds, error.retry_after + random.uniform(0, _FIRST_PAUSE))  # noqa: S311 (no secret)
        if self._failed >= self.tries or time.monotonic() + seconds >= self._end:
            raise error
        return Pause(seconds)


def answer(prepare: Prepare, decode: Callable[[bytes], T], patience: Patience) -> Steps[T]:
    """Send a request, again where that may help, and decode its answer."""
    while True:
        try:
            head = yield Open(prepare(patience.left))
            body = yield from _body(patience)
            if head.status_code == 200:
                yield Give(decode(body))
                return
            error: ClientError = _refusal(head, body)
            if head.status_code not in AGAIN:
                raise error
        except httpx.TransportError as broken:
            error = no_answer(broken)
        yield patience.pause(error)


def is_ready(request: httpx.Request) -> Steps[bool]:
    """Ask once whether a photo would be answered now."""
    try:
        head = yield Open(request)
    except httpx.TransportError:
        yield Give(False)
    else:
        yield Give(head.status_code == 200)


def batch(
    prepare: Callable[[Mapping[int, bytes], float], httpx.Request],
    photos: Iterable[tuple[int, bytes]],
    decode: Callable[[str], tuple[int, Outcome]],
    patience: Patience,
) -> Steps[BatchItem]:
    """Send many photos, some at a time, and again those that may be answered then.

    decode: a line, as the photo's place in its request and what came of it. patience: from photo to photo.
    """
    for portion in _portions(photos):
        left = dict(portion)
        while left:
            error, refused = yield from _sent(prepare, left, decode, patience)
            if not left:
                break
            try:
                yield patience.pause(error)
            except ProblemError:
                if refused.keys() != left.keys():
                    raise
                yield from (Give(BatchItem(number, None, refused[number])) for number in left)
                break


def _sent(
    prepare: Callable[[Mapping[int, bytes], float], httpx.Request],
    left: dict[int, bytes],
    decode: Callable[[str], tuple[int, Outcome]],
    patience: Patience,
) -> Generator[Any, Any, tuple[ClientError, dict[int, ProblemError]]]:
    """Send photos once; those that are done are no longer left. Why others are, and what was said of them."""
    numbers, refused = list(left), dict[int, ProblemError]()
    try:
        head = yield Open(prepare(left, patience.left))
        if head.status_code != 200:
            error = _refusal(head, (yield from _body(patience)))
            if head.status_code not in AGAIN:
                raise error
            return error, refused
        while (line := (yield Line())) is not None:
            place, outcome = decode(line)
            number = numbers[place]
            if isinstance(outcome, ProblemError) and outcome.status in AGAIN:
                refused[number] = outcome
                continue
            del left[number]
            patience.renew()
            if isinstance(outcome, ProblemError):
                yield Give(BatchItem(number, None, outcome))
            else:
                yield Give(BatchItem(number, outcome))
    except httpx.TransportError as broken:
        return no_answer(broken), {}
    soonest = min(refused.values(), key=lambda problem: problem.retry_after or 0.0, default=None)
    return soonest or NoConnectionError("The connection ended before all photos were answered."), refused


def _portions(photos: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """As many photos together as one request may have."""
    portion: list[tuple[int, bytes]] = []
    size = 0
    for number, photo in photos:
        if portion and (len(portion) == BATCH_PHOTOS or size + len(photo) > BATCH_BYTES):
            yield portion
            portion, size = [], 0
        portion.append((number, photo))
        size += len(photo)
    if portion:
        yield portion


def no_answer(broken: httpx.TransportError) -> ClientError:
    """What a connection's error is to whoever asked: raised where no other try can end better."""
    if isinstance(broken, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        raise NoConnectionError(f"This cannot be sent ({broken}); give an address as {_EXAMPLE}.") from broken
    if isinstance(broken, httpx.TimeoutException):
        return DeadlineError("The service did not answer in time; try it later, or give it more time.")
    where, why = broken.request.url.copy_with(query=None), str(broken) or type(broken).__name__
    return NoConnectionError(
        f"Nobody answers at {where} ({why}); look at the address, and whether the service runs."
    )


def _body(patience: Patience) -> Generator[Part, bytes | None, bytes]:
    body = bytearray()
    while (part := (yield Part())) is not None:
        body += part
        _ = patience.left  # somebody who sends a byte now and then is not waited for
    return bytes(body)


def _refusal(head: httpx.Response, body: bytes) -> ProblemError:
    document = None
    if "json" in head.headers.get("content-type", ""):
        document = results.json_document(body)
    return problem_error(head.status_code, document, _retry_after(head.headers.get("retry-after", "")))


def _retry_after(text: str) -> float | None:
    """The seconds in a header Retry-After, which may have a date (RFC 9110, section 10.2.3)."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
