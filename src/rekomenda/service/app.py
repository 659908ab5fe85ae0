"""The service as an application: its routes, and what all of them share."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.measuring.exporter import Exporter
from rekomenda.service.access import Access
from rekomenda.service.http import Guarded
from rekomenda.service.operator.routes import operator_routes
from rekomenda.telemetry.metrics import ServiceMetrics

Clock = Callable[[], datetime]


def clock() -> datetime:
    """Return the moment it is."""
    return datetime.now(UTC)


def create_app(
    house: House, access: Access, *, now: Clock = clock, operator: bool = True
) -> FastAPI:
    """Return the application of one home.

    Parameters
    ----------
    house : House
    access : Access
    now : callable
        The clock.
    operator : bool
        Whether the operator's page is part of it; without it only health and metrics are.
    """
    app = FastAPI(title="rekomenda", docs_url=None, redoc_url=None, openapi_url=None)
    exporter, metrics = Exporter(house), ServiceMetrics()
    _add_health(app, exporter, now)
    _add_metrics(app, exporter, metrics, access, now)
    if operator:
        app.include_router(operator_routes(house, exporter, access, now))
    app.add_middleware(Guarded, metrics=metrics, loopback=access.loopback)
    return app


def _add_health(app: FastAPI, exporter: Exporter, now: Clock) -> None:
    @app.get("/live")
    async def live() -> JSONResponse:
        """Say that the process answers."""
        return JSONResponse({"status": "alive"})

    @app.get("/ready")
    def ready() -> JSONResponse:
        """Say whether a release is in service whose bytes were verified."""
        served = exporter.served(now())
        if served is None:
            return JSONResponse({"status": "not ready", "release": None}, 503)
        return JSONResponse({"status": "ready", "release": served.release_id})


def _add_metrics(
    app: FastAPI, exporter: Exporter, counted: ServiceMetrics, access: Access, now: Clock
) -> None:
    @app.get("/metrics")
    def metrics(request: Request) -> Response:
        """State the home and the service's own work in Prometheus' text format."""
        if not access.may_scrape(request.headers.get("authorization")):
            return Response("", 401, headers={"www-authenticate": "Bearer"})
        started = time.perf_counter()
        of_home = generate_latest(exporter.collect(now()).registry)
        counted.collecting.set(time.perf_counter() - started)
        return Response(of_home + generate_latest(counted.registry), media_type=CONTENT_TYPE_LATEST)
