"""Many photos in one request: answered one by one, in order, a line of JSON for each."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile

from core.errors import StreetScopeError
from core.photos import images
from service.engine.answers import JSON, PNG, Segmented
from service.engine.requests import SegmentRequest
from service.problems import Problem, fault, problem_of
from service.rest.photos.answering import Answered, Answers

LINES = "application/x-ndjson"
AHEAD = 4
"""Photos of a batch that wait or are answered at a time: all others of it leave the queue to others."""

_log = logging.getLogger("uvicorn.error")


class BatchLine(BaseModel):
    """What came of one photo: `document`, `png` or `problem`, by what was asked for and how it went."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(description="The photo's place in the form, from 0.")
    status: int = Field(description="As if it had been sent alone; 200 if it is segmented.")
    location: str | None = Field(None, description="Where the answer is kept for a while.")
    retry_after: int | None = Field(None, description="In how many seconds to send this photo again.")
    document: Segmented | None = Field(None, description="With answer=json.")
    png: str | None = Field(None, description="With answer=index or colour: the picture in Base64.")
    problem: dict[str, object] | None = Field(None, description="What is wrong with it (RFC 9457).")


@dataclass(frozen=True)
class Batch:
    """Photos of a client to be segmented alike.

    given: an id of the client's for all of it. admit: counts a photo; Problem if the key has asked too often.
    """

    answers: Answers
    asked: SegmentRequest
    client: str
    given: str | None
    admit: Callable[[], None]

    async def lines(self, photos: Sequence[UploadFile]) -> AsyncGenerator[bytes, None]:
        """A line for each photo, in order. The first has been counted already."""
        under_way: deque[asyncio.Task[bytes]] = deque()
        try:
            for number, photo in enumerate(photos):
                under_way.append(asyncio.create_task(self._line(number, photo)))
                if len(under_way) == AHEAD:
                    yield await under_way.popleft()
            while under_way:
                yield await under_way.popleft()
        finally:
            for task in under_way:
                task.cancel()

    async def _line(self, number: int, photo: UploadFile) -> bytes:
        try:
            if number:
                self.admit()
            return _answered(number, await self._answer(photo))
        except Problem as error:
            problem = error
        except StreetScopeError as error:
            problem = problem_of(error)
        except Exception:  # the other photos are answered nevertheless
            _log.exception("A photo of a batch could not be answered")
            problem = fault()
        return _refused(number, problem)

    async def _answer(self, photo: UploadFile) -> Answered:
        data = await photo.read()
        await photo.close()
        images.check_file(data)
        answering = self.answers.of(self.asked, data, self.client, self.given)
        del data  # megabytes, which are not needed until its turn has come
        return await answering


def _answered(number: int, answered: Answered) -> bytes:
    answer = answered.answer
    head: dict[str, object] = {"number": number, "status": answer.status}
    if answered.location:
        head["location"] = answered.location
    if answer.media_type == PNG:
        return _joined(head, "png", json.dumps(base64.b64encode(answer.body).decode()).encode())
    return _joined(head, "document" if answer.media_type == JSON else "problem", answer.body)


def _refused(number: int, problem: Problem) -> bytes:
    head: dict[str, object] = {"number": number, "status": problem.kind.status}
    if "Retry-After" in problem.headers:
        head["retry_after"] = int(problem.headers["Retry-After"])
    return _joined(head, "problem", problem.document())


def _joined(head: dict[str, object], name: str, document: bytes) -> bytes:
    """A line: JSON without line ends, of which the last member is JSON already."""
    return json.dumps(head)[:-1].encode() + f', "{name}": '.encode() + document + b"}\n"
