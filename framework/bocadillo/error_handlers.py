"""Error handlers: how an error becomes a response."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ._calling import call_handler
from .errors import HTTPError, Redirect
from .requests import Request
from .responses import Response

__all__ = ["ErrorHandler", "ErrorHandlers", "error_to_html", "error_to_json", "error_to_text"]

ErrorHandler = Callable[[Request, Response, Any], Awaitable[None]]
"""A function that fills the response to an error: `async def handler(req, res, exc)`."""


async def error_to_json(req: Request, res: Response, exc: HTTPError) -> None:
    """Answer with JSON: `{"error": "404 Not Found", "status": 404}`. This is the default."""
    res.status_code = exc.status_code
    res.json = exc.as_json()


async def error_to_text(req: Request, res: Response, exc: HTTPError) -> None:
    """Answer with plain text: the title, and each detail on a line of its own."""
    res.status_code = exc.status_code
    res.text = "\n".join([exc.title, *_details(exc)])
    res.headers["x-content-type-options"] = "nosniff"


async def error_to_html(req: Request, res: Response, exc: HTTPError) -> None:
    """Answer with an HTML page: the title, and each detail in a paragraph, escaped."""
    res.status_code = exc.status_code
    from html import escape  # noqa: PLC0415 - it brings all of HTML's entities along: 1 ms

    title = escape(exc.title)
    detail = "".join(f"<p>{escape(text)}</p>\n" for text in _details(exc))
    res.html = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<h1>{title}</h1>\n{detail}</html>\n"
    )


def _details(error: HTTPError) -> Iterator[str]:
    if isinstance(error.detail, dict):
        yield from (f"{name}: {message}" for name, message in error.detail.items())
    elif isinstance(error.detail, list | tuple):
        yield from map(str, error.detail)
    elif error.detail != "":
        yield str(error.detail)


async def answer_redirect(req: Request, res: Response, exc: Redirect) -> None:
    """Answer `raise Redirect(...)`."""
    res.status_code = exc.status_code
    res.headers["location"] = exc.url


class ErrorHandlers:
    """Find the handler of an exception, and let it answer."""

    def __init__(self) -> None:
        self._handlers: dict[type[Exception], ErrorHandler] = {
            HTTPError: error_to_json,
            Redirect: answer_redirect,
        }

    @property
    def are_default(self) -> bool:
        """Whether the same HTTP error or redirect is always answered the same way."""
        handlers = self._handlers
        return handlers[HTTPError] is error_to_json and handlers[Redirect] is answer_redirect

    def add(self, exc_cls: type[Exception], handler: ErrorHandler) -> None:
        """Let `handler` answer for exceptions of a class, and of those derived from it."""
        self._handlers[exc_cls] = handler

    def bound(self, bind: Callable[[ErrorHandler], ErrorHandler]) -> "ErrorHandlers":
        """Return these handlers, each as `bind` gives it back."""
        bound = ErrorHandlers()
        for exc_cls, handler in self._handlers.items():
            bound.add(exc_cls, bind(handler))
        return bound

    async def answer(
        self,
        request: Request,
        error: Exception,
        *,
        last: ErrorHandler | None = None,
    ) -> tuple[Response, Exception | None]:
        """Turn an error into a response, and tell which error, if any, was not handled.

        A handler that raises hands its error to the next: each is asked once, so that it ends.
        A client that left is not for them: nobody would read what they answer.

        Args:
            request: the request that the error is the end of.
            error: what was raised.
            last: answers when no handler does; it must not raise. Without it, that is a 500 in
                the form of the application's other errors, which tells nothing of its reason.
        """
        asked: tuple[ErrorHandler, ...] = ()
        while True:
            if type(error) is not HTTPError:
                error = self._normalize(error)
            handler = self._find(error)
            if handler is None or handler in asked:
                if last is None:
                    return await self._answer_bug(request, error, asked), error
                response = Response()
                await last(request, response, error)
                return response, error
            asked += (handler,)
            response = Response()
            try:
                if isinstance(error, HTTPError) and error.headers:
                    response.headers.update(error.headers)
                await call_handler(handler, request, response, error)
            except Exception as next_error:  # noqa: BLE001 - it is answered in turn
                error = next_error
            else:
                return response, None

    async def _answer_bug(
        self, request: Request, error: Exception, asked: tuple[ErrorHandler, ...]
    ) -> Response:
        """Answer as the application answers errors; if that fails as well, as plainly as can be."""
        handler = self._handlers[HTTPError]
        if handler not in asked and not isinstance(error, ClientDisconnect):
            response = Response()
            try:
                await call_handler(handler, request, response, HTTPError(500))
            except Exception as failure:  # noqa: BLE001 - there is nobody left to answer it
                error.add_note(f"Its answer failed, too: {failure!r}")
            else:
                return response
        response = Response()
        await error_to_json(request, response, HTTPError(500))
        return response

    def _find(self, error: Exception) -> ErrorHandler | None:
        """Look up the handler of the nearest class: the order of registration is nothing."""
        if isinstance(error, ClientDisconnect):
            return None
        for cls in type(error).__mro__:
            handler = self._handlers.get(cls)
            if handler is not None:
                return handler
        return None

    def _normalize(self, error: Exception) -> Exception:
        """Take the one error out of a group; make Starlette's HTTP errors ours.

        Those that the application handles by Starlette's class stay what they are.
        """
        while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
            error = error.exceptions[0]
        if isinstance(error, HTTPException):
            taken = [cls for cls in self._handlers if issubclass(cls, HTTPException)]
            if not isinstance(error, tuple(taken)):
                try:
                    return HTTPError(error.status_code, error.detail, error.headers)
                except (TypeError, ValueError) as invalid:  # Starlette's checks nothing
                    return invalid
        return error
