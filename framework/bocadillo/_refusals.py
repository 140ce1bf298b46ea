"""The plans of requests that no view answers: 404, 405, OPTIONS, and the missing slash.

Where nobody asked to see them, neither a middleware nor an error handler, their answers are always
the same: they are prepared once, and sent without a request or a response being made.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from ._paths import full_path, locate_slashed, strip_root
from ._transmission import send_whole
from .errors import HTTPError, Redirect
from .plans import Direct, Params, Plan

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from .requests import Request
    from .responses import Response

__all__ = ["describe_options", "prepare_error", "refuse", "refuse_method", "refuse_missing"]

RawHeaders = list[tuple[bytes, bytes]]


def refuse(status: int, *, headers: Mapping[str, str] | None = None, is_prepared: bool) -> Plan:
    """Make the plan of a request that ends in an HTTP error."""

    async def run(request: "Request", response: "Response", params: Params) -> None:
        raise HTTPError(status, headers=headers and {**headers})  # a handler may add to them

    error = HTTPError(status, headers=headers)
    return Plan(run, direct=prepare_error(error) if is_prepared else None)


# Most routes answer the same methods: with 10 000 of them, sharing these plans saves 0.1 s.
@lru_cache(maxsize=256)
def refuse_method(allow: str, *, is_prepared: bool) -> Plan:
    """Make the plan of the methods that a route does not answer."""
    return refuse(405, headers={"allow": allow}, is_prepared=is_prepared)


@lru_cache(maxsize=256)
def describe_options(allow: str, *, is_prepared: bool) -> Plan:
    """Make the plan that answers OPTIONS for a view that does not."""

    async def run(request: "Request", response: "Response", params: Params) -> None:
        response.status_code = 204
        response.headers["allow"] = allow

    headers = [(b"allow", allow.encode())]
    return Plan(run, direct=_prepare(204, headers, body=b"") if is_prepared else None)


def refuse_missing(has_slashed: Callable[[str], bool] | None, *, is_prepared: bool) -> Plan:
    """Make the plan of a path that no route matches: a 404, or the way to the path with a slash.

    Args:
        has_slashed: tells whether a path below the application matches once a slash is added;
            `None` when none can.
        is_prepared: whether nobody asked to see these answers.
    """
    missing = refuse(404, is_prepared=is_prepared)
    if has_slashed is None:
        return missing
    send_missing = missing.direct

    async def run(request: "Request", response: "Response", params: Params) -> None:
        if location := find_slashed(request.scope, has_slashed):
            redirect = Redirect(location)
            redirect.status_code = redirect_status(request.method)
            raise redirect
        raise HTTPError(404)

    if send_missing is None:
        return Plan(run)

    async def direct(scope: "Scope", receive: "Receive", send: "Send", params: Params) -> None:
        if location := find_slashed(scope, has_slashed):
            headers = [(b"location", location.encode()), (b"content-length", b"0")]
            await send_whole(send, redirect_status(scope["method"]), headers, body=b"")
        else:
            await send_missing(scope, receive, send, params)

    return Plan(run, direct=direct)


def find_slashed(scope: "Scope", has_slashed: Callable[[str], bool]) -> str | None:
    """Return where a path with the slash it lacks leads, if that leads anywhere."""
    path = strip_root(full_path(scope), scope.get("root_path", ""))
    return locate_slashed(scope) if has_slashed(path) else None


def redirect_status(method: str) -> int:
    """Return the status that keeps the method: 302 may turn a POST into a GET (RFC 9110, 15.4)."""
    return 302 if method in ("GET", "HEAD") else 307


def prepare_error(error: HTTPError) -> Direct:
    """Make the function that answers with an error, always in the same way."""
    body = msgspec.json.encode(error.as_json())
    headers = [(name.encode(), value.encode()) for name, value in (error.headers or {}).items()]
    length = (b"content-length", b"%d" % len(body))
    return _prepare(
        error.status_code, [*headers, (b"content-type", b"application/json"), length], body=body
    )


def _prepare(status: int, headers: RawHeaders, *, body: bytes) -> Direct:
    async def direct(scope: "Scope", receive: "Receive", send: "Send", params: Params) -> None:
        content = b"" if scope["method"] == "HEAD" else body
        await send_whole(send, status, [*headers], body=content)  # a middleware may add to them

    return direct
