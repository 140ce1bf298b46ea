from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import msgspec
import pytest

from bocadillo import HTTPError, Request, Response
from bocadillo._asking import Asked, ask
from bocadillo._lifetimes import Lifetimes
from bocadillo._providing import Providing
from bocadillo._runs import make_async_run, make_provided_run, params_are_needed
from bocadillo.hooks import after, before
from bocadillo.patterns import parse_pattern
from bocadillo.providers import Provider
from bocadillo.views import inspect_view
from tests.bocadillo.calls import make_providing, make_scope

log: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    log.clear()


class Todo(msgspec.Struct):
    title: str


async def note(
    req: Request, res: Response, params: dict[str, Any], word: str = "", **more: Any
) -> None:
    log.append(f"{word}{params}{more or ''}")


async def count(req: Request, res: Response, params: dict[str, Any], number: int) -> None:
    log.append(f"number {number}")
    params["number"] = number + 100


def number() -> int:
    log.append("number")
    return 1


async def double(number: int, req: Request, res: Response) -> int:
    log.append(f"double of {req.method} {res.status_code}")
    return number * 2


def tracked() -> Iterator[str]:
    log.append("+tracked")
    try:
        yield "tracked"
    except BaseException as error:
        log.append(f"tracked: {error!r}")
        raise
    finally:
        log.append("-tracked")


async def failing() -> AsyncIterator[int]:
    yield 1
    raise OSError("commit")


class Call:
    """Call the run of a view."""

    def __init__(
        self,
        view: Callable[..., Any],
        pattern: str = "/",
        *,
        providing: Providing | None = None,
        body: bytes = b"",
        query: bytes = b"",
    ) -> None:
        self.providing = providing or make_providing(number, double, tracked, failing)
        self.asked: Asked = ask(
            inspect_view(view),
            parse_pattern(pattern),
            label="GET /",
            providing=self.providing,
            place="view",
        )
        headers = [(b"content-type", b"application/json")]
        scope = make_scope("GET", "/", headers=headers, query_string=query)
        self.body = body
        self.request = Request(scope, self.receive)
        self.response = Response()
        self.response.lifetimes = self.lifetimes = Lifetimes()

    async def receive(self) -> Any:
        return {"type": "http.request", "body": self.body}

    async def plain(self, **params: str) -> object:
        return await make_async_run(self.asked)(self.request, self.response, params)

    async def provided(self, **params: str) -> object:
        run = make_provided_run(self.asked, self.providing)
        return await run(self.request, self.response, params)


async def test_body_and_parameters_are_converted_and_hooks_see_the_defaults() -> None:
    @before(note, "before ", extra=1)
    @after(note, "after ")
    async def view(req: Request, res: Response, pk: int, todo: Todo, page: int = 3) -> None:
        log.append(f"view {pk} {todo.title} {page}")

    call = Call(view, "/{pk}", body=b'{"title":"x"}')
    assert await call.plain(pk="7") is None
    seen = "{'page': 3, 'pk': 7, 'todo': Todo(title='x')}"
    assert log == [f"before {seen}{{'extra': 1}}", "view 7 x 3", f"after {seen}"]


async def test_all_that_is_wrong_is_told_at_once_and_opens_nothing() -> None:
    async def view(req: Request, res: Response, pk: int, todo: Todo, tracked: str) -> None:
        raise NotImplementedError

    for run in ("plain", "provided"):
        call = Call(view, "/{pk}", body=b'{"title":1}')
        with pytest.raises(HTTPError) as caught:
            await getattr(call, run)(pk="x")
        assert caught.value.detail == {
            "pk": "Expected `int`, got `x`",
            "title": "Expected `str`, got `int`",
        }
    assert log == []


async def test_result_of_the_view_is_given_back() -> None:
    async def view(req: Request, res: Response) -> int:
        return 3

    @before(note)
    async def hooked(req: Request, res: Response) -> int:
        return 3

    assert await Call(view).plain() == 3
    assert await Call(hooked).plain() == 3
    assert await Call(view).provided() == 3


@pytest.mark.parametrize("pattern", ["/", "/{a}"])
async def test_providers_without_cleanup_are_called_in_order(pattern: str) -> None:
    async def view(req: Request, res: Response, double: int, **rest: str) -> None:
        log.append(f"view {double} {rest}")

    call = Call(view, pattern)
    assert not params_are_needed(call.asked)
    params = {"a": "x"} if pattern != "/" else {}
    await call.provided(**params)
    assert log == ["number", "double of GET 200", f"view 2 {params}"]
    assert params == ({"a": "x"} if pattern != "/" else {})
    assert not call.lifetimes.is_over


async def test_parameters_are_converted_beside_providers() -> None:
    async def view(req: Request, res: Response, pk: int, double: int, page: int = 3) -> None:
        log.append(f"view {pk} {double} {page}")

    call = Call(view, "/{pk}", query=b"page=4")
    assert params_are_needed(call.asked)
    await call.provided(pk="7")
    assert log[-1] == "view 7 2 4"


async def test_values_of_the_application_are_shared() -> None:
    async def view(req: Request, res: Response, number: int) -> None:
        log.append(f"view {number}")

    providing = make_providing(number, scope="app")
    for _ in range(2):
        await Call(view, providing=providing).provided()
    assert log == ["number", "view 1", "view 1"]


async def test_hooks_get_what_they_ask_for_and_may_change_what_the_view_gets() -> None:
    @before(count)
    @after(count)
    async def view(req: Request, res: Response, number: int) -> None:
        log.append(f"view {number}")

    await Call(view).provided()
    assert log == ["number", "number 1", "view 101", "number 1"]


async def view_tracked(req: Request, res: Response, tracked: str) -> None:
    log.append(f"view {tracked}")


async def test_providers_are_cleaned_up_when_the_view_has_ended() -> None:
    call = Call(view_tracked)
    assert await call.provided() is None
    assert log == ["+tracked", "view tracked", "-tracked"]
    assert call.lifetimes.is_over


async def feed() -> AsyncIterator[str]:
    yield "never read"  # pragma: no cover - nothing sends it


async def test_providers_are_cleaned_up_later_when_the_response_is_a_stream() -> None:
    async def view(req: Request, res: Response, tracked: str) -> None:
        res.stream(feed)

    call = Call(view)
    await call.provided()
    assert log == ["+tracked"]
    assert not call.lifetimes.is_over
    await call.lifetimes.leave()
    assert log == ["+tracked", "-tracked"]


async def test_providers_see_what_the_view_or_a_hook_raises_even_if_it_streams() -> None:
    async def view(req: Request, res: Response, tracked: str) -> None:
        res.stream(feed)

        raise HTTPError(404)

    async def deny(req: Request, res: Response, params: object) -> None:
        raise HTTPError(403)

    @before(deny)
    async def denied(req: Request, res: Response, tracked: str) -> None:
        raise NotImplementedError

    for function, status in ((view, 404), (denied, 403)):
        log.clear()
        with pytest.raises(HTTPError) as caught:
            await Call(function).provided()
        assert caught.value.status_code == status
        assert log == ["+tracked", f"tracked: {caught.value!r}", "-tracked"]


async def test_providers_are_to_see_that_what_the_view_returned_is_refused() -> None:
    async def view(req: Request, res: Response, tracked: str) -> int:
        return 3

    call = Call(view)
    assert await call.provided() == 3
    assert log == ["+tracked"]
    await call.lifetimes.leave()


async def test_cleanup_that_fails_is_raised() -> None:
    async def view(req: Request, res: Response, tracked: str, failing: int) -> None:
        log.append("view")

    with pytest.raises(OSError, match="commit"):
        await Call(view).provided()
    assert log == ["+tracked", "view", "tracked: OSError('commit')", "-tracked"]


async def test_lazy_provider_needs_lifetimes() -> None:
    async def view(req: Request, res: Response, number: Any) -> None:
        log.append("view")
        log.append(str(await number))

    call = Call(view, providing=make_providing(number, is_lazy=True))
    await call.provided()
    assert log == ["view", "number", "1"]
    assert call.lifetimes.is_over
    assert isinstance(call.asked.needs.providers["number"], Provider)
