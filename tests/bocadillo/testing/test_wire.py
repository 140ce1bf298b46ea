import asyncio

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from bocadillo.testing._wire import ClientGone, Wire
from tests.bocadillo.turning import turns


class Line(Wire):
    """A wire whose application only waits, or does what a test tells."""

    async def receive(self) -> Message:
        await self.until(lambda: self.has_left)
        return {}

    async def send(self, message: Message) -> None:
        await self.flow(message["size"])

    def end(self) -> None:
        self.leave()


def make_line(seconds: float | None = 0.01, buffer: int = 10) -> Line:
    return Line("GET /a", seconds=seconds, buffer=buffer)


async def wait_for_end(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()


async def test_wait_ends_when_something_is_so() -> None:
    line, done, ended = make_line(seconds=5), list[str](), list[str]()

    async def wait(name: str) -> None:
        await line.wait(lambda: name in done, "nothing happened")
        ended.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(wait("a"))
        group.create_task(wait("b"))
        await asyncio.sleep(0)
        assert ended == []
        done.append("b")
        line.change()
        line.change()
        await turns()
        assert ended == ["b"]
        done.append("a")
        line.change()
    assert ended == ["b", "a"]


async def test_wait_that_is_too_long_says_what_for() -> None:
    line = make_line()
    for text in ("GET /a: no event came within 0.01 seconds", None):
        with pytest.raises(TimeoutError) as caught:
            await line.wait(lambda: False, "no event came")
        assert str(caught.value) == (
            text or "GET /a: no event came within 0.01 seconds: it is paused"
        )
        line.pause()


async def test_timeouts_of_the_test_itself_pass_through() -> None:
    with pytest.raises(TimeoutError, match="mine"):
        async with make_line(seconds=None).patience("no event came"):
            raise TimeoutError("mine")


async def test_sending_waits_while_the_test_takes_too_little() -> None:
    line, sent = make_line(), list[int]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for size in (10, 5, 5, 1):
            await send({"size": size})
            sent.append(size)

    async with asyncio.TaskGroup() as group:
        line.start(group, app, {})
        await asyncio.sleep(0)
        assert (sent, line.unread) == ([10], 15)
        line.take_note(10)
        await asyncio.sleep(0)
        assert (sent, line.unread) == ([10, 5, 5], 11)
        line.pause()
        line.take_note(11)
        await asyncio.sleep(0)
        assert sent == [10, 5, 5]
        line.resume()
        await line.finish()
    assert sent == [10, 5, 5, 1]


@pytest.mark.parametrize(
    "error",
    [
        ClientGone("gone"),
        ClientDisconnect(),
        ExceptionGroup("both", [ClientGone("gone"), ClientDisconnect()]),
    ],
)
async def test_what_only_says_that_the_client_has_left_is_no_error(error: Exception) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        raise error

    async with asyncio.TaskGroup() as group:
        line = make_line()
        line.start(group, app, {})
        await line.leave_and_finish()


async def test_application_that_does_not_return_is_cut() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(3600)

    async with asyncio.TaskGroup() as group:
        for last in ("its last message", "its client left"):
            line = make_line()
            line.start(group, app, {})
            with pytest.raises(TimeoutError) as caught:
                await (line.finish() if "last" in last else line.leave_and_finish())
            assert str(caught.value) == (
                f"GET /a: the application did not return after {last} within 0.01 seconds"
            )
            assert line.is_over


async def test_call_that_is_cut_before_it_begins_is_over_too() -> None:
    async with asyncio.TaskGroup() as group:
        line = make_line()
        line.start(group, wait_for_end, {})
        await line.cut()
    assert line.is_over


async def test_base_class_carries_nothing() -> None:
    wire = Wire("GET /a", seconds=1)
    for call in (wire.receive(), wire.send({}), wire.leave_and_finish()):
        with pytest.raises(NotImplementedError):
            await call


async def fail_when_left(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    raise ZeroDivisionError


async def finish_after(line: Line, error: BaseException) -> None:
    async with line.finishing():
        raise error


async def test_error_of_the_application_explains_why_the_block_failed() -> None:
    async with asyncio.TaskGroup() as group:
        line = make_line()
        line.start(group, fail_when_left, {})
        with pytest.raises(ZeroDivisionError) as caught:
            await finish_after(line, AssertionError("not 200"))
    assert isinstance(caught.value.__context__, AssertionError)


async def test_error_of_the_application_does_not_stand_in_for_a_cancellation() -> None:
    async with asyncio.TaskGroup() as group:
        line = make_line()
        line.start(group, fail_when_left, {})
        with pytest.raises(asyncio.CancelledError):
            await finish_after(line, asyncio.CancelledError())
    assert line.is_over
