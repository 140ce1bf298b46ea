from typing import Any

import pytest
from starlette.middleware.gzip import GZipMiddleware
from starlette.websockets import WebSocket

from bocadillo import App, Middleware, Request, Response, create_client
from bocadillo.middleware._asgi import check_middleware
from bocadillo.views import locate

calls: list[str] = []


class Noting:
    made = 0

    def __init__(self, app: Any, name: str = "noting") -> None:
        Noting.made += 1
        self.app = app
        self.name = name

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        calls.append(f"{self.name} {scope['type']}")
        await self.app(scope, receive, send)


class Http(Middleware):
    async def before_dispatch(self, req: Request, res: Response) -> None:
        calls.append("http middleware")


@pytest.fixture(autouse=True)
def _forget_calls() -> None:
    calls.clear()


async def view(req: Request, res: Response) -> None:
    res.text = "view" * 500


async def greet(scope: Any, receive: Any, send: Any) -> None:
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def test_middleware_wraps_the_application_for_http_and_websocket_but_not_its_lifespan() -> None:
    app = App()
    app.route("/")(view)
    app.mount("/greet", greet)
    app.add_middleware(Noting, name="first")
    app.add_middleware(Http)
    app.add_middleware(Noting, name="last")
    app.on("startup", lambda: calls.append("startup"))
    before = Noting.made
    with create_client(app) as client:
        assert calls == ["startup"]
        assert client.get("/").status_code == 200
        assert calls[1:] == ["last http", "first http", "http middleware"]
        calls.clear()
        assert client.get("/none").status_code == 404
        assert calls == ["last http", "first http", "http middleware"]
        calls.clear()
        with client.websocket_connect("/greet/") as websocket:
            assert websocket.receive_text() == "hello"
        assert calls == ["last websocket", "first websocket"]
    assert Noting.made == before + 2


def test_middleware_may_return_anything() -> None:
    app = App()
    app.route("/")(view)

    class Returning(Noting):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
            await super().__call__(scope, receive, send)
            return "done"

    app.add_middleware(Returning)
    assert create_client(app).get("/").status_code == 200


def test_middleware_of_starlette_is_added_with_its_arguments() -> None:
    app = App()
    app.route("/")(view)
    app.add_middleware(GZipMiddleware, minimum_size=100)
    assert create_client(app).get("/").headers["content-encoding"] == "gzip"


def test_middleware_may_be_a_function_that_returns_an_application() -> None:
    def stop(app: Any, *, status: int) -> Any:
        async def stopped(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b"stopped"})

        return stopped

    app = App()
    app.add_middleware(stop, status=503)
    answer = create_client(app).get("/")
    assert (answer.status_code, answer.text) == (503, "stopped")


class Asgi2:
    def __init__(self, app: Any) -> None:
        raise NotImplementedError

    def __call__(self, scope: Any) -> Any:
        raise NotImplementedError


class DerivedAsgi2(Asgi2):
    pass


@pytest.mark.parametrize("cls", [Asgi2, DerivedAsgi2])
def test_style_of_asgi_2_is_refused(cls: Any) -> None:
    with pytest.raises(ValueError, match="ASGI 2") as caught:
        App().add_middleware(cls)
    assert str(caught.value) == (
        f"middleware `{cls.__name__}` ({locate(cls)}) is of the style of ASGI 2: expected "
        "`async def __call__(self, scope, receive, send)`"
    )


class NotCallable:
    def __init__(self, app: Any) -> None:
        raise NotImplementedError


class TakesNothing:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("cls", "kwargs", "message"),
    [
        (3, {}, "expected a subclass of `Middleware` or an ASGI middleware class, got 3"),
        (
            NotCallable,
            {},
            (
                f"middleware `NotCallable` ({locate(NotCallable)}) cannot be called: expected a "
                "subclass of `Middleware`, or `async def __call__(self, scope, receive, send)`"
            ),
        ),
        (
            TakesNothing,
            {},
            (
                f"middleware `TakesNothing` ({locate(TakesNothing)}) cannot be made: too many "
                "positional arguments. It is called with what it wraps, and with the keyword "
                "arguments of `add_middleware`."
            ),
        ),
        (
            Noting,
            {"nmae": "x"},
            (
                f"middleware `Noting` ({locate(Noting)}) cannot be made: got an unexpected keyword "
                "argument 'nmae'. It is called with what it wraps, and with the keyword arguments "
                "of `add_middleware`."
            ),
        ),
    ],
)
def test_what_cannot_be_middleware_is_refused(cls: Any, kwargs: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        App().add_middleware(cls, **kwargs)
    assert str(caught.value) == message


@pytest.mark.parametrize("cls", [Noting, Http, Middleware, GZipMiddleware, lambda app: app])
def test_what_can_be_middleware_is_taken(cls: Any) -> None:
    check_middleware(cls, {})
