import pytest

from bocadillo._paths import full_path, strip_root


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/api/x", "/api", "/x"),
        ("/api/x", "/api/", "/x"),
        ("/api/", "/api", "/"),
        ("/api", "/api", ""),
        ("/apix", "/api", "/apix"),
        ("/x", "/api", "/x"),
        ("/x", "/", "/x"),
        ("/x", "", "/x"),
        ("", "", ""),
    ],
)
def test_root_is_taken_off_the_path(path: str, root: str, expected: str) -> None:
    assert strip_root(path, root) == expected


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/api/x", "/api", "/api/x"),
        ("/x", "/api", "/api/x"),
        ("/x", "/api/", "/api/x"),
        ("/apix", "/api", "/api/apix"),
        ("/api", "/api", "/api"),
        ("/x", "/", "/x"),
        ("/x", None, "/x"),
    ],
)
def test_root_is_put_before_a_path_that_lacks_it(
    path: str, root: str | None, expected: str
) -> None:
    scope = {"path": path} if root is None else {"path": path, "root_path": root}
    assert full_path(scope) == expected
