"""A client that calls an application in the same process."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bocadillo.applications import App

try:
    from starlette.testclient import TestClient
except (ImportError, RuntimeError) as error:  # Starlette says RuntimeError when httpx2 is missing
    raise ImportError(
        '`create_client` needs httpx2, which is not installed: pip install "bocadillo[test]"'
    ) from error

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["create_client"]


def create_client(
    app: "ASGIApp", *, providers: Mapping[str, Any] | None = None, **kwargs: Any
) -> TestClient:
    """Make a client for the tests of an application: `create_client(app).get("/")`.

    Inside `with create_client(app) as client:` the application is started, and shut down at
    the end. Outside, each request has an event loop of its own: what a provider of the
    application opens in one may end with it.

    Args:
        app: the application.
        providers: what stands in for providers of the application, by name, for the requests of
            this client alone: functions, generator functions or values, as in
            `app.override_providers`.
        **kwargs: options of Starlette's `TestClient`, such as `raise_server_exceptions=False`.

    Raises:
        TypeError: providers are given, and the application is none of Bocadillo.
        ProviderError: there is no provider of such a name.
    """
    if providers:
        if not isinstance(app, App):
            raise TypeError(
                f"expected a Bocadillo application whose providers are replaced, got {app!r}: pass "
                "the `App` itself, not what wraps or mounts it, or leave `providers` out"
            )
        app = app.with_providers(**providers)
    return TestClient(app, **kwargs)
