"""What whoever runs the service may ask and do over HTTP: figures, workers, dead letters. Scope: admin."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from core.project import own_version
from service.problems import Kind, Problem
from service.rest import described, gate
from service.rest.context import Service, service_of
from service.topics import dead
from service.topics.signs import name_of

_BROKER_SECONDS = 1.0
"""For what the broker is asked: whoever wants the figures gives up after two (`service.local`)."""

router = APIRouter(prefix="/v1/admin", tags=["administration"], dependencies=[Depends(gate.needs("admin"))])

_Number = Annotated[int, Path(ge=1, le=2**53, description="The letter's number, as the list shows it.")]


class StatusDocument(BaseModel):
    """How the service does. Times in seconds; null where the broker does not say, or nothing was asked."""

    model_config = ConfigDict(frozen=True)

    version: str
    started: datetime
    window: float = Field(description="Seconds that the next six figures are about.")
    photos: int = Field(description="Requests with one photo that were answered.")
    failed: int = Field(description="Of these, with a problem.")
    rate: float = Field(description="Photos a second.")
    p50: float | None = Field(description="Half of the photos were answered within this time.")
    p95: float | None = Field(description="95 of 100 were.")
    p99: float | None = Field(description="99 of 100 were.")
    waiting: int | None = Field(description="Requests in the queue, those being answered included.")
    workers: int = Field(description="Workers of this service that live now.")
    workers_silent: int = Field(description="Of these, stopped or stuck: they give no sign of life.")
    workers_wanted: int = Field(description="How many there should be.")
    kept_answers: int = Field(description="Answers kept for those who ask the same again.")
    kept_bytes: int
    dead: int | None = Field(description="Requests that nobody could answer.")


class WorkerDocument(BaseModel):
    """A worker of this service, on this machine."""

    model_config = ConfigDict(frozen=True)

    pid: int
    silent: bool = Field(description="Whether it gives no sign of life: it is stopped, or stuck.")


class LetterDocument(BaseModel):
    """A request that nobody could answer."""

    model_config = ConfigDict(frozen=True)

    number: int
    when: datetime
    sender: str = Field(description="The id of the key or client that sent it.")
    request: str = Field(description="Its id.")
    operation: str
    model: str
    size: str
    bytes: int = Field(description="Of its photo, as it was compressed; 0 if it lies in the object store.")
    reason: str


class AgainDocument(BaseModel):
    """A letter that was sent again."""

    model_config = ConfigDict(frozen=True)

    number: int
    request: str = Field(description="The new request's id: under the old one it would be the same request.")


@router.get(
    "/status",
    summary="How the service does",
    responses=described.problems(*gate.PROBLEMS),
)
async def status(request: Request) -> StatusDocument:
    """Figures of the last minute, and what is there now."""
    service = service_of(request)
    recent = service.metrics.window.recent(time.monotonic())
    waiting, letters = await _in_the_broker(service)
    answers, kept_bytes = service.kept.amount()
    return StatusDocument(
        version=own_version(),
        started=service.started,
        window=recent.seconds,
        photos=recent.photos,
        failed=recent.failed,
        rate=recent.rate,
        p50=recent.p50,
        p95=recent.p95,
        p99=recent.p99,
        waiting=waiting,
        workers=len(there := _workers(service)),
        workers_silent=sum(each.silent for each in there),
        workers_wanted=service.workers.wanted,
        kept_answers=answers,
        kept_bytes=kept_bytes,
        dead=letters,
    )


@router.get(
    "/workers",
    summary="The workers of this service",
    responses=described.problems(*gate.PROBLEMS),
)
async def workers(request: Request) -> list[WorkerDocument]:
    """Those that live now; workers that run elsewhere are not among them."""
    return _workers(service_of(request))


@router.get(
    "/dead",
    summary="Requests that nobody could answer",
    responses=described.problems(*gate.PROBLEMS, Kind.NO_BROKER, Kind.BAD_PARAMETER),
)
async def dead_letters(
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**53, description="Only those with a higher number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=dead.MOST, description="How many at most.")] = 20,
) -> list[LetterDocument]:
    """The oldest first; the last one's number as `after` gives the next ones."""
    with service_of(request).asker.streams() as js:
        return [
            LetterDocument(
                number=letter.number,
                when=letter.when,
                sender=letter.sender,
                request=letter.request,
                operation=letter.operation,
                model=letter.model,
                size=letter.size,
                bytes=letter.bytes,
                reason=letter.reason,
            )
            for letter in await dead.letters(js, after, limit)
        ]


@router.delete(
    "/dead/{number}",
    summary="Remove such a request",
    status_code=204,
    response_class=Response,
    responses=described.problems(*gate.PROBLEMS, Kind.NO_SUCH_LETTER, Kind.NO_BROKER, Kind.BAD_PARAMETER),
)
async def remove(request: Request, number: _Number) -> Response:
    """Nobody can send it again then."""
    with service_of(request).asker.streams() as js:
        await dead.remove(js, number)
    return Response(status_code=204)


@router.post(
    "/dead/{number}/resend",
    summary="Send such a request again",
    responses=described.problems(
        *gate.PROBLEMS,
        Kind.NO_SUCH_LETTER,
        Kind.REFUSED,
        Kind.QUEUE_FULL,
        Kind.NO_BROKER,
        Kind.BAD_PARAMETER,
    ),
)
async def resend(request: Request, number: _Number) -> AgainDocument:
    """It goes into the queue under a new id, and is no dead letter any more."""
    with service_of(request).asker.streams() as js:
        return AgainDocument(number=number, request=await dead.resend(js, number))


def _workers(service: Service) -> list[WorkerDocument]:
    silent = service.asker.signs.is_silent
    return [WorkerDocument(pid=pid, silent=silent(name_of(pid))) for pid in service.workers.pids()]


async def _in_the_broker(service: Service) -> tuple[int | None, int | None]:
    """How many requests wait, and how many are dead letters; None where the broker does not say."""
    try:
        async with asyncio.timeout(_BROKER_SECONDS):
            with service.asker.streams() as js:
                return await service.asker.waiting(), await dead.count(js)
    except (Problem, TimeoutError):  # all other figures are wanted just then
        return None, None
