"""The way of a WebSocket: checked, provided for, accepted, talked over by a view, and closed.

    the view, or what comes before it       before the handshake is accepted    afterwards
    --------------------------------------  ----------------------------------  --------------
    ended                                   403                                 closed, 1000
    raised an error that is answered        that answer, such as 401            closed, 1011
    raised another error                    500, without any detail             closed, 1011
    raised that the client has left         nothing                             nothing
    was cancelled                           nothing: the server ends it         so it does
    is told that the application is ending  403; 503 for one that comes later   closed, 1012

The view is watched from the handshake on; see `_watching`. What was set up for it is cleaned up
when it has ended, before the WebSocket is closed: a commit that fails is a 1011.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ._asking import Asked, ask
from ._beside import start_beside, wait_beside
from ._denying import run_nothing
from ._guarding import Guard
from ._inbox import State
from ._lifetimes import Lifetimes
from ._needs import make_convert
from ._origins import may_open
from ._parts import Parts
from ._provision import NOTHING, set_up
from ._sockets import Socket, can_deny
from ._watching import Watch
from .errors import HTTPError, RouteError
from .plans import Direct, Params, Plan
from .routing import WebSocketRoute
from .websockets import WebSocket, WebSocketDisconnect

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["compile_websocket"]

SERVICE_RESTART = 1012

SCHEMES = {"ws": "http", "wss": "https"}

logger = logging.getLogger("bocadillo")


class Talk(NamedTuple):
    """What is decided for a route when the application starts."""

    asked: Asked
    convert: Callable[[WebSocket, Params, dict[str, str]], dict[str, Any]]
    origins: frozenset[str]
    parts: Parts
    label: str
    has_providers: bool


def compile_websocket(route: WebSocketRoute, parts: Parts, *, origins: frozenset[str]) -> Plan:
    """Make the plan of a WebSocket route.

    Args:
        route: what was registered.
        parts: those of the application.
        origins: those whose pages may open its WebSockets, unless the route has its own.

    Raises:
        ProviderError: the view asks for something that nothing provides.
        RouteError: an annotation cannot be used, or the view has hooks.
    """
    view = route.view
    place = f"view `{view.name}` ({view.location}, {route.label})"
    asked = ask(view, route.pattern, label=route.label, providing=parts.providing, place=place)
    _check(asked, place)
    own = origins if route.origins is None else route.origins
    talk = Talk(asked, make_convert(asked.needs), own, parts, place, asked.provision != NOTHING)
    return Plan(
        run_nothing,
        direct=_make_direct(talk, route.options),
        place=place,
        provision=asked.provision,
    )


def _check(asked: Asked, place: str) -> None:
    """Refuse what only HTTP views can have."""
    if asked.needs.body:
        raise RouteError(
            f"{place} asks for `{asked.needs.body.name}` as a body, which a WebSocket has not: "
            "register it with `value_type=...`, and receive it"
        )
    if asked.before or asked.after:
        raise RouteError(
            f"{place} has hooks, which are for HTTP views: use a provider, which may ask for `ws` "
            "and raise an HTTPError"
        )


def _make_direct(talk: Talk, options: Any) -> Direct:
    """Make the function that serves the WebSockets of a route."""
    app = talk.parts.app
    serve = _serve_guarded if talk.asked.provision.needs_guard else _serve

    def direct(
        scope: "Scope", receive: "Receive", send: "Send", params: Params
    ) -> Coroutine[Any, Any, None]:
        outer = scope.get("path_params") if scope.get("root_path") else None
        scope["app"] = app
        scope["path_params"] = {**outer, **params} if outer else params
        return serve(talk, WebSocket(scope, receive, send, **options), params)

    return direct


class Conversation:
    """A WebSocket that is open, for the application to end."""

    __slots__ = ("_closer", "_socket", "_watch")

    def __init__(self, socket: Socket, watch: Watch) -> None:
        self._socket = socket
        self._watch = watch
        self._closer: asyncio.Task[None] | None = None

    def end(self, *, is_last: bool) -> None:
        """Close the WebSocket, and let the view end as if the client had left."""
        if self._closer is None:
            self._closer = start_beside(self._close())
        elif is_last and not self._closer.done():  # the client takes nothing, not even a close
            self._socket.end(SERVICE_RESTART, "")
            self._closer.cancel()

    async def wait(self) -> BaseException | None:
        """Wait until it is closed, if it is to be, and return what is to be raised."""
        return None if self._closer is None else await wait_beside(self._closer)

    async def _close(self) -> None:
        try:
            await self._socket.close(SERVICE_RESTART, "")
        finally:
            self._watch.leave(None)


async def _serve_guarded(talk: Talk, ws: WebSocket, params: Params) -> None:
    """Serve a WebSocket whose providers may wait as they clean up."""
    users = talk.parts.providing.scope.users
    guard = Guard()
    lifetimes = Lifetimes(guard.closing)
    users.add()
    try:
        await guard.run(partial(_serve, talk, ws, params, lifetimes=lifetimes))
    finally:
        users.remove()


async def _serve(
    talk: Talk, ws: WebSocket, params: Params, *, lifetimes: Lifetimes | None = None
) -> None:
    """Serve a WebSocket; its frame is all there is of it while its view waits."""
    users, draining = talk.parts.providing.scope.users, talk.parts.draining
    socket = ws._socket  # noqa: SLF001 - it is made for this
    users.add()
    try:
        try:
            await socket.connect()
        except WebSocketDisconnect:
            return  # before it was there
        watch = Watch(socket, talk.label)
        conversation = Conversation(socket, watch)
        draining.add(conversation)
        socket.begin_to_listen()
        if talk.has_providers and lifetimes is None:
            lifetimes = Lifetimes()
        error: BaseException | None = None
        try:
            given = await _prepare(talk, ws, params, lifetimes=lifetimes)
            await talk.asked.view.function(ws, **given)
        except BaseException as raised:  # noqa: BLE001 - raised below
            error = raised
        error = watch.settle(error)
        if error is not None and ws.is_caught(error) and not watch.has_cancelled:
            error = None  # it ended as it should, for its providers, too
        if lifetimes is not None:
            error = await lifetimes.leave(error)
        if ws._outbox is not None:  # noqa: SLF001 - as above
            error = await ws._outbox.finish(is_wanted=error is None) or error  # noqa: SLF001 - as above
        draining.remove(conversation)
        error = await conversation.wait() or error
        error = await socket.stop_listening() or error
        error = await _conclude(talk, ws, error)
    finally:
        users.remove()
    if error is not None:
        try:
            raise error
        finally:
            del error  # its traceback refers to this frame, and so to the WebSocket


async def _prepare(
    talk: Talk, ws: WebSocket, params: Params, *, lifetimes: Lifetimes | None
) -> dict[str, Any]:
    """Check the handshake, set up what the view asks for, accept, and return the arguments."""
    asked, providing = talk.asked, talk.parts.providing
    given = _check_handshake(talk, ws, params)
    if lifetimes is not None:
        values = await providing.begin(asked.provision, {"ws": ws})
        await set_up(asked.provision, values, lifetimes)
        for name, provider in asked.needs.providers.items():
            given[name] = values[provider]
    if ws.auto_accept:
        await ws.accept()
    return given


def _check_handshake(talk: Talk, ws: WebSocket, params: Params) -> dict[str, Any]:
    """Refuse all when the application is ending, and pages of other sites; convert the rest."""
    if talk.parts.draining.is_draining:
        raise HTTPError(503, headers={"retry-after": "1"})
    if not may_open(ws.scope, talk.origins):
        raise HTTPError(403, "The origin of the page is not allowed.")
    errors: dict[str, str] = {}
    given = talk.convert(ws, params, errors)
    if errors:
        raise HTTPError(400, errors)
    return given


async def _conclude(talk: Talk, ws: WebSocket, error: BaseException | None) -> BaseException | None:
    """Close or deny a WebSocket whose view has ended, and return what the server is to know."""
    socket = ws._socket  # noqa: SLF001 - it is made for this
    if error is None or is_disconnect(error):
        await ws.close()
        return None
    if not isinstance(error, Exception):
        return error
    if not (socket.was_accepted or socket.is_closed_here):
        return await _deny(talk, ws, error)
    _log(ws, error)
    await ws.close(1011)
    return error


async def _deny(talk: Talk, ws: WebSocket, error: Exception) -> Exception | None:
    """Answer a handshake as a request is answered, and return the error if no handler took it."""
    parts, scope = talk.parts, ws.scope
    scheme = SCHEMES.get(scope.get("scheme", "ws"), "http")
    request = parts.request_class({**scope, "type": "http", "method": "GET", "scheme": scheme})
    response, unhandled = await parts.handlers.answer(request, error, last=parts.last)
    if unhandled is not None:
        _log(ws, unhandled)
    if ws._socket.state is State.CLOSED:  # noqa: SLF001 - it is made for this
        return unhandled  # the client has not waited for an answer
    if can_deny(scope):
        status, headers, body = response.encode(parts.security)
        await ws._socket.deny(status, headers, body=body)  # noqa: SLF001 - it is made for this
    else:
        await ws.reject()
    return unhandled


def is_disconnect(error: BaseException) -> bool:
    """Tell if an error, or each in a group, only says that the client has left."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_disconnect(part) for part in error.exceptions)
    return isinstance(error, WebSocketDisconnect)


def _log(ws: WebSocket, error: Exception) -> None:
    logger.error("the WebSocket %r failed", ws.scope["path"], exc_info=error)
