import pytest

from bocadillo._paths import full_path, locate_slashed, strip_root, with_ascii_query


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


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", b""),
        (b"a=%C3%A9&b=<>", b"a=%C3%A9&b=<>"),
        (b"a=\xff", b"a=%FF"),
        (b"a=%41&\xc3\xa9=[1]?/", b"a=%41&%C3%A9=[1]?/"),
        (b"a= \xff\\", b"a=%20%FF%5C"),
    ],
)
def test_query_that_is_raw_is_encoded(query: bytes, expected: bytes) -> None:
    scope = {"path": "/", "query_string": query}
    assert with_ascii_query(scope) == {"path": "/", "query_string": expected}
    assert scope["query_string"] == query


def test_scope_without_a_query_stays_as_it_is() -> None:
    scope = {"path": "/"}
    assert with_ascii_query(scope) is scope


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/a b", b"", "/a%20b/"),
        ("/c:/d", b"x=1&y=%20\xff", "/c:/d/?x=1&y=%20%FF"),
        ("/\\host", b"", "/%5Chost/"),
        ("/\ud800", b"", "/%ED%A0%80/"),
        ("/a/", b"", None),
        ("//host", b"", None),
        ("a", b"", None),
    ],
)
def test_path_with_a_slash_after_it_stays_on_this_site(
    path: str, query: bytes, expected: str | None
) -> None:
    assert locate_slashed({"path": path, "query_string": query}) == expected
