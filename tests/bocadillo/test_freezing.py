import asyncio
import warnings
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bocadillo import App, Middleware, Request, Response, configure, create_client
from bocadillo._freezing import compile_table
from bocadillo._parts import Parts
from bocadillo._security import NO_SECURITY
from bocadillo.error_handlers import ErrorHandlers
from bocadillo.errors import ProviderError, RouteError
from bocadillo.middleware._http import dispatch_plan
from bocadillo.patterns import parse_pattern
from bocadillo.plans import Plan
from bocadillo.routing import Mount, Table
from bocadillo.views import locate
from tests.bocadillo.calls import call, make_providing, nothing

METHODS = ["GET", "HEAD", "POST", "OPTIONS", "BREW"]
SEGMENTS = ["", "a", "b", "{}", "{x}", "a{x}", "{x}-{y}", "{y:path}"]
PIECES = ["/", "a", "b", "-", "//", "\n"]


class Entry(NamedTuple):
    """A route of some methods, or a mount when it has none."""

    pattern: str
    methods: tuple[str, ...] | None


def is_pattern(text: str) -> bool:
    try:
        parse_pattern(text)
    except ValueError:
        return False
    return True


def pattern_text(segments: list[str]) -> str:
    return "/" + "/".join(segments)


patterns = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3).map(pattern_text)
routes = st.builds(
    Entry,
    st.one_of(st.just("{}"), patterns).filter(is_pattern),
    st.lists(st.sampled_from(METHODS[:4]), min_size=1, max_size=3, unique=True).map(tuple),
)
mounts = st.builds(
    Entry, patterns.filter(lambda text: ":path" not in text and is_pattern(text)), st.none()
)
entries_strategy = st.lists(st.one_of(routes, mounts), max_size=6)
paths_strategy = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)


async def view(req: Request, res: Response, **params: str) -> None:
    raise NotImplementedError


async def mounted(scope: Any, receive: Any, send: Any) -> None:
    raise NotImplementedError


def make_table(entries: list[Entry], **options: Any) -> tuple[App, Table]:
    app = App()
    for pattern, methods in entries:
        if methods is None:
            app.mount(pattern, mounted)
        else:
            app.route(pattern, methods)(view)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of routes that are never reached
        return app, compile_table(
            app.routes, make_parts(app), **{"is_prepared": True, "redirects_slash": True, **options}
        )


def make_parts(app: App) -> Parts:
    return Parts(
        app=app,
        dispatch=dispatch_plan,
        handlers=ErrorHandlers(),
        last=None,
        request_class=Request,
        security=NO_SECURITY,
        providing=make_providing(),
        draining=app._draining,
    )


def expected_kind(entry: Any, method: str) -> str:
    if isinstance(entry, Mount):
        return "mount"
    if method in entry.methods or (method == "HEAD" and "GET" in entry.methods):
        return "view"
    return "options" if method == "OPTIONS" else "refused"


def actual_kind(plan: Plan) -> str:
    if plan.place.startswith("mount"):
        return "mount"
    return "view" if plan.place else answer_kind(plan)


def answer_kind(plan: Plan) -> str:
    """Send a prepared answer to tell which it is."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"method": "GET", "path": "", "query_string": b""}

    async def answer() -> None:
        assert plan.direct
        await plan.direct(scope, nothing, send, {})

    asyncio.run(answer())
    return {204: "options", 404: "missing", 405: "refused"}[sent[0]["status"]]


@given(entries_strategy, st.lists(paths_strategy, max_size=6))
@example([Entry("/a", ("POST",)), Entry("/{x}", ("GET",))], ["a"])
@example([Entry("/{x}", ("POST",)), Entry("/a", ("GET",))], ["a"])
@example([Entry("/a", None), Entry("/a/b", ("GET",))], ["a", "a/", "a/b"])
@example([Entry("/a/b", ("POST",)), Entry("/a", None), Entry("{}", ("GET",))], ["a/b", "a/c", ""])
@example([Entry("/{x}-{y}", None), Entry("/{y:path}", ("GET",))], ["a-b/", "a-b", "-/"])
def test_routes_and_mounts_are_found_as_by_a_scan_and_none_falls_through(
    entries: list[Entry], paths: list[str]
) -> None:
    app, table = make_table(entries)
    for path in {*paths, *(f"/{path}" for path in paths)}:
        matches = [entry for entry in app.routes if entry.pattern.match(path) is not None]
        for method in METHODS:
            plan, params = table.match(method, path)
            if not matches:
                assert (actual_kind(plan), params) == ("missing", {})
                continue
            first = matches[0]
            values = first.pattern.match(path) or ()
            named = zip(first.pattern.names, values, strict=True)
            assert params == {name: value for name, value in named if name}
            assert actual_kind(plan) == expected_kind(first, method)
            if isinstance(first, Mount):
                assert plan.place == first.label
            elif plan.place:
                assert plan.place.endswith(f", {first.label})")


def test_answers_are_prepared_unless_somebody_wants_to_see_them() -> None:
    entries = [Entry("/a/", ("GET",)), Entry("/b", None)]
    for is_prepared in (True, False):
        _, table = make_table(entries, is_prepared=is_prepared)
        for method, path in [("GET", "/none"), ("POST", "/a/"), ("OPTIONS", "/a/")]:
            assert (table.match(method, path)[0].direct is not None) == is_prepared
        assert table.match("GET", "/a/")[0].direct is None
        assert table.match("GET", "/b/")[0].direct is not None


async def test_plan_of_a_mount_has_nothing_to_run() -> None:
    _, table = make_table([Entry("/a", None)])
    plan, params = table.match("GET", "/a/")
    response = Response()
    assert await plan.run(Request({"type": "http"}), response, params) is None
    assert response.encode() == Response().encode()


def test_route_that_is_never_reached_is_told() -> None:
    app = App()
    app.route("/todos/{pk}", ["GET"])(view)
    app.route("/todos/{id}", ["POST"])(view)
    with pytest.warns(RuntimeWarning) as caught:
        create_client(app).get("/")
    assert [str(warning.message) for warning in caught] == [
        (
            "POST /todos/{id} is never reached: GET /todos/{pk} has the same pattern, and a "
            "request whose method a route does not answer is a 405. Put the handlers into one "
            "view, a class with a method for each HTTP method."
        )
    ]


@pytest.mark.parametrize(
    ("patterns", "hidden"),
    [
        (["{}", "/a"], ["GET /a is never reached: GET {} comes first"]),
        (["/{p:path}", "/"], ["GET / is never reached: GET /{p:path} comes first"]),
        (["/a/{p:path}", "/a/b/{c}"], ["GET /a/b/{c} is never reached: GET /a/{p:path} comes"]),
        (["/{x}/{p:path}", "/{y}/b"], ["GET /{y}/b is never reached: GET /{x}/{p:path} comes"]),
        (["/a/{p:path}", "/a", "/ab", "/{x}/b"], []),
        (["/{p:path}.txt", "/a", "/a.txt"], []),
        (["/a/b", "/a/{p:path}", "/b", "{}"], []),
    ],
)
def test_route_below_one_that_takes_the_rest_is_told(
    patterns: list[str], hidden: list[str]
) -> None:
    app = App()
    for pattern in patterns:
        app.route(pattern)(view)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with create_client(app):
            pass
    messages = [str(warning.message) for warning in caught]
    assert len(messages) == len(hidden)
    for message, start in zip(messages, hidden, strict=True):
        assert message.startswith(start)
        assert message.endswith("and takes all paths below. Register it later.")


def test_mount_that_is_never_reached_is_told_once() -> None:
    app = App()
    app.mount("/x", App())
    app.mount("x", App())
    with pytest.warns(RuntimeWarning) as caught:
        create_client(app).get("/")
    assert [str(warning.message) for warning in caught] == [
        (
            "mount /x is never reached: mount /x comes first, and takes all paths below. Register "
            "it later."
        )
    ]


def test_mistakes_of_every_view_are_errors_when_the_application_starts() -> None:
    async def asks(req: Request, res: Response, database: object) -> None:
        raise NotImplementedError

    class View:
        get = staticmethod(view)
        post = staticmethod(asks)

    app = App()
    app.route("/")(View)
    for _ in range(2):
        with pytest.raises(ProviderError, match="asks for `database`"), create_client(app):
            pass

    async def hidden(req: Request, res: Response, pk: "Hidden") -> None:  # type: ignore[name-defined] # noqa: F821 - the mistake
        raise NotImplementedError

    app = App()
    app.route("/{pk}")(hidden)
    with pytest.raises(RouteError, match="annotates `pk` with `Hidden`"):
        create_client(app).get("/1")


async def test_settings_are_read_once_when_the_application_freezes() -> None:
    app = configure(App(), max_body_size=3, redirect_trailing_slash=False)
    app.route("/x/", ["POST"])(read)
    app.route("/more", ["POST"], max_body_size=5)(read)
    app.route("/all", ["POST"], max_body_size=None)(read)
    client = create_client(app)
    for path, limit in [("/x/", 3), ("/more", 5)]:
        assert client.post(path, content=b"x" * limit).status_code == 200
        assert client.post(path, content=b"x" * (limit + 1)).status_code == 413
    assert client.post("/all", content=b"x" * 1000).status_code == 200
    assert client.post("/x").status_code == 404


async def read(req: Request, res: Response) -> None:
    res.content = await req.body()


@pytest.mark.parametrize("debug", [True, False])
async def test_reason_of_an_error_is_shown_only_with_debug(debug: bool) -> None:
    app = configure(App(), debug=debug)

    @app.route("/")
    async def fail(req: Request, res: Response) -> None:
        raise ZeroDivisionError("secret")

    sent: list[Any] = []
    with pytest.raises(ZeroDivisionError):
        await call(app, "GET", "/", sent=sent)
    assert sent[0]["status"] == 500
    assert (b"secret" in sent[1]["body"]) == debug


def test_middleware_is_made_when_the_application_freezes() -> None:
    class Broken(Middleware):
        def __init__(self, inner: Any) -> None:
            raise ZeroDivisionError

    app = App()
    app.add_middleware(Broken)
    with pytest.raises(ZeroDivisionError):
        create_client(app).get("/")


async def test_error_handlers_are_given_what_they_ask_for() -> None:
    app = App()

    @app.provider
    def word(req: Request, res: Response) -> str:
        return f"{req.method} {res.status_code}"

    @app.error_handler(LookupError)
    async def handle(req: Request, res: Response, exc: LookupError, word: str) -> None:
        res.text = f"{exc!r} {word}"

    @app.route("/")
    async def fail(req: Request, res: Response) -> None:
        raise LookupError

    sent = await call(app, "GET", "/")
    assert sent[1]["body"] == b"LookupError() GET 200"


def test_all_providers_are_checked_even_those_that_no_view_uses() -> None:
    app = App()

    @app.provider
    def users(database: str) -> str:
        raise NotImplementedError

    with pytest.raises(ProviderError, match="provider `users`"), create_client(app):
        pass


def test_view_that_asks_for_a_body_which_no_request_has_is_warned_of() -> None:
    class Dish(msgspec.Struct):
        name: str

    app = App()

    @app.route("/dishes")
    async def add(req: Request, res: Response, dish: Dish) -> None:
        raise NotImplementedError

    @app.route("/menu", methods=["GET", "POST"])
    async def menu(req: Request, res: Response, dish: Dish | None = None) -> None:
        raise NotImplementedError

    with pytest.warns(RuntimeWarning) as warned:
        app._freeze()
    (warning,) = warned
    assert str(warning.message) == (
        f"view `add` ({locate(add)}, GET /dishes) asks for the body of the request, but answers "
        "GET alone, which has none. Register it for another method: methods=['POST']."
    )
