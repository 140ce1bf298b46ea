"""The way of an HTTP request: match, run the plan, turn an error into a reply, transmit.

Everything that a request may need is decided before, when the application freezes. What is not
needed is not there: no middleware costs one comparison, no background task another.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from ._background import run_background
from ._parts import Parts
from ._paths import strip_root
from ._refusals import refuse
from ._transmission import BODY, START
from .middleware._http import dispatch_plan, refuse_result
from .responses import Response
from .routing import Table

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Answer", "make_answer"]

logger = logging.getLogger("bocadillo")


Rest = Awaitable[None] | None
Answer = Callable[["Scope", "Receive", "Send"], Awaitable[Rest]]
"""Answers a request, or returns what is to be awaited in its place.

So its frame, of half a KiB, is not kept for as long as a stream or a WebSocket is open.
"""


def load_finisher() -> Callable[..., Awaitable[None]]:
    """Return what sends files and streams; most applications have none, and do not load it."""
    from ._sources import finish_response  # noqa: PLC0415 - as said above

    return finish_response


def make_answer(parts: Parts, table: Table) -> Answer:  # noqa: C901 - that of the function within
    """Make the function that answers all HTTP requests: one, as each call is 5 % of a small one."""
    app, dispatch, handlers, last, request_class, security, providing, _ = parts
    match = table.match
    has_middleware = dispatch is not dispatch_plan
    bad_host = refuse(400, is_prepared=True)

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> Rest:  # noqa: C901 - as said above
        method: str = scope["method"]
        path: str = scope["path"]
        outer = None  # the parameters of the prefix that this application is mounted at
        if scope.get("root_path"):
            path, outer = strip_root(path, scope["root_path"]), scope.get("path_params")
        hosts = 0
        for name, _ in scope["headers"]:  # this loop costs 0.2 µs; all else that was tried, 0.3
            if name == b"host":
                hosts += 1
        plan, params = match(method, path)
        # RFC 9112, section 3.2: HTTP/1.0 may have none. A server of HTTP/2 may give it twice.
        if hosts != 1 and scope.get("http_version") in (("1.0", "1.1") if hosts else ("1.1",)):
            plan = bad_host
        if plan.direct is not None:
            return plan.direct(scope, receive, send, params)
        scope["app"] = app
        scope["path_params"] = {**outer, **params} if outer else params
        request = request_class(scope, receive, send)
        response = Response()
        unhandled = rest = None
        try:
            try:
                if has_middleware:
                    response = await dispatch(request, response, plan, params)
                else:  # what `dispatch_plan` does, without its coroutine
                    result = await plan.run(request, response, params)
                    if result is not None:
                        refuse_result(plan, result)
            except Exception as error:
                response, unhandled = await handlers.answer(request, error, last=last)
                if isinstance(unhandled, ClientDisconnect):
                    return None
                if unhandled is not None:
                    logger.exception("no answer to %s %r", method, path, exc_info=unhandled)
            if response.source is None:
                status, headers, body = response.encode(security)
                try:  # what `send_whole` does, without its coroutine: 5 % of a small response
                    await send({"type": START, "status": status, "headers": headers})
                    await send({"type": BODY, "body": b"" if method == "HEAD" else body})
                except OSError:
                    pass  # the client is gone: there is nobody left to answer
                if response.tasks is not None:
                    await run_background(response.tasks, request, response, providing=providing)
            else:
                rest = load_finisher()(request, response, send=send, parts=parts, failure=unhandled)
        finally:
            if request._form is not None and rest is None:  # noqa: SLF001 - else there is none
                await request.close()
        if unhandled is not None and rest is None:
            raise unhandled
        return rest

    return answer
