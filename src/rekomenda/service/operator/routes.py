"""The routes of the operator's page: look, compare, serve another release."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from rekomenda.errors import BusyError, CorruptError, RekomendaError, ReleaseNotFoundError
from rekomenda.language import Language
from rekomenda.pipeline.answering.comparing import compare_releases
from rekomenda.pipeline.answering.history import history_of
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.measuring.exporter import Exporter
from rekomenda.pipeline.releasing.serve import roll_back_to
from rekomenda.service.access import COOKIE, SESSION_SECONDS, Access
from rekomenda.service.operator import words
from rekomenda.service.operator.page import Viewer, comparison, icon, login, overview, style

HOME: Final = "/operator"
STATUS: Final = {BusyError: 409, ReleaseNotFoundError: 404, CorruptError: 500}
"""From error to status."""

Name = Annotated[str, Query(max_length=100)]


def operator_routes(
    house: House, exporter: Exporter, access: Access, now: Callable[[], datetime]
) -> APIRouter:
    """Return the routes of one home."""
    desk = _Desk(house, exporter, access, now)
    router = APIRouter(prefix=HOME)
    router.add_api_route("", desk.look, methods=["GET"])
    router.add_api_route("/compare", desk.compare, methods=["GET"])
    router.add_api_route("/style.css", desk.style, methods=["GET"])
    router.add_api_route("/icon.svg", desk.icon, methods=["GET"])
    router.add_api_route("/login", desk.ask, methods=["GET"])
    router.add_api_route("/login", desk.enter, methods=["POST"])
    router.add_api_route("/logout", desk.leave, methods=["POST"])
    router.add_api_route("/rollback", desk.roll_back, methods=["POST"])
    return router


class _Desk:
    """What the routes share."""

    def __init__(
        self, house: House, exporter: Exporter, access: Access, now: Callable[[], datetime]
    ) -> None:
        self.house, self.exporter, self.access, self.now = house, exporter, access, now

    def look(self, request: Request, done: Name = "") -> Response:
        """Show how things stand."""
        if not self.access.may_look(request.cookies.get(COOKIE)):
            return self._to("/login", request)
        viewer = self._viewer(request)
        served = self.house.releases.current()
        told = ""
        if done and served is not None and done == served.release_id:
            told = viewer.say(words.PAGE["changed"], release=done)
        return self._overview(viewer, told=told)

    def compare(self, request: Request, one: Name = "", other: Name = "") -> Response:
        """Show two releases side by side."""
        if not self.access.may_look(request.cookies.get(COOKIE)):
            return self._to("/login", request)
        viewer = self._viewer(request)
        try:
            lines = compare_releases(self.house, one, other)
        except RekomendaError as error:
            return self._overview(viewer, error)
        return HTMLResponse(comparison(viewer, self.house.releases.list(), one, other, lines))

    def style(self) -> Response:
        """Send the style sheet."""
        return Response(style(), media_type="text/css")

    def icon(self) -> Response:
        """Send the picture of the tab."""
        return Response(icon(), media_type="image/svg+xml")

    def ask(self, request: Request) -> Response:
        """Ask for the token."""
        return HTMLResponse(login(self._viewer(request)))

    async def enter(self, request: Request) -> Response:
        """Take the token, and remember for a while that it was shown."""
        session = self.access.session(await _field(request, "token"))
        if session is None:
            return HTMLResponse(login(self._viewer(request), wrong=True), 403)
        answer = self._to("", request)
        answer.set_cookie(
            COOKIE,
            session,
            max_age=SESSION_SECONDS,
            path=HOME,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer

    async def leave(self, request: Request) -> Response:
        """Forget that the token was shown."""
        answer = self._to("/login", request)
        answer.delete_cookie(COOKIE, path=HOME)
        return answer

    async def roll_back(self, request: Request) -> Response:
        """Serve another release that is kept."""
        viewer = self._viewer(request)
        if not viewer.may_change:
            return HTMLResponse(login(viewer), 403)
        wanted = await _field(request, "release")
        return await run_in_threadpool(self._serve, request, viewer, wanted)

    def _serve(self, request: Request, viewer: Viewer, wanted: str) -> Response:
        try:
            release = roll_back_to(self.house, wanted, now=self.now())
        except RekomendaError as error:
            return self._overview(viewer, error)
        return self._to("", request, done=release.release_id)

    def _overview(
        self, viewer: Viewer, error: RekomendaError | None = None, *, told: str = ""
    ) -> Response:
        now = self.now()
        page = overview(
            viewer,
            history_of(self.house),
            self.exporter.collect(now),
            now,
            told=told,
            wrong=error.message(viewer.language) if error is not None else "",
        )
        status = 200 if error is None else STATUS.get(type(error), 500)
        return HTMLResponse(page, status)

    def _viewer(self, request: Request) -> Viewer:
        return Viewer(
            _language(request),
            may_change=self.access.is_operator(request.cookies.get(COOKIE)),
            has_token=self.access.operator_token is not None,
        )

    def _to(self, path: str, request: Request, **more: str) -> RedirectResponse:
        query = urlencode({"lang": _language(request), **more})
        return RedirectResponse(f"{HOME}{path}?{query}", 303)


def _language(request: Request) -> Language:
    """Return the language that was asked for, else the first of the browser's that is ours."""
    asked = request.query_params.get("lang", "")
    for name in (asked, *request.headers.get("accept-language", "").split(",")):
        if name.strip().lower().startswith("pt"):
            return "pt-BR"
        if name.strip().lower().startswith("en"):
            return "en"
    return "pt-BR"


async def _field(request: Request, name: str) -> str:
    """Return a field of a form, empty where there is none. The body's size was checked before."""
    body = (await request.body()).decode("utf-8", errors="replace")
    return parse_qs(body, max_num_fields=5).get(name, [""])[0]
