"""The addresses of the HTTP interface. GET /docs shows them with what each takes and gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from core.models.store import read_card
from core.project import own_version
from service.engine.answers import JSON, PNG, Answer, Reading, Segmented
from service.engine.requests import Request as PhotoRequest
from service.engine.requests import model_name, read_request, segment_request
from service.problems import Kind, Problem
from service.rest import described, gate
from service.rest.context import service_of
from service.rest.kept import answer_key
from service.rest.metrics import MEDIA_TYPE as METRICS_TYPE
from service.rest.models import ClassDocument, ModelDocument, all_classes, all_models

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
    Kind.BROKEN_MODEL,
    Kind.BUSY,
    Kind.GIVEN_UP,
    Kind.QUEUE_FULL,
    Kind.NO_WORKER,
    Kind.NO_BROKER,
    Kind.LATE,
)
_IN_THE_FORM_TOO = "The parameters may stand in the form instead."


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
    responses={
        200: {"description": "As it was given", "content": {JSON: {}, PNG: {}}},
        304: {"description": "You have it"},
        **described.problems(*gate.PROBLEMS, Kind.NO_SUCH_ANSWER),
    },
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
    words = _words(request)
    upload = await service.uploads.receive(request)
    asked = parse(_merged(words, upload.words))
    card = await anyio.to_thread.run_sync(read_card, asked.model)
    key = answer_key(upload.photo, asked, card.weights_sha256, own_version())
    answer = service.kept.find(key)
    if answer is not None:
        service.metrics.kept.inc()
    else:
        async with service.asker.published(asked, upload.photo, client) as pending:
            del upload  # others may send a photo while this one waits
            answer = await pending.answer()
        if answer.status == 200:
            service.kept.keep(key, answer)
    return _response(key, answer)


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


def _response(key: str, answer: Answer) -> Response:
    headers = _headers(key) | {"Content-Location": f"/v1/answers/{key}"} if answer.status == 200 else {}
    return Response(answer.body, answer.status, headers, answer.media_type)


def _headers(key: str) -> dict[str, str]:
    return {"ETag": f'"{key}"', "Cache-Control": "private, max-age=0, must-revalidate"}
