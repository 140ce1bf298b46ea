import functools
from typing import Any

import pytest

from bocadillo import App, ExpectedAsync, HTTPError, Redirect, Request, Response, create_client
from bocadillo.hooks import after, before, find_hooks
from bocadillo.views import locate


async def note(req: Request, res: Response, params: dict[str, Any], word: str = "hook") -> None:
    res.headers.append("x-calls", word)


class Noting:
    """A hook that is an object."""

    def __init__(self, word: str) -> None:
        self.word = word

    async def __call__(
        self, req: Request, res: Response, params: dict[str, Any], more: str = ""
    ) -> None:
        res.headers.append("x-calls", self.word + more)

    async def method(self, req: Request, res: Response, params: dict[str, Any]) -> None:
        res.headers.append("x-calls", f"method of {self.word}")


async def show(req: Request, res: Response) -> None:
    res.headers.append("x-calls", "view")


def ask(app: App, method: str = "GET", path: str = "/") -> list[str]:
    answer = create_client(app).request(method, path)
    assert answer.status_code == 200
    return answer.headers.get_list("x-calls")


def test_hooks_run_from_the_top_down_and_back_up() -> None:
    app = App()

    @app.route("/")
    @before(note, "1")
    @after(note, "4")
    @before(note, word="2")
    @after(note, "3")
    async def view(req: Request, res: Response) -> None:
        await show(req, res)

    assert ask(app) == ["1", "2", "view", "3", "4"]


@pytest.mark.parametrize("decorate", [before, after])
def test_hook_that_returns_something_is_told(decorate: Any) -> None:
    async def check(req: Request, res: Response, params: dict[str, Any]) -> bool:
        return False

    async def view(req: Request, res: Response) -> None:
        await show(req, res)

    app = App()
    app.route("/")(decorate(check)(view))
    with pytest.raises(
        TypeError, match=r"^hook `check` \(.*\) returned False: hooks return nothing"
    ):
        create_client(app).get("/")


def test_hook_is_any_async_callable() -> None:
    app = App()
    hook = Noting("object")

    @app.route("/")
    @before(hook)
    @before(hook, "!")
    @before(hook.method)
    @before(functools.partial(note, word="partial"))
    async def view(req: Request, res: Response) -> None:
        await show(req, res)

    assert ask(app) == ["object", "object!", "method of object", "partial", "view"]


def test_hook_decorates_a_function_also_above_its_route() -> None:
    app = App()

    @before(note)
    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        await show(req, res)

    assert ask(app) == ["hook", "view"]


@before(note, "mixin")
@after(note, "after mixin")
class Mixin:
    pass


@before(note, "base")
@after(note, "after base")
class Base:
    async def get(self, req: Request, res: Response) -> None:
        await show(req, res)

    @before(note, "post")
    async def post(self, req: Request, res: Response) -> None:
        await show(req, res)


@before(note, "outer")
@before(note, "derived")
@after(note, "after derived")
class Derived(Mixin, Base):
    @before(note, "static")
    @staticmethod
    async def put(req: Request, res: Response) -> None:
        await show(req, res)

    @after(note, "after class")
    @classmethod
    async def patch(cls, req: Request, res: Response) -> None:
        await show(req, res)


class Plain(Base):
    pass


@pytest.mark.parametrize("view", [Derived, Derived(), Derived().get])
def test_hooks_of_a_class_apply_to_every_handler_of_those_derived_from_it(view: Any) -> None:
    app = App()
    app.route("/")(view)
    first = ["outer", "derived", "mixin", "base"]
    last = ["after base", "after mixin", "after derived"]
    assert ask(app) == [*first, "view", *last]
    if not hasattr(view, "__func__"):
        assert ask(app, "POST") == [*first, "post", "view", *last]
        assert ask(app, "PUT") == [*first, "static", "view", *last]
        assert ask(app, "PATCH") == [*first, "view", "after class", *last]


def test_hooks_of_a_class_apply_to_a_method_that_is_the_view() -> None:
    app = App()
    app.route("/")(Derived.patch)
    first = ["outer", "derived", "mixin", "base"]
    assert ask(app) == [
        *(*first, "view", "after class"),
        *("after base", "after mixin", "after derived"),
    ]


def test_hooks_of_a_derived_class_are_not_those_of_its_base() -> None:
    app = App()
    app.route("/")(Base)
    app.route("/plain")(Plain)
    assert ask(app) == ask(app, path="/plain") == ["base", "view", "after base"]


def test_object_is_decorated_alone() -> None:
    app = App()
    decorated, other = Plain(), Plain()
    assert before(note, "object")(decorated) is decorated
    app.route("/")(decorated)
    app.route("/other")(other)
    assert ask(app) == ["object", "base", "view", "after base"]
    assert ask(app, path="/other") == ["base", "view", "after base"]


def test_hooks_stay_below_a_partial_and_a_decorator_that_wraps() -> None:
    @before(note)
    async def view(req: Request, res: Response, page: int = 1) -> None:
        await show(req, res)

    @functools.wraps(view)
    async def wrapper(req: Request, res: Response, **params: Any) -> None:
        await view(req, res, **params)

    app = App()
    app.route("/")(functools.partial(view, page=2))
    app.route("/wrapped")(wrapper)
    assert ask(app) == ask(app, path="/wrapped") == ["hook", "view"]


def test_what_is_not_decorated_has_no_hooks() -> None:
    assert find_hooks("before", None, show, 3) == []


def test_hook_sees_and_changes_what_the_view_gets() -> None:
    app = App()

    async def change(req: Request, res: Response, params: dict[str, Any], by: int) -> None:
        assert params == {"pk": 7, "page": 1, "tag": ["x"]}
        params["pk"] += by

    async def check(req: Request, res: Response, params: dict[str, Any]) -> None:
        res.headers["x-pk"] = str(params["pk"])

    @app.route("/{pk}/{}")
    @before(change, by=3)
    @after(check)
    async def view(
        req: Request, res: Response, pk: int, page: int = 1, tag: list[str] | None = None
    ) -> None:
        res.json = [pk, page, tag]

    answer = create_client(app).get("/7/ignored?tag=x")
    assert (answer.json(), answer.headers["x-pk"]) == ([10, 1, ["x"]], "10")


def test_hook_runs_after_conversion_and_not_for_wrong_parameters() -> None:
    app = App()

    @app.route("/{pk}")
    @before(note)
    async def view(req: Request, res: Response, pk: int) -> None:
        raise NotImplementedError

    answer = create_client(app).get("/x")
    assert (answer.status_code, "x-calls" in answer.headers) == (400, False)


def test_hook_that_raises_is_answered_instead_of_the_view_and_of_what_follows() -> None:
    app = App()

    async def refuse(req: Request, res: Response, params: Any, error: Exception) -> None:
        raise error

    @app.route("/error")
    @before(refuse, HTTPError(403))
    @before(note)
    async def error(req: Request, res: Response) -> None:
        raise NotImplementedError

    @app.route("/redirect")
    @after(refuse, Redirect("/error"))
    @after(note)
    async def redirect(req: Request, res: Response) -> None:
        res.text = "dropped"

    @app.route("/fails")
    @after(refuse, NotImplementedError())
    async def fails(req: Request, res: Response) -> None:
        raise HTTPError(409)

    client = create_client(app, follow_redirects=False)
    assert client.get("/error").status_code == 403
    answer = client.get("/redirect")
    assert (answer.status_code, answer.headers["location"], answer.text) == (302, "/error", "")
    assert client.get("/fails").status_code == 409


def plain(req: Request, res: Response, params: Any) -> None:
    pass


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        (plain, f"hook `plain` ({locate(plain)}) is not async. Did you mean `async def plain`?"),
        (3, "hook `3` (unknown) is not async. Expected an `async def` function."),
        (
            Noting,
            f"hook `Noting` ({locate(Noting)}) is not async. Expected an `async def` function.",
        ),
    ],
)
@pytest.mark.parametrize("decorate", [before, after])
def test_hook_that_is_not_async_is_refused(decorate: Any, hook: Any, message: str) -> None:
    with pytest.raises(ExpectedAsync) as caught:
        decorate(hook)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("hook", "args", "kwargs", "expected"),
    [
        (show, (), {}, "show(req, res, params)"),
        (note, (1, 2), {}, "note(req, res, params, args[0], args[1])"),
        (note, (), {"wrod": 1}, "note(req, res, params, wrod=...)"),
    ],
)
def test_hook_that_does_not_take_its_arguments_is_refused(
    hook: Any, args: Any, kwargs: Any, expected: str
) -> None:
    with pytest.raises(TypeError, match=f"hook `{hook.__name__}`") as caught:
        before(hook, *args, **kwargs)
    assert str(caught.value).endswith(f": expected `{expected}`")


def test_what_cannot_remember_a_hook_is_refused() -> None:
    view = Derived().get
    with pytest.raises(TypeError) as caught:
        before(note)(view)
    assert str(caught.value) == (
        f"cannot decorate {view!r} ({locate(view)}) with a hook: decorate the function or the "
        "class where it is defined"
    )
    with pytest.raises(TypeError, match="cannot decorate <class 'dict'>"):
        after(note)(dict)
    with pytest.raises(TypeError, match="cannot decorate 3"):
        after(note)(3)
