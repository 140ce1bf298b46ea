"""An application as users write it: it must pass `mypy --strict`."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import msgspec

from bocadillo import (
    App,
    ClientDisconnect,
    HTTPError,
    LiveServer,
    Middleware,
    Redirect,
    Request,
    Response,
    Router,
    configure,
    create_client,
    hooks,
)
from bocadillo.constants import ALL_HTTP_METHODS, CONTENT_TYPE
from bocadillo.error_handlers import error_to_html


class Todo(msgspec.Struct):
    title: str
    done: bool = False


app = App("shop")
app.add_error_handler(HTTPError, error_to_html)


@app.on("startup")
async def connect() -> None:
    pass


@app.on("shutdown")
def disconnect() -> None:
    pass


app.on("shutdown", disconnect)
app.on("shutdown", lambda: print("bye"))


@app.error_handler(ZeroDivisionError)
async def on_division(req: Request, res: Response, exc: ZeroDivisionError) -> None:
    res.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    res.text = str(exc)


@app.route("/")
async def index(req: Request, res: Response) -> None:
    res.html = "<h1>Hello</h1>"


@app.route("/todos/{pk}", methods=["GET", "PUT"], name="todo")
async def todo(req: Request, res: Response, pk: int, verbose: bool = False) -> None:
    if req.method == "PUT":
        todo = await req.json(Todo)
        title: str = todo.title
        todos: list[Todo] = await req.json(list[Todo])
        res.json = {"title": title, "count": len(todos)}
    else:
        anything = await req.json()
        res.json = anything["key"]
    if not verbose:
        raise HTTPError(404, {"pk": pk}, headers={"x-reason": "none"})


@app.route("/all", methods=all)
async def every(req: Request, res: Response, tag: list[str] | None = None) -> None:
    res.content = b"" if req.headers["accept"] == CONTENT_TYPE.JSON else "text"
    res.headers["x-methods"] = ", ".join(ALL_HTTP_METHODS)
    res.headers.append("x-tags", ", ".join(tag or []))
    res.set_cookie("a", "b", httponly=True, samesite="strict")
    res.delete_cookie("c")


@app.route("/upload", methods=("POST",))
async def upload(req: Request, res: Response) -> None:
    size = 0
    try:
        async for chunk in req:
            size += len(chunk)
    except ClientDisconnect:
        return
    form = await req.form()
    res.text = f"{size} {form.get('name')} {req.query_params.get('q')}"


async def check(req: Request, res: Response, params: dict[str, object], right: str) -> None:
    if params["pk"] == right:
        raise Redirect("/login")


class Rights:
    async def __call__(self, req: Request, res: Response, params: dict[str, object]) -> None:
        res.headers["x-rights"] = str(params)


router = Router()


@router.route("/todos/{pk}", name="todo")
@hooks.before(check, "write")
@hooks.after(Rights())
class TodoView:
    @hooks.before(check, right="read")
    async def get(self, req: Request, res: Response, pk: int) -> None:
        @res.stream(raise_on_disconnect=True)
        async def feed() -> AsyncIterator[str]:
            yield str(pk)

    async def put(self, req: Request, res: Response, pk: int, todo: Todo) -> None:
        @res.background
        async def notify() -> None:
            print(todo.title)

        res.background(print, todo.title, end="")
        res.redirect(req.url_for("todo", pk=pk), permanent=True)


class Anything:
    async def handle(self, req: Request, res: Response) -> None:
        await res.file("anything.txt", attach=False)


router.route("/anything")(Anything())


class Timing(Middleware):
    async def before_dispatch(self, req: Request, res: Response) -> Response | None:
        return res if req.method == "DELETE" else None

    async def after_dispatch(self, req: Request, res: Response) -> None:
        res.headers["x-time"] = "1"


app.include_router(router, prefix="/api")
app.mount("/inner", App("inner"))
app.add_middleware(Timing)
configure(app, debug=True)


async def chunks(req: Request) -> AsyncIterator[bytes]:
    async for chunk in req.stream():
        yield chunk


def test_index() -> None:
    with create_client(app, raise_server_exceptions=False) as client:
        text: str = client.get("/").text
        assert text


def test_live() -> None:
    with LiveServer(app, ready_timeout=1, port=8000) as server:
        address: str = server.url
        page: str = server.url("/")
        assert page.startswith(address)
