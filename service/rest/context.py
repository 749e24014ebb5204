"""What the routes work with: one for each application."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from fastapi import Request

from service.access.keys import KeyStore
from service.access.rates import Rates
from service.rest.bodies import Uploads
from service.rest.metrics import Metrics
from service.rest.photos.identities import UsedIds
from service.rest.photos.kept import KeptAnswers
from service.topics.asking import Asker
from service.topics.supervisor import Workers


@dataclass(frozen=True)
class Service:
    """Who answers, and what is counted, bounded and kept on the way."""

    asker: Asker
    keys: KeyStore
    rates: Rates
    uploads: Uploads
    kept: KeptAnswers
    metrics: Metrics
    workers: Workers
    ids: UsedIds = field(default_factory=UsedIds)
    started: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))


def service_of(request: Request) -> Service:
    """That of the application which a request came to."""
    return cast(Service, request.app.state.service)
