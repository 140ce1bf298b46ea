"""The way of a request whose providers clean up: as any other, in lifetimes and under a guard.

What was set up is cleaned up before the response is sent, or after the last chunk of a stream; and
in any case before the request ends, whatever becomes of it.
"""

import logging
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from ._background import run_background
from ._guarding import Guard
from ._lifetimes import Lifetimes
from ._parts import Parts
from ._sources import send_response
from .plans import Direct, Params, Plan
from .requests import Request
from .responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["make_scoped"]

logger = logging.getLogger("bocadillo")


def make_scoped(plan: Plan, parts: Parts) -> Direct:
    """Make the function that answers the requests of a plan whose providers clean up."""

    async def direct(scope: "Scope", receive: "Receive", send: "Send", params: Params) -> None:
        outer = scope.get("path_params") if scope.get("root_path") else None
        scope["app"] = parts.app
        scope["path_params"] = {**outer, **params} if outer else params
        request = parts.request_class(scope, receive, send)
        users = parts.providing.scope.users
        guard = Guard()
        lifetimes = Lifetimes(guard.closing)

        async def run() -> None:
            try:
                await _answer(request, plan, params, parts=parts, lifetimes=lifetimes, send=send)
            finally:
                await request.close()

        users.add()
        try:
            await (guard.run(run) if plan.provision.needs_guard else run())
        finally:
            users.remove()

    return direct


async def _answer(
    request: Request,
    plan: Plan,
    params: Params,
    *,
    parts: Parts,
    lifetimes: Lifetimes,
    send: "Send",
) -> None:
    response = Response()
    response.lifetimes = lifetimes
    unhandled: Exception | None = None
    error: BaseException | None = None
    try:
        try:
            response = await parts.dispatch(request, response, plan, params)
        except Exception as raised:  # noqa: BLE001 - the handlers answer it
            response, unhandled = await _answer_error(request, raised, parts, lifetimes=lifetimes)
            if isinstance(unhandled, ClientDisconnect):
                return
        await send_response(
            response,
            request.scope,
            request.receive,
            send=send,
            security=parts.security,
            draining=parts.draining,
        )
    except BaseException as raised:  # noqa: BLE001 - raised below
        error = raised
    ended_by = error
    error = await lifetimes.leave(error)  # of a stream; else it is done
    if error is not None and error is not ended_by and isinstance(error, Exception):
        log(request, "the cleanup failed after the response to", error)
    if error is None and response.tasks is not None:
        await run_background(response.tasks, request, response, providing=parts.providing)
    error = unhandled if error is None else error
    if error is not None:
        try:
            raise error
        finally:  # their tracebacks refer to this frame, and so to the request
            del error, ended_by, unhandled


async def _answer_error(
    request: Request, raised: Exception, parts: Parts, *, lifetimes: Lifetimes
) -> tuple[Response, Exception | None]:
    """Clean up after an error, answer what goes on, and return it if no handler took it."""
    failure = await lifetimes.leave(raised)
    if not isinstance(failure, Exception):
        raise failure or raised
    response, unhandled = await parts.handlers.answer(request, failure, last=parts.last)
    if unhandled is not None and not isinstance(unhandled, ClientDisconnect):
        log(request, "no answer to", unhandled)
    return response, unhandled


def log(request: Request, what: str, error: Exception) -> None:
    """Log an error with the request it is of."""
    logger.error("%s %s %r", what, request.method, request.scope["path"], exc_info=error)
