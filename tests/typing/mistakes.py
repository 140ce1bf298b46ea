"""Mistakes that `mypy --strict` finds: each line would be reported without its comment."""

from typing import Any

import bocadillo
from bocadillo import (
    App,
    HTTPError,
    Middleware,
    Redirect,
    Request,
    Response,
    Router,
    Templates,
    configure,
    create_client,
    hooks,
    provider,
    static,
    useprovider,
)
from bocadillo.requests import UploadFile

app = App()
bocadillo.Ap()  # type: ignore[attr-defined] # no such name
bocadillo.testing.Client()  # type: ignore[attr-defined] # nor here


@app.route("/")  # type: ignore[type-var] # a view is async
def index(req: Request, res: Response) -> None:
    res.text = 1  # type: ignore[assignment] # text is str
    res.html = b""  # type: ignore[assignment] # HTML is str
    res.status_code = "200"  # type: ignore[assignment] # a status is int
    res.headers["x"] = 1  # type: ignore[assignment] # the value of a header is str
    raise HTTPError("404")  # type: ignore[arg-type] # a status is int


async def show(req: Request, res: Response) -> None:
    number = await req.json(int)
    number.title()  # type: ignore[attr-defined] # it is of the type asked for


app.route(1)  # type: ignore[arg-type] # a pattern is str
app.add_error_handler(404, show)  # type: ignore[arg-type] # a class of exceptions, not a status


class View:
    def get(self, req: Request, res: Response) -> None:
        res.background(3)  # type: ignore[type-var] # a function
        res.redirect(404)  # type: ignore[arg-type] # a path is str


def allow(req: Request, res: Response, params: dict[str, Any]) -> None:
    raise HTTPError(403)


class Rights:
    async def __call__(self, req: Request, res: Response, params: dict[str, Any]) -> None:
        params["role"] = "cook"


hooks.before(Rights())
hooks.before(allow)  # type: ignore[arg-type] # a hook is async
hooks.after(Rights)  # type: ignore[arg-type] # an object, not its class
hooks.after("allow")  # type: ignore[arg-type] # a function
app.on("boot")  # type: ignore[call-overload] # startup or shutdown
app.on("startup", allow)  # type: ignore[call-overload] # it takes nothing


async def save(req: Request, res: Response) -> None:
    async with req.form() as form:
        photo = form["photo"]
        print(photo.safe_filename)  # type: ignore[union-attr] # a field may be text
        if isinstance(photo, UploadFile):
            print(photo.safe_filename + photo.size)  # type: ignore[operator] # a size is int


app.route("/view")(View())  # type: ignore[type-var] # its handlers are async


class Slow(Middleware):
    def before_dispatch(self, req: Request, res: Response) -> None:  # type: ignore[override] # async
        res.text = ""

    async def after_dispatch(self, req: Request, res: Response) -> str:  # type: ignore[override] # the mistake
        return "the response, or nothing"


async def feed(req: Request, res: Response) -> None:
    async def lines() -> None:
        await res.file("lines.txt")

    res.stream(lines)  # type: ignore[type-var] # a generator
    res.set_cookie("name", samesite="loose")  # type: ignore[arg-type] # strict, lax or none
    res.attachment = b"a.txt"  # type: ignore[assignment] # a name is str
    raise Redirect(302, "/")  # type: ignore[arg-type] # the path comes first


async def show_page(templates: Templates) -> str:
    print(b"<p>" + await templates.render("a.html"))  # type: ignore[operator] # HTML is str
    return templates.render("a.html")  # type: ignore[return-value] # it is awaited


configure(app).route(methods="GET")  # type: ignore[call-arg] # a route has a pattern
configure(Router())  # type: ignore[arg-type] # applications have settings
app.include_router(static("fonts"))  # type: ignore[arg-type] # applications are mounted
app.add_middleware(Slow(app))  # type: ignore[type-var] # a class
app.url_for(1)  # type: ignore[arg-type] # a name is str
static(1)  # type: ignore[arg-type] # a path


@provider(scope="session")  # type: ignore[call-overload,untyped-decorator] # request, or app
def lang(req: Request) -> str:
    return req.headers["accept-language"]


@provider(name="menu")
def dishes() -> list[str]:
    return ["soup"]


dishes().upper()  # type: ignore[attr-defined] # it keeps its type
provider("menu")  # type: ignore[call-overload] # a function
provider(dishes, lazy=True)  # type: ignore[call-overload] # options make a decorator
app.provider(scope="app", autouse=1)  # type: ignore[call-overload] # a bool
useprovider(dishes)("menu")  # type: ignore[type-var] # it decorates a view
app.override_providers({"menu": []})  # type: ignore[call-arg] # by name
app.override_providers(menu=[]).get("/")  # type: ignore[attr-defined] # `with` it
create_client(app, providers=["menu"])  # type: ignore[arg-type] # by name
