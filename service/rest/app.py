"""The HTTP interface as an application: routes, problems, documentation and figures put together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from core.errors import StreetScopeError
from core.project import own_version
from service.errors import ServiceError
from service.problems import MEDIA_TYPE, Kind, Problem, fault, problem_of
from service.rest.administration import router as administration
from service.rest.context import Service
from service.rest.documentation import add_documentation
from service.rest.metrics import Measured
from service.rest.routes import router

Beside = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_log = logging.getLogger("uvicorn.error")

_DESCRIPTION = """Every pixel of a street photo gets a class.

Send a photo as the body, or as the field `photo` of a form; JPEG, PNG, WebP and HEIC are read, and BMP and
GIF. `Content-Encoding` may be `gzip` or `zstd`. Whatever goes wrong is answered with problem details
(RFC 9457): what is wrong, and what to send instead."""


def create_app(service: Service, beside: Beside) -> FastAPI:
    """The interface to what `service` has. beside: what runs for as long as the application does."""
    app = FastAPI(
        title="StreetScope",
        version=own_version(),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=beside,
    )
    app.state.service = service
    app.include_router(router)
    app.include_router(administration)
    add_documentation(app)
    _answer_with_problems(app)
    app.add_middleware(Measured, metrics=service.metrics)
    return app


def _answer_with_problems(app: FastAPI) -> None:
    """Every error, our own or the framework's, is answered with a problem's document."""

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> Response:
        return _response(error)

    @app.exception_handler(StreetScopeError)
    async def refused(_: Request, error: StreetScopeError) -> Response:
        if isinstance(error, ServiceError):
            _log.error("%s", error)
        return _response(problem_of(error))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        return _response(_of_framework(request, error))

    @app.exception_handler(RequestValidationError)
    async def bad_parameter(_: Request, error: RequestValidationError) -> Response:
        return _response(_of_validation(error))

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, __: Exception) -> Response:
        return _response(fault())


def _of_validation(error: RequestValidationError) -> Problem:
    """What is wrong with the first parameter that cannot be used. Its value is not repeated."""
    first = error.errors()[0]
    name = str(first["loc"][-1])[:100]
    return Problem(
        Kind.BAD_PARAMETER, f"The parameter {name} cannot be used: {first['msg']}.", parameter=name
    )


def _of_framework(request: Request, error: HTTPException) -> Problem:
    if error.status_code == Kind.WRONG_METHOD.status:
        detail = f"This address does not take {request.method[:20]}; GET /docs says what it takes."
        return Problem(Kind.WRONG_METHOD, detail, error.headers)
    if error.status_code == Kind.UNKNOWN_ADDRESS.status:
        return Problem(
            Kind.UNKNOWN_ADDRESS, "There is nothing at this address; GET /docs lists all there is."
        )
    return Problem(Kind.REFUSED, f"{str(error.detail)[:200]}.", error.headers)


def _response(problem: Problem) -> Response:
    return Response(problem.document(), problem.kind.status, problem.headers, MEDIA_TYPE)
