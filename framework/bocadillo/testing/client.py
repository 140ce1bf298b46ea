"""A client that calls an application in the same process."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

try:
    from starlette.testclient import TestClient
except (ImportError, RuntimeError) as error:  # Starlette says RuntimeError when httpx2 is missing
    raise ImportError(
        '`create_client` needs httpx2, which is not installed: pip install "bocadillo[test]"'
    ) from error

from ._substitutes import with_providers

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
    return TestClient(with_providers(app, providers), **kwargs)
