"""The addresses of the HTTP interface. GET /docs shows them with what each takes and gives."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, aclosing
from functools import partial

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from core.models.store import read_card
from service.engine.answers import Reading, Segmented
from service.engine.requests import Request as PhotoRequest
from service.engine.requests import model_name, read_request, segment_request
from service.problems import Kind, Problem
from service.rest import described, gate
from service.rest.context import Service, service_of
from service.rest.metrics import MEDIA_TYPE as METRICS_TYPE
from service.rest.models import ClassDocument, ModelDocument, all_classes, all_models
from service.rest.photos.answering import Answered, Answers
from service.rest.photos.batch import LINES, Batch
from service.rest.photos.identities import HEADER as ID_HEADER
from service.rest.photos.identities import given_id
from service.settings import Limits

router = APIRouter()

_PHOTO_PROBLEMS = (
    *gate.PROBLEMS,
    Kind.BROKEN_BODY,
    Kind.BAD_PARAMETER,
    Kind.NO_SUCH_MODEL,
    Kind.TOO_SLOW,
    Kind.TOO_LARGE,
    Kind.UNKNOWN_ENCODING,
    Kind.NOT_A_PHOTO,
    Kind.DAMAGED_PHOTO,
    Kind.REUSED_ID,
    Kind.BROKEN_MODEL,
    Kind.BUSY,
    Kind.GIVEN_UP,
    Kind.QUEUE_FULL,
    Kind.NO_WORKER,
    Kind.NO_BROKER,
    Kind.LATE,
)
_ANSWERED_IN_LINES = {
    Kind.DAMAGED_PHOTO,
    Kind.GIVEN_UP,
    Kind.QUEUE_FULL,
    Kind.NO_WORKER,
    Kind.NO_BROKER,
    Kind.LATE,
}
_BATCH_PROBLEMS = tuple(kind for kind in _PHOTO_PROBLEMS if kind not in _ANSWERED_IN_LINES)
_IN_THE_FORM_TOO = "The parameters may stand in the form instead."


class _Streamed(StreamingResponse):
    """An answer in lines. until: what is closed after the last one, or when nobody listens any more."""

    def __init__(self, lines: AsyncGenerator[bytes, None], until: AsyncExitStack) -> None:
        super().__init__(lines, media_type=LINES)
        self._lines, self._until = lines, until

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._until, aclosing(self._lines):
            await super().__call__(scope, receive, send)


@router.post(
    "/v1/segment",
    tags=["photos"],
    summary="Segment a photo",
    description=f"Gives every pixel its class. {_IN_THE_FORM_TOO} The answer is kept for a while: its "
    "address is in `Content-Location`.",
    response_class=Response,
    responses={200: described.answer(Segmented, picture=True), **described.problems(*_PHOTO_PROBLEMS)},
    openapi_extra=described.about_a_photo("model", "size", "answer"),
    dependencies=[Depends(gate.needs("segment"))],
)
async def segment(request: Request) -> Response:
    """Key, limits, parameters, then whoever computes."""
    return await _answer(request, segment_request)


@router.post(
    "/v1/segment/batch",
    tags=["photos"],
    summary="Segment many photos",
    description=f"A form with up to {Limits.batch_photos} files in the field `photo`. Each is answered by "
    "itself, in order, with a line of JSON that comes as soon as it is there: what is wrong with one photo "
    "stands in its own line. Each counts towards the key's rate.",
    response_class=Response,
    responses={200: described.LINES_OF_A_BATCH, **described.problems(*_BATCH_PROBLEMS)},
    openapi_extra=described.about_photos("model", "size", "answer"),
    dependencies=[Depends(gate.needs("segment"))],
)
async def segment_batch(request: Request) -> Response:
    """As `segment`, a few at a time."""
    service, key = service_of(request), request.state.key
    given, words = _given_id(request), _words(request)
    async with AsyncExitStack() as stack:
        upload = await stack.enter_async_context(service.uploads.batch(request))
        asked = segment_request(_merged(words, upload.words))
        await anyio.to_thread.run_sync(read_card, asked.model)  # if it is not there, say so once
        batch = Batch(_answers(service), asked, key.id, given, partial(gate.count, service.rates, key))
        until = stack.pop_all()
    return _Streamed(batch.lines(upload.photos), until)


@router.post(
    "/v1/read",
    tags=["photos"],
    summary="Read a pixel and its 20 neighbours",
    description=f"Gives the probabilities at a pixel of the picture at its working size. {_IN_THE_FORM_TOO}",
    response_class=Response,
    responses={200: described.answer(Reading), **described.problems(*_PHOTO_PROBLEMS)},
    openapi_extra=described.about_a_photo("row", "col", "model", "size", "shape"),
    dependencies=[Depends(gate.needs("read"))],
)
async def read(request: Request) -> Response:
    """As `segment`."""
    return await _answer(request, read_request)


@router.get(
    "/v1/answers/{key}",
    tags=["photos"],
    summary="An answer that was given before",
    description="Its address was in `Content-Location`. With `If-None-Match`, only if you do not have it.",
    response_class=Response,
    responses=described.KEPT | described.problems(*gate.PROBLEMS, Kind.NO_SUCH_ANSWER),
    openapi_extra={"parameters": described.parameters("key", place="path")},
    dependencies=[Depends(gate.needs(None))],
)
async def kept_answer(request: Request) -> Response:
    """What `Content-Location` named."""
    key = request.path_params["key"]
    found = service_of(request).kept.find(key)
    if found is None:
        raise Problem(Kind.NO_SUCH_ANSWER, "This answer is not kept, or not any more; send the photo again.")
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if f'"{key}"' in tags or "*" in tags:
        return Response(status_code=304, headers=_headers(key))
    return Response(found.body, headers=_headers(key), media_type=found.media_type)


@router.get(
    "/v1/models",
    tags=["models"],
    summary="The models that can be asked",
    responses=described.problems(*gate.PROBLEMS),
    dependencies=[Depends(gate.needs(None))],
)
async def models() -> list[ModelDocument]:
    """Every model of the store that can be read, the usual one first, with its card's figures and limits."""
    return await anyio.to_thread.run_sync(all_models)


@router.get(
    "/v1/classes",
    tags=["models"],
    summary="The classes of a model",
    responses=described.problems(*gate.PROBLEMS, Kind.NO_SUCH_MODEL, Kind.BAD_PARAMETER, Kind.BROKEN_MODEL),
    openapi_extra={"parameters": described.parameters("model")},
    dependencies=[Depends(gate.needs(None))],
)
async def classes(request: Request) -> list[ClassDocument]:
    """By number: the index values of a mask."""
    return await anyio.to_thread.run_sync(all_classes, model_name(_words(request)))


@router.get("/healthz", tags=["operation"], summary="Whether the service lives")
async def health() -> dict[str, str]:
    """Says so."""
    return {"status": "alive"}


@router.get(
    "/readyz",
    tags=["operation"],
    summary="Whether a photo would be answered now",
    responses=described.problems(Kind.NO_BROKER, Kind.NO_WORKER),
)
async def readiness(request: Request) -> dict[str, str]:
    """Asks all that an answer needs."""
    await service_of(request).asker.check()
    return {"status": "ready"}


@router.get(
    "/metrics",
    tags=["operation"],
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **described.problems(*gate.PROBLEMS)},
    dependencies=[Depends(gate.needs("admin"))],
)
async def metrics(request: Request) -> Response:
    """In Prometheus' text format."""
    service = service_of(request)
    try:
        waiting: float = await service.asker.waiting()
    except Problem:  # all other figures are wanted just then
        waiting = math.nan
    service.metrics.waiting.set(waiting)
    return Response(service.metrics.text(), media_type=METRICS_TYPE)


async def _answer(request: Request, parse: Callable[[Mapping[str, str]], PhotoRequest]) -> Response:
    service, client = service_of(request), request.state.key.id
    given, words = _given_id(request), _words(request)
    upload = await service.uploads.receive(request)
    asked = parse(_merged(words, upload.words))
    answering = _answers(service).of(asked, upload.photo, client, given, service.ids)
    del upload  # megabytes, which are let go while it waits
    answered = await answering
    if answered.kept:
        service.metrics.kept.inc()
    return _response(answered)


def _answers(service: Service) -> Answers:
    return Answers(service.asker, service.kept)


def _given_id(request: Request) -> str | None:
    return given_id(request.headers.getlist(ID_HEADER))


def _words(request: Request) -> dict[str, str]:
    """The parameters in the address."""
    pairs = request.query_params.multi_items()
    words = dict(pairs)
    if len(words) < len(pairs):
        raise Problem(Kind.BAD_PARAMETER, "A parameter stands in the address twice; give each once.")
    return words


def _merged(address: Mapping[str, str], form: Mapping[str, str]) -> dict[str, str]:
    for name in form:
        if form[name] != address.get(name, form[name]):
            raise Problem(
                Kind.BAD_PARAMETER,
                "A parameter has one value in the address and another in the form; give it once.",
                parameter=name[:100],
            )
    return {**address, **form}


def _response(answered: Answered) -> Response:
    answer = answered.answer
    headers = _headers(answered.key) | {"Content-Location": answered.location} if answered.location else {}
    return Response(answer.body, answer.status, headers, answer.media_type)


def _headers(key: str) -> dict[str, str]:
    return {"ETag": f'"{key}"', "Cache-Control": "private, max-age=0, must-revalidate"}
