"""What Prometheus is told: requests by route and status, how long they take, jobs, uploads, tracks.

Values of labels are route templates, methods, statuses and states of jobs: as many as there are in the code,
whatever callers send.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tunelens.base.version import __version__

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN = "unknown"
HUNG_UP = 499
"""What servers count when a caller does not wait for its answer."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The counters of one app.

    Parameters
    ----------
    app : FastAPI
        Whose house is looked at when Prometheus asks.
    """

    def __init__(self, app: FastAPI) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        labels = ("method", "route")
        self.requests = Counter(
            "tunelens_requests", "Requests answered.", (*labels, "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "tunelens_request_seconds",
            "Time until an answer was sent.",
            labels,
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.registry.register(_HouseMetrics(app))

    def text(self) -> bytes:
        """Return everything as Prometheus reads it."""
        return generate_latest(self.registry)


class _HouseMetrics(Collector):
    """What is counted when it is asked for."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look at the house."""
        house = self._app.state.house
        yield _gauge("tunelens_info", "The program.", {__version__: 1}, "version")
        yield _gauge("tunelens_library_tracks", "Tracks in the library.", {"": house.library.count()})
        yield _gauge("tunelens_jobs", "Jobs that are kept.", house.jobs.counts(), "state")
        uploads = house.uploads.list()
        size = sum(one.size_bytes for one in uploads)
        yield _gauge("tunelens_uploads", "Uploads that are kept.", {"": len(uploads)})
        yield _gauge("tunelens_upload_bytes", "Size of the uploads that are kept.", {"": size})


def _gauge(name: str, help: str, values: dict[str, Any], label: str | None = None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], number)
    return family


class Measured:
    """The middleware that counts.

    Parameters
    ----------
    app : ASGI application
        What is measured.
    metrics : Metrics
        Where.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and count the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = HUNG_UP, time.perf_counter()

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, tell)
        except Exception:
            status = 500
            raise
        finally:
            self._count(scope, status, time.perf_counter() - began)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else UNKNOWN
        route = getattr(scope.get("route"), "path", UNKNOWN)
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)


def tell_prometheus(request: Request) -> Response:
    """Answer ``GET /metrics``."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)
