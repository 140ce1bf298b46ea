"""Mistakes that `mypy --strict` finds: each line would be reported without its comment."""

from bocadillo import App, HTTPError, Request, Response

app = App()


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


app.route("/view")(View())  # type: ignore[type-var] # its handlers are async
