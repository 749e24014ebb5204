"""Everything that can go wrong with a request, as problem details: what is wrong, and what to send instead.

Source: RFC 9457, "Problem Details for HTTP APIs", 2023. The same documents answer requests over topics.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum

from core.errors import (
    ImageError,
    ImageTooLargeError,
    ModelError,
    ModelNotFoundError,
    NotAnImageError,
    PixelOutsideError,
    SizeError,
    StreetScopeError,
)
from service.errors import ServiceError

MEDIA_TYPE = "application/problem+json"


class Kind(Enum):
    """A kind of problem: its name in an address, its HTTP status, its title, and what to do about it."""

    BROKEN_BODY = (
        "broken-body",
        400,
        "The body cannot be read",
        "The body ended early, or is not what its headers say: compress it again, or send it as it is.",
    )
    BAD_PARAMETER = (
        "bad-parameter",
        422,
        "A parameter cannot be used",
        "A parameter is missing, unknown or outside its range. The detail says which, and what it may be.",
    )
    NO_KEY = (
        "no-key",
        401,
        "A valid key is needed",
        "A key is sent in the header Authorization, after Bearer. Whoever runs the service makes it.",
    )
    NOT_ALLOWED = (
        "not-allowed",
        403,
        "The key does not open this",
        "A key has scopes: segment, read, admin. The detail says which one is needed.",
    )
    UNKNOWN_ADDRESS = (
        "unknown-address",
        404,
        "Nothing has this address",
        "There is nothing at this address. GET /docs lists all there is.",
    )
    NO_SUCH_MODEL = (
        "no-such-model",
        404,
        "There is no such model",
        "The model store has no model of that name. GET /v1/models lists those that there are.",
    )
    NO_SUCH_ANSWER = (
        "no-such-answer",
        404,
        "This answer is not kept",
        "Answers are kept for a while only, the least recently used go first: send the photo again.",
    )
    NO_SUCH_LETTER = (
        "no-such-letter",
        404,
        "There is no such dead letter",
        "It was removed, sent again, or made room for others. GET /v1/admin/dead lists those there are.",
    )
    WRONG_METHOD = (
        "wrong-method",
        405,
        "The address exists, but not for this method",
        "The header Allow says which methods this address takes.",
    )
    TOO_SLOW = (
        "too-slow",
        408,
        "The request arrived too slowly",
        "A body may take some time in all, and pause for less; a head has seconds. Send a smaller photo.",
    )
    TOO_LARGE = (
        "too-large",
        413,
        "The body or the picture is too large",
        "The body, what it expands to, or the picture's pixels are above the limit that the detail names.",
    )
    UNKNOWN_ENCODING = (
        "unknown-encoding",
        415,
        "The body is compressed in a way that is not read here",
        "Bodies are sent as they are, or with Content-Encoding gzip or zstd.",
    )
    NOT_A_PHOTO = (
        "not-a-photo",
        415,
        "The body is not a photo",
        "JPEG, PNG, WebP, HEIC, BMP and GIF are read; by what is in the file, not by its name or type.",
    )
    DAMAGED_PHOTO = (
        "damaged-photo",
        422,
        "The photo cannot be used",
        "The file begins like a picture, but its pixels cannot be read. Save it again as JPEG or PNG.",
    )
    REUSED_ID = (
        "reused-id",
        422,
        "This id belongs to another request",
        "An Idempotency-Key names one request. It is sent again only with the same photo and parameters.",
    )
    REFUSED = ("refused", 422, "The request cannot be answered", "The detail says why.")
    TOO_OFTEN = (
        "too-often",
        429,
        "The key has asked too often",
        "Each key has a rate. The header Retry-After says in how many seconds to send again.",
    )
    FAULT = (
        "fault",
        500,
        "The service has a fault",
        "This is not the request's fault. Whoever runs the service finds the reason in its log.",
    )
    BROKEN_MODEL = (
        "broken-model",
        500,
        "The model cannot be used",
        "A file of the model is missing, changed or of another version. Choose another model.",
    )
    GIVEN_UP = (
        "given-up",
        500,
        "The request was given up",
        "Three workers began it and none ended it. It is kept, so that whoever runs the service can look.",
    )
    QUEUE_FULL = (
        "queue-full",
        429,
        "Too many requests wait",
        "The queue is full. The header Retry-After says in how many seconds to send again.",
    )
    NO_WORKER = (
        "no-worker",
        503,
        "No worker is there",
        "Workers segment the photos; one may be starting. The header Retry-After says when to send again.",
    )
    NO_BROKER = (
        "no-broker",
        503,
        "The queue cannot be reached",
        "Requests wait in a broker, which may be starting. The header Retry-After says when to send again.",
    )
    LATE = (
        "late",
        504,
        "The answer did not come in time",
        "Send the photo again, at a smaller size if it was a large one. It was taken back out of the queue, "
        "unless it has an Idempotency-Key: then it may be answered meanwhile.",
    )
    BUSY = (
        "busy",
        503,
        "Too many photos are on their way at once",
        "Only some bodies are taken in at a time. The header Retry-After says when to send again.",
    )

    def __init__(self, address: str, status: int, title: str, meaning: str) -> None:
        self.address, self.status, self.title, self.meaning = address, status, title, meaning

    @property
    def type(self) -> str:
        """The address at which the service explains this kind, relative to its own."""
        return f"/problems/{self.address}"


class Problem(Exception):  # noqa: N818 - the standard's name for it
    """A request that cannot be answered. detail: a sentence, or two, for the person who sent it.

    headers: of HTTP, such as Retry-After. more: further members of the document, such as the request's id.
    """

    def __init__(
        self, kind: Kind, detail: str, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.headers, self.more = kind, detail, dict(headers or {}), more

    def document(self) -> bytes:
        """The problem as JSON."""
        members = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        return json.dumps(members | self.more).encode()


_KINDS: tuple[tuple[type[StreetScopeError], Kind], ...] = (
    (NotAnImageError, Kind.NOT_A_PHOTO),
    (ImageTooLargeError, Kind.TOO_LARGE),
    (ImageError, Kind.DAMAGED_PHOTO),
    (SizeError, Kind.BAD_PARAMETER),
    (PixelOutsideError, Kind.BAD_PARAMETER),
    (ModelNotFoundError, Kind.NO_SUCH_MODEL),
    (ModelError, Kind.BROKEN_MODEL),
    (ServiceError, Kind.FAULT),
)
_INSIDE = {
    # Their own sentences name files of this machine, which are nobody's business outside.
    Kind.BROKEN_MODEL: "This model cannot be used here; choose another, or tell whoever runs the service.",
    Kind.FAULT: "The service has a fault, and its log says which; send it again, or tell whoever runs it.",
}


def fault() -> Problem:
    """What is answered where the service itself is at fault."""
    return Problem(Kind.FAULT, _INSIDE[Kind.FAULT])


def problem_of(error: StreetScopeError) -> Problem:
    """What an error of the library is to somebody who sent a request."""
    kind = next((kind for error_type, kind in _KINDS if isinstance(error, error_type)), Kind.REFUSED)
    return Problem(kind, _INSIDE.get(kind, str(error)))
