"""What the service has done so far, in Prometheus' text format."""

from __future__ import annotations

import time

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60)

# When each counter began: as many lines again as the counters themselves.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """Counters of one service; a registry of its own, so that two in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "streetscope_requests",
            "Requests answered, by route and HTTP status.",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "streetscope_request_seconds",
            "Seconds from a request's first line to its answer's last byte.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.under_way = Gauge(
            "streetscope_requests_under_way", "Requests not answered yet.", registry=self.registry
        )
        self.waiting = Gauge(
            "streetscope_requests_waiting",
            "Requests in the queue, those being answered included.",
            registry=self.registry,
        )
        self.kept = Counter(
            "streetscope_kept_answers", "Answers that were there already.", registry=self.registry
        )

    def text(self) -> bytes:
        """All of it, for Prometheus."""
        return generate_latest(self.registry)


class Measured:
    """Counts and times every request of an app."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and count it by its route: addresses that nobody has are one route together."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, start = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._metrics.under_way.track_inprogress():
            try:
                await self._app(scope, receive, noted)
            finally:
                route = getattr(scope.get("route"), "path", "none")
                self._metrics.requests.labels(route, scope["method"], status).inc()
                self._metrics.seconds.labels(route).observe(time.perf_counter() - start)
