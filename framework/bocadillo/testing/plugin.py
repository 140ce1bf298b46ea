"""Fixtures for the tests of an application with pytest.

pytest finds them by itself where Bocadillo is installed. They test the application that the setting
`bocadillo_app` of pytest names, or the one that a fixture `bocadillo_app` of the project returns.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

import pytest

from bocadillo import testing, utils

if TYPE_CHECKING:
    from starlette.testclient import TestClient

__all__ = [
    "bocadillo_app",
    "bocadillo_async_client",
    "bocadillo_client",
    "live_server",
    "override_env",
    "override_providers",
]

HINT = (
    'Set `bocadillo_app = "app:app"` in the configuration of pytest, or define a fixture '
    "`bocadillo_app` that returns the application."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting `bocadillo_app`."""
    parser.addini(
        "bocadillo_app", "the application that the fixtures of Bocadillo test, as module:app"
    )


@pytest.fixture(scope="session")
def bocadillo_app(pytestconfig: pytest.Config) -> Iterator[Any]:
    """Return the application under test: the one that the setting `bocadillo_app` names."""
    target = pytestconfig.getini("bocadillo_app")
    if not target:
        raise pytest.UsageError(f"which application is to be tested? {HINT}")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(pytestconfig.rootpath))
        yield _find(target)


@pytest.fixture
def bocadillo_client(bocadillo_app: Any) -> Iterator["TestClient"]:
    """Return a client of the application, which has started; it is shut down after the test."""
    with testing.create_client(bocadillo_app) as client:
        yield client


@pytest.fixture
async def bocadillo_async_client(bocadillo_app: Any) -> AsyncIterator["testing.AsyncClient"]:
    """Return a client of the application, which has started in the event loop of the test.

    It is for async tests, as the pytest plugin of anyio runs them, or pytest-asyncio in its auto
    mode.
    """
    async with testing.AsyncClient(bocadillo_app) as client:
        yield client


@pytest.fixture
def live_server(bocadillo_app: Any) -> Iterator["testing.LiveServer"]:
    """Return a real server of the application, which is stopped after the test."""
    with testing.LiveServer(bocadillo_app) as server:
        yield server


@pytest.fixture
def override_providers(bocadillo_app: Any) -> Iterator[Callable[..., None]]:
    """Return a function that lets others stand in for providers, until the test ends.

    `override_providers(redis=fake)` takes what `app.override_providers` takes.
    """
    with ExitStack() as stack:

        def override(**providers: Any) -> None:
            stack.enter_context(bocadillo_app.override_providers(**providers))

        yield override


@pytest.fixture
def override_env() -> Iterator[Callable[[str, str | None], None]]:
    """Return a function that sets an environment variable, or unsets it, until the test ends.

    `override_env("DEBUG", "1")` takes what `bocadillo.utils.override_env` takes.
    """
    with ExitStack() as stack:

        def override(var: str, value: str | None) -> None:
            stack.enter_context(utils.override_env(var, value))

        yield override


def _find(target: str) -> Any:
    """Import the application; what its module raises is raised with its traceback."""
    module, _, name = target.partition(":")
    if not (module and name) or module.endswith(".py"):
        raise pytest.UsageError(
            f"expected module:app as `bocadillo_app`, such as app:app, got {target!r}"
        )
    try:
        return resolve_name(target)
    except (AttributeError, ModuleNotFoundError) as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else module
        if not f"{module}.".startswith(f"{missing}."):
            raise
        raise pytest.UsageError(f"there is no {target!r}, the `bocadillo_app`: {error}") from None
