"""The parts of an application that answer its requests."""

from typing import TYPE_CHECKING, NamedTuple

from ._draining import Draining
from ._providing import Providing
from .error_handlers import ErrorHandler, ErrorHandlers
from .middleware._http import Dispatch
from .requests import Request

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from ._security import SecurityHeaders

__all__ = ["Parts"]


class Parts(NamedTuple):
    """What the answer to requests is made of.

    Attributes:
        app: the application, as the outside knows it: `scope["app"]`.
        dispatch: runs it, within the HTTP middleware.
        handlers: answer errors.
        last: answers the errors that no handler does, instead of a 500.
        request_class: a class of requests that knows the limits.
        security: headers by content type.
        providing: provides to background tasks.
        draining: knows what is open, and whether the application is ending.
    """

    app: "ASGIApp"
    dispatch: Dispatch
    handlers: ErrorHandlers
    last: ErrorHandler | None
    request_class: type[Request]
    security: "SecurityHeaders"
    providing: Providing
    draining: Draining
