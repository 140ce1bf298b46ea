import pytest
from starlette.types import Receive, Scope, Send

from bocadillo import App
from bocadillo.errors import ProviderError
from bocadillo.testing._substitutes import with_providers


async def other(scope: Scope, receive: Receive, send: Send) -> None: ...


@pytest.mark.parametrize("providers", [None, {}])
def test_application_whose_providers_nobody_replaces_is_served_as_it_is(
    providers: dict[str, object] | None,
) -> None:
    assert with_providers(other, providers) is other


def test_provider_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ProviderError, match="`byer`, which does not exist"):
        with_providers(App(), {"byer": "Ada"})


def test_other_applications_have_no_providers() -> None:
    with pytest.raises(TypeError, match="expected a Bocadillo application whose providers"):
        with_providers(other, {"buyer": "Ada"})
