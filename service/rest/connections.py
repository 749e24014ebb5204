"""Connections that say nothing are closed, those that say a letter at a time refused, and those that do not
read what they are told cut off: uvicorn alone would wait for ever, until there is no room for anybody.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.problems import MEDIA_TYPE, Kind, Problem

_HEAD_PART = 512
"""Bytes of a head that are looked at together."""


class Connection(H11Protocol):
    """A connection of HTTP/1.1; the head of each request must be whole some seconds after its first byte.

    most_idle: of those that ask nothing yet, or nothing any more; the oldest makes room for another one.
    unread_seconds: for which nothing of an answer may be read.
    """

    head_seconds, unread_seconds, most_idle = 10.0, 60.0, 512
    _idle: ClassVar[dict[Connection, None]] = {}
    _too_late: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Somebody has come, and is expected to say what for."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """A part of a head, or of a body, which has limits of its own."""
        # A head is measured only where it is not whole yet: given at once, it might have any length.
        while data and not (self._is_answering() or self.transport.is_closing()):
            super().data_received(data[:_HEAD_PART])
            data = data[_HEAD_PART:]
        if data and not self.transport.is_closing():
            super().data_received(data)
        if self._is_answering():
            self._expect_nothing()
        elif self._too_late is None:
            self._expect_head()

    def on_response_complete(self) -> None:
        """The next request may come."""
        super().on_response_complete()
        if self._too_late is None and not (self._is_answering() or self.transport.is_closing()):
            self._expect_head()

    def pause_writing(self) -> None:
        """What was said already is not read."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Some of it was."""
        self._be_patient()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._expect_nothing()
        self._be_patient()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is answered with a problem's document too."""
        self._refuse(
            Problem(Kind.BROKEN_BODY, "This is not HTTP as it should be; send it with an HTTP client.")
        )

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: whoever asks for another protocol is answered in this one, and must not fill the log."""

    def _refuse(self, problem: Problem) -> None:
        """Answer what never becomes a request, and close."""
        headers = [("content-type", MEDIA_TYPE), ("connection", "close")]
        body = problem.document()
        for event in (
            h11.Response(status_code=problem.kind.status, headers=headers, reason=_phrase(problem.kind)),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_head(self) -> None:
        self._too_late = self.loop.call_later(self.head_seconds, self._give_up)
        self._idle[self] = None
        if len(self._idle) > self.most_idle:
            next(iter(self._idle))._give_up()

    def _expect_nothing(self) -> None:
        self._idle.pop(self, None)
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _be_patient(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _give_up(self) -> None:
        self._expect_nothing()
        if self._is_answering() or self.transport.is_closing():
            return
        begun, _ = self.conn.trailing_data
        if begun and self.conn.our_state is h11.IDLE:
            detail = "The request's head did not come in time; send it again, all at once."
            self._refuse(Problem(Kind.TOO_SLOW, detail))
        else:  # nobody asks anything, or what is asked was refused already
            self.transport.close()


def _phrase(kind: Kind) -> bytes:
    return HTTPStatus(kind.status).phrase.encode()
