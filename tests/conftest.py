"""What every test can ask for."""

from collections.abc import Iterator

import pytest

from bocadillo.providers import Provider, shared


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def shared_providers() -> Iterator[dict[str, Provider]]:
    """Have a test begin without shared providers, and leave none behind."""
    before = dict(shared)
    shared.clear()
    yield shared
    shared.clear()
    shared.update(before)
