"""Declaring the providers of one application."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar, overload

from .providers import Provider, declare
from .providers import Scope as ProviderScope
from .views import locate

__all__ = ["ProviderHolder"]

C = TypeVar("C", bound=Callable[..., Any])


class ProviderHolder:
    """Hold the providers of one application."""

    def __init__(self) -> None:
        super().__init__()
        self._providers: dict[str, Provider] = {}

    @overload
    def provider(self, function: C, /) -> C: ...
    @overload
    def provider(
        self,
        function: None = None,
        /,
        *,
        scope: ProviderScope = ...,
        name: str | None = ...,
        lazy: bool = ...,
        autouse: bool = ...,
    ) -> Callable[[C], C]: ...
    def provider(
        self,
        function: Any = None,
        /,
        *,
        scope: ProviderScope = "request",
        name: str | None = None,
        lazy: bool = False,
        autouse: bool = False,
    ) -> Any:
        """Declare a provider of this application alone: see `bocadillo.provider`.

        It shadows the one of the same name that all applications share.

        Raises:
            RuntimeError: the application has started.
        """

        def register(function: C) -> C:
            what = getattr(function, "__name__", repr(function))
            self._refuse_when_frozen(f"provider `{what}` ({locate(function)})")
            declare(self._providers, function, scope=scope, name=name, lazy=lazy, autouse=autouse)
            return function

        return register if function is None else register(function)

    @abstractmethod
    def _refuse_when_frozen(self, what: str) -> None:
        """Refuse what comes too late."""
