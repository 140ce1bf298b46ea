from typing import Any

import pytest
from starlette.exceptions import HTTPException

from bocadillo import (
    App,
    ClientDisconnect,
    HTTPError,
    Redirect,
    Request,
    Response,
    create_client,
)
from bocadillo.error_handlers import (
    ErrorHandler,
    ErrorHandlers,
    error_to_html,
    error_to_json,
    error_to_text,
)
from bocadillo.views import locate
from tests.bocadillo.calls import nothing


def make_request() -> Request:
    return Request({"type": "http", "headers": []}, nothing, nothing)


async def answer(handlers: ErrorHandlers, error: Exception) -> tuple[int, str, Exception | None]:
    response, unhandled = await handlers.answer(make_request(), error)
    return response.status_code, response.content.decode(), unhandled


@pytest.mark.parametrize(
    ("handler", "detail", "content_type", "body"),
    [
        (error_to_json, "", "application/json", '{"error":"404 Not Found","status":404}'),
        (
            error_to_json,
            {"a": ["b"]},
            "application/json",
            '{"error":"404 Not Found","status":404,"detail":{"a":["b"]}}',
        ),
        (error_to_text, "", "text/plain; charset=utf-8", "404 Not Found"),
        (error_to_text, "<b>", "text/plain; charset=utf-8", "404 Not Found\n<b>"),
        (error_to_text, {"a": "b"}, "text/plain; charset=utf-8", "404 Not Found\na: b"),
        (error_to_text, ["a", 1], "text/plain; charset=utf-8", "404 Not Found\na\n1"),
        (error_to_text, ("a",), "text/plain; charset=utf-8", "404 Not Found\na"),
        (error_to_text, [], "text/plain; charset=utf-8", "404 Not Found"),
        (
            error_to_html,
            ["<b>", "c"],
            "text/html; charset=utf-8",
            (
                '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
                "<title>404 Not Found</title>\n<h1>404 Not Found</h1>\n"
                "<p>&lt;b&gt;</p>\n<p>c</p>\n</html>\n"
            ),
        ),
        (
            error_to_html,
            "<script>&'\"",
            "text/html; charset=utf-8",
            (
                '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
                "<title>404 Not Found</title>\n<h1>404 Not Found</h1>\n"
                "<p>&lt;script&gt;&amp;&#x27;&quot;</p>\n</html>\n"
            ),
        ),
    ],
)
async def test_error_is_written_in_each_form(
    handler: ErrorHandler, detail: Any, content_type: str, body: str
) -> None:
    response = Response()
    await handler(make_request(), response, HTTPError(404, detail))
    assert response.status_code == 404
    assert response.headers["content-type"] == content_type
    assert response.content.decode() == body


async def test_plain_text_is_not_sniffed() -> None:
    response = Response()
    await error_to_text(make_request(), response, HTTPError(404, "<script>"))
    assert response.headers["x-content-type-options"] == "nosniff"


class BaseError(Exception):
    pass


class DerivedError(BaseError):
    pass


def says(word: str) -> ErrorHandler:
    async def handler(req: Request, res: Response, exc: Exception) -> None:
        res.text = word

    return handler


@pytest.mark.parametrize("order", [(BaseError, DerivedError), (DerivedError, BaseError)])
async def test_most_specific_handler_is_taken_in_any_order(
    order: tuple[type[Exception], ...],
) -> None:
    handlers = ErrorHandlers()
    for cls in order:
        handlers.add(cls, says(cls.__name__))
    assert await answer(handlers, DerivedError()) == (200, "DerivedError", None)
    assert await answer(handlers, BaseError()) == (200, "BaseError", None)


@pytest.mark.parametrize("cls", [BaseError, HTTPError])
async def test_handler_that_returns_something_is_told(cls: type[Exception]) -> None:
    async def handler(req: Request, res: Response, exc: Exception) -> object:
        return {"lost": True}

    handlers = ErrorHandlers()
    handlers.add(cls, handler)  # type: ignore[arg-type] # the mistake under test
    error = HTTPError(404) if cls is HTTPError else BaseError()
    status, content, unhandled = await answer(handlers, error)
    assert (status, content) == (500, '{"error":"500 Internal Server Error","status":500}')
    assert str(unhandled) == (
        f"error handler `handler` ({locate(handler)}) returned {{'lost': True}}: error handlers "
        "return nothing. Set `res.json` and `res.status_code`, for example."
    )


async def test_unknown_error_is_a_500_that_tells_nothing() -> None:
    error = ValueError("secret")
    assert await answer(ErrorHandlers(), error) == (
        500,
        '{"error":"500 Internal Server Error","status":500}',
        error,
    )


async def test_unknown_error_is_answered_in_the_form_of_the_others() -> None:
    handlers = ErrorHandlers()
    handlers.add(HTTPError, error_to_text)
    error = ValueError("secret")
    assert await answer(handlers, error) == (500, "500 Internal Server Error", error)


async def test_form_that_fails_on_the_500_is_left_out_and_noted() -> None:
    handlers = ErrorHandlers()

    async def render(req: Request, res: Response, exc: HTTPError) -> None:
        res.text = "half a page"
        res.headers["x-half"] = "yes"
        raise LookupError(f"no page for {exc.status_code} {exc.detail!r}")

    handlers.add(HTTPError, render)
    error = ValueError("secret")
    response, unhandled = await handlers.answer(make_request(), error)
    assert response.content == b'{"error":"500 Internal Server Error","status":500}'
    assert "x-half" not in response.headers
    assert unhandled is error
    assert error.__notes__ == ["""Its answer failed, too: LookupError("no page for 500 ''")"""]


async def test_form_that_fails_on_another_error_is_not_asked_for_the_500() -> None:
    handlers = ErrorHandlers()
    calls = []

    async def render(req: Request, res: Response, exc: HTTPError) -> None:
        calls.append(exc.status_code)
        raise LookupError

    handlers.add(HTTPError, render)
    status, text, unhandled = await answer(handlers, HTTPError(404))
    assert (status, text) == (500, '{"error":"500 Internal Server Error","status":500}')
    assert isinstance(unhandled, LookupError)
    assert calls == [404]


async def test_handler_that_raises_is_handled_in_turn() -> None:
    handlers = ErrorHandlers()

    async def translate(req: Request, res: Response, exc: BaseError) -> None:
        res.text = "never sent"
        raise HTTPError(409) from exc

    handlers.add(BaseError, translate)
    assert await answer(handlers, BaseError()) == (
        409,
        '{"error":"409 Conflict","status":409}',
        None,
    )


async def test_handler_that_raises_its_own_error_ends_in_the_500() -> None:
    handlers = ErrorHandlers()
    calls = []

    async def loop(req: Request, res: Response, exc: BaseError) -> None:
        calls.append(exc)
        raise BaseError from exc

    handlers.add(BaseError, loop)
    status, _, unhandled = await answer(handlers, BaseError())
    assert (status, type(unhandled), len(calls)) == (500, BaseError, 1)


async def test_two_handlers_that_raise_each_others_errors_end_in_the_500() -> None:
    handlers = ErrorHandlers()

    async def ping(req: Request, res: Response, exc: Exception) -> None:
        raise KeyError

    async def pong(req: Request, res: Response, exc: Exception) -> None:
        raise IndexError

    handlers.add(IndexError, ping)
    handlers.add(KeyError, pong)
    status, _, unhandled = await answer(handlers, KeyError())
    assert (status, type(unhandled)) == (500, KeyError)


async def test_detail_that_json_cannot_hold_is_a_500() -> None:
    status, _, unhandled = await answer(ErrorHandlers(), HTTPError(400, object()))
    assert (status, type(unhandled)) == (500, TypeError)


async def test_headers_of_the_error_are_set_for_any_handler() -> None:
    handlers = ErrorHandlers()
    handlers.add(HTTPError, says("no"))
    error = HTTPError(401, headers={"www-authenticate": "Bearer"})
    response, _ = await handlers.answer(make_request(), error)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_http_error_of_starlette_is_handled_as_ours() -> None:
    error = HTTPException(418, "teapot", {"x": "y"})
    assert await answer(ErrorHandlers(), error) == (
        418,
        '{"error":"418 I\'m a Teapot","status":418,"detail":"teapot"}',
        None,
    )


async def test_single_error_of_a_group_reaches_its_handler() -> None:
    handlers = ErrorHandlers()
    handlers.add(BaseError, says("base"))
    nested = ExceptionGroup("outer", [ExceptionGroup("inner", [DerivedError()])])
    assert await answer(handlers, nested) == (200, "base", None)
    several = ExceptionGroup("several", [BaseError(), BaseError()])
    assert (await answer(handlers, several))[2] is several


def test_handler_answers_for_the_application() -> None:
    app = App()
    app.add_error_handler(HTTPError, error_to_html)

    @app.error_handler(ZeroDivisionError)
    async def explain(req: Request, res: Response, exc: ZeroDivisionError) -> None:
        res.status_code = 422
        res.text = str(exc)

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        res.headers["x-of-the-view"] = "dropped"
        _ = 1 / 0

    client = create_client(app)
    answer = client.get("/")
    assert (answer.status_code, answer.text) == (422, "division by zero")
    assert "x-of-the-view" not in answer.headers
    assert client.get("/none").text.startswith("<!doctype html>")


class Teapot(HTTPException):
    pass


@pytest.mark.parametrize(
    ("handled", "raised", "expected"),
    [
        (HTTPException, HTTPException(404), "mine"),
        (HTTPException, Teapot(404), "mine"),
        (Teapot, Teapot(404), "mine"),
        (Teapot, HTTPException(404, "x"), '{"error":"404 Not Found","status":404,"detail":"x"}'),
        (Exception, HTTPException(404, "x"), '{"error":"404 Not Found","status":404,"detail":"x"}'),
    ],
)
async def test_error_of_starlette_can_be_handled_by_its_own_class(
    handled: type[Exception], raised: Exception, expected: str
) -> None:
    async def handle(req: Request, res: Response, exc: Exception) -> None:
        assert exc is raised
        res.text = "mine"

    handlers = ErrorHandlers()
    handlers.add(handled, handle)
    _, text, unhandled = await answer(handlers, raised)
    assert (text, unhandled) == (expected, None)


async def test_error_of_starlette_that_http_cannot_hold_is_a_500() -> None:
    status, _, unhandled = await answer(ErrorHandlers(), HTTPException(700))
    assert status == 500
    assert str(unhandled) == "expected a status from 200 to 599, got 700"


@pytest.mark.parametrize(("permanent", "status"), [(False, 302), (True, 301)])
async def test_redirect_is_answered(permanent: bool, status: int) -> None:
    redirect = Redirect("/login", permanent=permanent)
    response, unhandled = await ErrorHandlers().answer(make_request(), redirect)
    assert (response.status_code, unhandled) == (status, None)
    assert response.headers["location"] == "/login"


@pytest.mark.parametrize(
    ("exc_cls", "handler", "are_default"),
    [
        (HTTPError, error_to_json, True),
        (Exception, error_to_text, True),
        (HTTPError, error_to_text, False),
        (Redirect, error_to_text, False),
    ],
)
def test_answers_are_the_default_ones_until_another_handler_is_added(
    exc_cls: type[Exception], handler: ErrorHandler, are_default: bool
) -> None:
    handlers = ErrorHandlers()
    assert handlers.are_default
    handlers.add(exc_cls, handler)
    assert handlers.are_default == are_default


async def test_last_handler_answers_what_no_other_does() -> None:
    handlers = ErrorHandlers()
    handlers.add(BaseError, says("base"))
    for error, expected in [(BaseError(), "base"), (KeyError(), "last")]:
        response, _ = await handlers.answer(make_request(), error, last=says("last"))
        assert response.content.decode() == expected


async def test_client_that_left_is_handled_by_nobody() -> None:
    handlers = ErrorHandlers()
    handlers.add(Exception, says("never"))
    handlers.add(HTTPError, says("never"))
    for error in (ClientDisconnect(), ExceptionGroup("one", [ClientDisconnect()])):
        _, text, unhandled = await answer(handlers, error)
        assert isinstance(unhandled, ClientDisconnect)
        assert text != "never"


async def test_error_of_a_handler_keeps_the_error_it_came_from() -> None:
    handlers = ErrorHandlers()
    first = BaseError()

    async def fail(req: Request, res: Response, exc: BaseError) -> None:
        raise ValueError("in the handler")

    handlers.add(BaseError, fail)
    _, unhandled = await handlers.answer(make_request(), first)
    assert isinstance(unhandled, ValueError)
