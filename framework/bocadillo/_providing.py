"""What provides: an application's graph of providers, and the values that live as long as it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from ._app_scope import AppScope
from ._graph import Graph
from ._guarding import Guard
from ._lifetimes import Lifetimes
from ._provision import Provision, Values, compile_provision, set_up
from .providers import Provider
from .views import HTTP_INPUTS

__all__ = ["Providing"]


class Providing(Struct, frozen=True):
    """Provide to views, hooks, handlers and tasks what they ask for."""

    graph: Graph
    scope: AppScope

    def compile(
        self, wanted: Iterable[Provider], *, by: str, inputs: tuple[str, ...] = HTTP_INPUTS
    ) -> Provision:
        """Compile what is set up for those who want some providers: see `compile_provision`."""
        provision = compile_provision(self.graph, wanted, inputs=inputs, by=by)
        self.scope.add(provision.app)
        return provision

    async def begin(self, provision: Provision, inputs: Values) -> Values:
        """Return the values that are there before the first step is taken."""
        if not provision.app:
            return {**inputs}
        if not self.scope.has(provision.app):
            guard = Guard()
            await guard.run(partial(self.scope.start, provision.app, closing=guard.closing))
        return {**self.scope.values, **inputs}

    async def call(
        self,
        function: Callable[..., Awaitable[Any]],
        extras: Mapping[str, Provider],
        *,
        provision: Provision,
        inputs: Values,
    ) -> None:
        """Call a function with what it asks for, in lifetimes of its own.

        Args:
            function: is called with the values by name.
            extras: the providers of the values.
            provision: what is set up for it, compiled of these providers.
            inputs: what providers may ask for, such as `req`.

        Raises:
            Exception: what the function or a provider raised.

        Cancellation:
            What was set up is cleaned up.
        """
        guard = Guard()
        lifetimes = Lifetimes(guard.closing)

        async def run() -> None:
            error: BaseException | None = None
            try:
                values = await self.begin(provision, inputs)
                await set_up(provision, values, lifetimes)
                await function(**{name: values[source] for name, source in extras.items()})
            except BaseException as raised:  # noqa: BLE001 - raised below
                error = raised
            error = await lifetimes.leave(error)
            if error is not None:
                try:
                    raise error
                finally:
                    del error  # its traceback refers to this frame, and so to the request

        self.scope.users.add()
        try:
            await (guard.run(run) if provision.needs_guard else run())
        finally:
            self.scope.users.remove()
