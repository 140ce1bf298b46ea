"""What stands in for providers of an application, for one client."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bocadillo.applications import App

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["with_providers"]


def with_providers(app: "ASGIApp", providers: Mapping[str, Any] | None) -> "ASGIApp":
    """Return an application while others stand in for its providers.

    Raises:
        TypeError: providers are given, and the application is none of Bocadillo.
        ProviderError: there is no provider of such a name.
    """
    if not providers:
        return app
    if not isinstance(app, App):
        raise TypeError(
            f"expected a Bocadillo application whose providers are replaced, got {app!r}: pass "
            "the `App` itself, not what wraps or mounts it, or leave `providers` out"
        )
    return app.with_providers(**providers)
