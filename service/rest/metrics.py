"""What the service has done so far, in Prometheus' text format."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

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

_PHOTOS, _FAILED = frozenset({"/v1/segment", "/v1/read"}), 400
"""Routes with one photo each: a batch's time says nothing about a photo's."""

_METHODS, _OTHER = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}), "other"
"""Counted by their names. Anybody can make up another word, and each would stay in memory for good."""

# When each counter began: as many lines again as the counters themselves.
disable_created_metrics()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Recent:
    """The photos of a window of time that ends now.

    seconds: how long it is. photos, failed: how many requests were answered, and with a problem. p50, p95,
    p99: the seconds within which half of those without a problem, 95 % and 99 % were answered; None if there
    are none.
    """

    seconds: float
    photos: int
    failed: int
    p50: float | None
    p95: float | None
    p99: float | None

    @property
    def rate(self) -> float:
        """Photos a second."""
        return self.photos / self.seconds


class Window:
    """The last photos, at most so many of at most so many seconds: quantiles as they are, not of buckets."""

    def __init__(self, seconds: float = 60.0, most: int = 4096) -> None:
        self._seconds = seconds
        self._photos: deque[tuple[float, float, bool]] = deque(maxlen=most)

    def note(self, now: float, took: float, failed: bool) -> None:
        """A photo was answered at that time, after so many seconds."""
        self._photos.append((now, took, failed))

    def recent(self, now: float) -> Recent:
        """What lies in the window that ends at that time."""
        inside = [photo for photo in self._photos if now - photo[0] <= self._seconds]
        # A full one goes back less far.
        full = len(inside) == self._photos.maxlen
        seconds = max(now - inside[0][0], 0.001) if full else self._seconds
        failed = sum(photo[2] for photo in inside)
        # What is refused at once says nothing about how long a photo takes.
        took = sorted(photo[1] for photo in inside if not photo[2])
        return Recent(seconds, len(inside), failed, *(_quantile(took, share) for share in (0.5, 0.95, 0.99)))


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest of them that at least this share of them do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


class Metrics:
    """Counters of one service; a registry of its own, so that two in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.window = Window()
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
                method = scope["method"] if scope["method"] in _METHODS else _OTHER
                self._metrics.requests.labels(route, method, status).inc()
                took = time.perf_counter() - start
                self._metrics.seconds.labels(route).observe(took)
                if route in _PHOTOS:
                    self._metrics.window.note(time.monotonic(), took, status >= _FAILED)
