"""What the routes work with: one for each application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from fastapi import Request

from service.access.keys import KeyStore
from service.access.rates import Rates
from service.engine.answers import Answer
from service.engine.requests import Request as PhotoRequest
from service.rest.bodies import Uploads
from service.rest.kept import KeptAnswers
from service.rest.metrics import Metrics

Ask = Callable[[PhotoRequest, bytes], Awaitable[Answer]]
"""Has a request about a photo answered, wherever that is done. Problem if nobody can."""

Check = Callable[[], Awaitable[None]]
"""Does nothing if requests could be answered now; else a Problem that says why not."""


@dataclass(frozen=True)
class Service:
    """Who answers, and what is counted, bounded and kept on the way."""

    ask: Ask
    check: Check
    keys: KeyStore
    rates: Rates
    uploads: Uploads
    kept: KeptAnswers
    metrics: Metrics


def service_of(request: Request) -> Service:
    """That of the application which a request came to."""
    return cast(Service, request.app.state.service)
