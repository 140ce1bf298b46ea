"""A client that calls an application in the same process."""

from typing import TYPE_CHECKING, Any

try:
    from starlette.testclient import TestClient
except (ImportError, RuntimeError) as error:  # Starlette says RuntimeError when httpx2 is missing
    raise ImportError(
        '`create_client` needs httpx2, which is not installed: pip install "bocadillo[test]"'
    ) from error

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["create_client"]


def create_client(app: "ASGIApp", **kwargs: Any) -> TestClient:
    """Make a client for the tests of an application: `create_client(app).get("/")`.

    Inside `with create_client(app) as client:` the application is started, and shut down at
    the end.

    Args:
        app: the application.
        **kwargs: options of Starlette's `TestClient`, such as `raise_server_exceptions=False`.
    """
    return TestClient(app, **kwargs)
