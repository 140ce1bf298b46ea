"""The lifetimes of what providers provide: set up in order, cleaned up in reverse, each once.

    the view, or a later set-up          at its `yield`, a provider gets
    ended                                nothing: it goes on
    raised, was cancelled                that error, whatever it is

What a provider does about an error does not undo it: if it ends quietly, the error goes on to the
next one and to the client; if it raises another, that one goes on in its place. A cancellation
from outside goes on whatever they raise, which is then logged; one by a timeout or a task group
that a provider holds becomes what that raises.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from ._deadlines import Deadline
from .errors import ProviderError

if TYPE_CHECKING:
    from .providers import Provider

__all__ = ["CLEANUP_SECONDS", "Lifetimes", "call_provider"]

CLEANUP_SECONDS = 5.0
"""How long a provider may take to clean up."""

logger = logging.getLogger("bocadillo")

AnyGenerator = Generator[Any, None, None] | AsyncGenerator[Any, None]


async def call_provider(provider: "Provider", arguments: dict[str, Any]) -> Any:
    """Return what a provider that is no generator provides."""
    value = provider.function(**arguments)
    return await value if provider.kind == "async function" else value


class Lifetimes:
    """Hold what was set up, until it is cleaned up, in the task that set it up.

    Args:
        closing: makes the context that cleanups run in, such as that of a guard.
        cleanup_seconds: how long each provider may take to clean up, if not `CLEANUP_SECONDS`.

    Attributes:
        is_over: whether everything was cleaned up.
    """

    __slots__ = ("_cleanup_seconds", "_closing", "_entered", "is_over")

    def __init__(
        self,
        closing: Callable[[], AbstractContextManager[None]] = nullcontext,
        *,
        cleanup_seconds: float | None = None,
    ) -> None:
        self._closing = closing
        self._cleanup_seconds = CLEANUP_SECONDS if cleanup_seconds is None else cleanup_seconds
        self._entered: list[tuple[Provider, AnyGenerator]] = []
        self.is_over = False

    async def enter(self, provider: "Provider", arguments: dict[str, Any]) -> Any:
        """Set a provider up, and return its value.

        Raises:
            ProviderError: it is a generator, and yields nothing.
            Exception: what it raised; it has then nothing to clean up.

        Cancellation:
            It reaches the provider, which is then not set up.
        """
        if not provider.is_generator:
            return await call_provider(provider, arguments)
        generator: AnyGenerator = provider.function(**arguments)
        try:
            if isinstance(generator, Generator):
                value = next(generator)
            else:
                value = await anext(generator)
        except (StopIteration, StopAsyncIteration):
            raise ProviderError(
                f"{provider.label} yields nothing: expected one `yield` with its value"
            ) from None
        self._entered.append((provider, generator))
        if self.is_over:  # by a task that outlives the request
            late = ProviderError(f"{provider.label} was set up when its request was over")
            raise await self.leave(late) or late
        return value

    async def leave(self, error: BaseException | None = None) -> BaseException | None:
        """Clean everything up in reverse, and return the error that is to be raised, if any.

        All are cleaned up, whatever some of them raise, and each once: a second call does nothing.

        Args:
            error: what ended the lifetimes; `None` when they ended as they should.
        """
        if self._entered:
            with self._closing():
                while self._entered:
                    provider, generator = self._entered.pop()
                    error = await self._finish(provider, generator, error=error)
        self.is_over = True
        return error

    async def _finish(
        self, provider: "Provider", generator: AnyGenerator, *, error: BaseException | None
    ) -> BaseException | None:
        """Finish one generator, and return the error that goes on."""
        traceback = None if error is None else error.__traceback__
        try:
            if isinstance(generator, Generator):
                yields_again = _finish_plain(generator, error)
            else:
                yields_again = await self._finish_async(provider, generator, error=error)
        except BaseException as raised:  # it goes on to the next provider
            if error is not None and (raised is error or _is_wrapped(error, raised)):
                return error.with_traceback(traceback)  # that of the view alone
            if isinstance(raised, Exception) and _ends_task(error):
                logger.exception("%s failed to clean up", provider.label)
                return error
            if raised.__context__ is None:
                raised.__context__ = error
            return raised
        if yields_again:
            again = ProviderError(f"{provider.label} yields twice: expected one `yield`")
            return again if error is None else error
        return error

    async def _finish_async(
        self,
        provider: "Provider",
        generator: AsyncGenerator[Any, None],
        *,
        error: BaseException | None,
    ) -> bool:
        """Finish an async generator, within its time; tell if it yields again."""
        yields_again = False
        with Deadline(self._cleanup_seconds, partial(_warn, provider)) as deadline:
            try:
                await (anext(generator) if error is None else generator.athrow(error))
                yields_again = True
                await generator.aclose()
            except StopAsyncIteration:
                pass
        if deadline.is_over:
            raise ProviderError(
                f"{provider.label} was cut: its cleanup took longer than "
                f"{self._cleanup_seconds:g} seconds"
            ) from error
        return yields_again


def _ends_task(error: BaseException | None) -> bool:
    """Tell if an error is none of the application: a cancellation that others asked for, mostly.

    A timeout or a task group that a provider holds cancels, too, and takes that back when it ends.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return not isinstance(error, Exception | None)


def _warn(provider: "Provider") -> None:
    logger.error("%s goes on cleaning up, though it was cut", provider.label)


def _is_wrapped(error: BaseException, raised: BaseException) -> bool:
    """Tell if an async generator only let through what Python lets none raise."""
    is_one = isinstance(raised, RuntimeError) and isinstance(error, StopAsyncIteration)
    return is_one and raised.__cause__ is error


def _finish_plain(generator: Generator[Any, None, None], error: BaseException | None) -> bool:
    """Finish a plain generator; tell if it yields again."""
    try:
        if error is None:
            next(generator)
        else:
            generator.throw(error)
    except StopIteration:
        return False
    generator.close()
    return True
