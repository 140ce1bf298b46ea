"""The way of a WebSocket: checked, provided for, accepted, talked over by a view, and closed.

    the view, or what comes before it       before the handshake is accepted    afterwards
    --------------------------------------  ----------------------------------  --------------
    ended                                   403                                 closed, 1000
    raised an error that is answered        that answer, such as 401            closed, 1011
    raised another error                    500, without any detail             closed, 1011
    raised that the client has left         nothing                             nothing
    was cancelled                           nothing: the server ends it         so it does
    is told that the application is ending  503                                 closed, 1012

The view is watched from the handshake on; see `_watching`. What was set up for it is cleaned up
when it has ended, before the WebSocket is closed: a commit that fails is a 1011.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ._asking import Asked, ask
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
    app, users = talk.parts.app, talk.parts.providing.scope.users
    needs_guard = talk.asked.provision.needs_guard

    async def direct(scope: "Scope", receive: "Receive", send: "Send", params: Params) -> None:
        outer = scope.get("path_params") if scope.get("root_path") else None
        scope["app"] = app
        scope["path_params"] = {**outer, **params} if outer else params
        ws = WebSocket(scope, receive, send, **options)
        users.add()
        try:
            if needs_guard:
                guard = Guard()
                lifetimes = Lifetimes(guard.closing)
                await guard.run(partial(_serve, talk, ws, params=params, lifetimes=lifetimes))
            else:
                await _serve(talk, ws, params=params, lifetimes=Lifetimes())
        finally:
            users.remove()

    return direct


class Conversation:
    """A WebSocket that is open, for the application to end."""

    __slots__ = ("_closer", "_group", "_socket", "_watch")

    def __init__(self, socket: Socket, watch: Watch, group: asyncio.TaskGroup) -> None:
        self._socket = socket
        self._watch = watch
        self._group = group
        self._closer: asyncio.Task[None] | None = None

    def end(self, *, is_last: bool) -> None:
        """Close the WebSocket, and let the view end as if the client had left."""
        if self._closer is None:
            self._closer = self._group.create_task(self._close())
        elif is_last and not self._closer.done():  # the client takes nothing, not even a close
            self._socket.end(SERVICE_RESTART, "")
            self._closer.cancel()

    async def _close(self) -> None:
        try:
            await self._socket.close(SERVICE_RESTART, "")
        finally:
            self._watch.leave(None)


async def _serve(talk: Talk, ws: WebSocket, *, params: Params, lifetimes: Lifetimes) -> None:
    socket = ws._socket  # noqa: SLF001 - it is made for this
    try:
        await socket.connect()
    except WebSocketDisconnect:
        return  # before it was there
    watch = Watch(socket, talk.label)
    async with asyncio.TaskGroup() as group:
        conversation = Conversation(socket, watch, group)
        talk.parts.draining.add(conversation)
        listener = group.create_task(socket.listen())
        try:
            error = watch.settle(await _talk(talk, ws, params=params, lifetimes=lifetimes))
            if error is not None and ws.is_caught(error) and not watch.has_cancelled:
                error = None  # it ended as it should, for its providers, too
            error = await lifetimes.leave(error)
        finally:
            talk.parts.draining.remove(conversation)
        listener.cancel()
    error = await _conclude(talk, ws, error)
    if error is not None:
        try:
            raise error
        finally:
            del error  # its traceback refers to this frame, and so to the WebSocket


async def _talk(
    talk: Talk, ws: WebSocket, *, params: Params, lifetimes: Lifetimes
) -> BaseException | None:
    """Check the handshake, set up what the view asks for, call it, and return what it raised."""
    asked, providing = talk.asked, talk.parts.providing
    try:
        given = _check_handshake(talk, ws, params)
        if talk.has_providers:
            values = await providing.begin(asked.provision, {"ws": ws})
            await set_up(asked.provision, values, lifetimes)
            for name, provider in asked.needs.providers.items():
                given[name] = values[provider]
        if ws.auto_accept:
            await ws.accept()
        await asked.view.function(ws, **given)
    except BaseException as error:  # noqa: BLE001 - the caller decides
        return error
    return None


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
