"""Everything that asking can end in, besides an answer: each `str()` says what is wrong and what to do.

ClientError
  NoConnectionError     nobody answers there, or the connection broke
  DeadlineError         the answer did not come in time
  AnswerError           something answered that is not a StreetScope service
  ProblemError          the service says why it does not answer (RFC 9457); a class for each kind of problem:
    BrokenBodyError, BadParameterError, NoKeyError, NotAllowedError, UnknownAddressError, NoSuchModelError,
    NoSuchAnswerError, NoSuchLetterError, WrongMethodError, TooSlowError, TooLargeError,
    UnknownEncodingError, NotAPhotoError, DamagedPhotoError, ReusedIdError, RefusedError, TooOftenError,
    FaultError, BrokenModelError, GivenUpError, QueueFullError, NoWorkerError, NoBrokerError, LateError,
    BusyError
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

_PREFIX = "/problems/"


class ClientError(Exception):
    """Whatever a request to a service can end in, besides an answer."""


class NoConnectionError(ClientError):
    """Nobody answers at the service's address, or the connection broke each time."""


class DeadlineError(ClientError):
    """The answer did not come in time."""


class AnswerError(ClientError):
    """What came is not an answer of a StreetScope service."""


class ProblemError(ClientError):
    """The service says why it does not answer, in a sentence: `str()`.

    status: of HTTP. document: all that it said. retry_after: the seconds after which to come again, or None.
    """

    kind: ClassVar[str] = ""
    by_kind: ClassVar[dict[str, type[ProblemError]]] = {}

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: float | None = None) -> None:
        super().__init__(str(document.get("detail") or f"The service answered with HTTP status {status}."))
        self.status, self.document, self.retry_after = status, dict(document), retry_after

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        ProblemError.by_kind[cls.kind] = cls

    @property
    def title(self) -> str:
        """What this kind of problem is called; "" if the service did not say."""
        return str(self.document.get("title", ""))


def problem_error(status: int, document: object, retry_after: float | None = None) -> ProblemError:
    """The error of a problem's document; a `ProblemError` without one, or for a kind that is new."""
    members: Mapping[str, Any] = document if isinstance(document, dict) else {}
    kind = str(members.get("type", "")).removeprefix(_PREFIX)
    return ProblemError.by_kind.get(kind, ProblemError)(status, members, retry_after)


class BrokenBodyError(ProblemError):
    """The body cannot be read."""

    kind = "broken-body"


class BadParameterError(ProblemError):
    """A parameter is missing, unknown or outside its range."""

    kind = "bad-parameter"


class NoKeyError(ProblemError):
    """A valid key is needed."""

    kind = "no-key"


class NotAllowedError(ProblemError):
    """The key does not open this."""

    kind = "not-allowed"


class UnknownAddressError(ProblemError):
    """Nothing has this address; perhaps the service is an older one."""

    kind = "unknown-address"


class NoSuchModelError(ProblemError):
    """The service has no model of that name."""

    kind = "no-such-model"


class NoSuchAnswerError(ProblemError):
    """An answer is not kept any more."""

    kind = "no-such-answer"


class NoSuchLetterError(ProblemError):
    """There is no such dead letter."""

    kind = "no-such-letter"


class WrongMethodError(ProblemError):
    """The address exists, but not for this method."""

    kind = "wrong-method"


class TooSlowError(ProblemError):
    """The photo arrived too slowly."""

    kind = "too-slow"


class TooLargeError(ProblemError):
    """The photo has too many bytes or pixels."""

    kind = "too-large"


class UnknownEncodingError(ProblemError):
    """The body is compressed in a way that is not read."""

    kind = "unknown-encoding"


class NotAPhotoError(ProblemError):
    """The file is not a photo."""

    kind = "not-a-photo"


class DamagedPhotoError(ProblemError):
    """The photo cannot be used."""

    kind = "damaged-photo"


class ReusedIdError(ProblemError):
    """The request's id was given to another request before."""

    kind = "reused-id"


class RefusedError(ProblemError):
    """The request cannot be answered."""

    kind = "refused"


class TooOftenError(ProblemError):
    """The key has asked too often."""

    kind = "too-often"


class FaultError(ProblemError):
    """The service has a fault."""

    kind = "fault"


class BrokenModelError(ProblemError):
    """The model cannot be used."""

    kind = "broken-model"


class GivenUpError(ProblemError):
    """Several workers began the request and none ended it."""

    kind = "given-up"


class QueueFullError(ProblemError):
    """Too many requests wait."""

    kind = "queue-full"


class NoWorkerError(ProblemError):
    """No worker is there."""

    kind = "no-worker"


class NoBrokerError(ProblemError):
    """The queue cannot be reached."""

    kind = "no-broker"


class LateError(ProblemError):
    """The answer did not come in the time that the service waits for it."""

    kind = "late"


class BusyError(ProblemError):
    """Too many photos are on their way at once."""

    kind = "busy"
