import pytest

from livedocs import api


def test_a_module_with_an_underscore_has_no_page() -> None:
    assert "bocadillo.applications" in api.modules()
    assert "bocadillo._configure" not in api.modules()


def test_the_page_of_a_package_tells_of_its_modules() -> None:
    assert "bocadillo.testing" in api.modules()
    assert "bocadillo.testing.client" not in api.modules()


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("bocadillo.App", "bocadillo.applications.App"),
        ("bocadillo.applications.App", "bocadillo.applications.App"),
        ("bocadillo.configure", "bocadillo.configure"),  # its own module is private
        ("bocadillo.Middleware", "bocadillo.middleware.Middleware"),
        ("bocadillo.create_client", "bocadillo.testing.create_client"),
        ("bocadillo.hooks", "bocadillo.hooks"),
        ("bocadillo.WebSocketDisconnect", "bocadillo.websockets.WebSocketDisconnect"),
        ("elsewhere.App", "elsewhere.App"),
    ],
)
def test_each_name_is_told_in_one_place(path: str, home: str) -> None:
    assert api.home(path) == home


def test_what_another_package_defines_is_not_found() -> None:
    assert api.find("bocadillo.WebSocketDisconnect") is None


def test_members_are_told_where_a_public_class_has_them() -> None:
    members = api.members("bocadillo.applications.App")

    assert members["route"] == "bocadillo.routers.Router.route"
    assert members["provider"] == "bocadillo.applications.App.provider"  # of a private class
    assert members["add_middleware"] == "bocadillo.applications.App.add_middleware"
    assert not [name for name in members if name.startswith("_")]


def test_only_classes_have_members() -> None:
    assert api.members("bocadillo.sse.server_event") == {}
    assert api.members("bocadillo.websockets.WebSocketDisconnect") == {}


def test_a_summary_is_the_first_line() -> None:
    found = api.find("bocadillo.App")

    assert found is not None
    assert api.summary(found) == "Hold the routes of an application, and serve them."
    found.docstring, docstring = None, found.docstring
    assert api.summary(found) == ""
    found.docstring = docstring


@pytest.mark.parametrize(
    ("module", "page", "source"),
    [
        ("bocadillo", "reference/bocadillo/index.md", "framework/bocadillo/__init__.py"),
        ("bocadillo.sse", "reference/bocadillo/sse.md", "framework/bocadillo/sse.py"),
        (
            "bocadillo.plugins",
            "reference/bocadillo/plugins.md",
            "framework/bocadillo/plugins/__init__.py",
        ),
    ],
)
def test_a_module_has_a_page_and_a_file(module: str, page: str, source: str) -> None:
    assert api.page_of(module) == page
    assert api.source_of(module) == source


def test_a_module_that_is_none_has_no_file() -> None:
    with pytest.raises(ValueError, match=r"^expected a module of the framework, got 'x\.y'$"):
        api.source_of("x.y")
