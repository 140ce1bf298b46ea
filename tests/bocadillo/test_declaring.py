import pytest

from bocadillo import App, create_client
from bocadillo.views import locate


def word() -> str:
    return "hola"


def test_application_has_providers_of_its_own() -> None:
    app, other = App(), App()
    assert app.provider(word) is word
    app.provider(name="greeting", scope="app")(word)
    assert (list(app._providers), list(other._providers)) == (["word", "greeting"], [])


def test_provider_that_comes_too_late_is_refused() -> None:
    app = App()
    with create_client(app), pytest.raises(RuntimeError) as caught:
        app.provider(word)
    assert str(caught.value) == (
        f"cannot register provider `word` ({locate(word)}): the application has started. Register "
        "everything before the first request."
    )
