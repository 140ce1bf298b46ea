from http import HTTPStatus
from typing import Any

import pytest
from starlette import requests as starlette_requests

from bocadillo import ClientDisconnect, HTTPError, Redirect


@pytest.mark.parametrize("status", [404, HTTPStatus.NOT_FOUND])
def test_error_knows_its_status_and_title(status: int) -> None:
    error = HTTPError(status)
    assert type(error.status_code) is int
    assert (error.status_code, error.status_phrase) == (404, "Not Found")
    assert error.title == str(error) == "404 Not Found"
    assert repr(error) == "HTTPError(404, '')"


def test_code_without_a_phrase_is_its_own_title() -> None:
    assert HTTPError(499).title == "499"


@pytest.mark.parametrize(
    ("status", "phrase"),
    [
        (413, "Content Too Large"),
        (414, "URI Too Long"),
        (416, "Range Not Satisfiable"),
        (422, "Unprocessable Content"),
    ],
)
def test_phrases_are_those_of_the_standard_on_every_python(status: int, phrase: str) -> None:
    assert HTTPError(status).title == f"{status} {phrase}"


@pytest.mark.parametrize(
    ("detail", "extra"), [("", {}), ("why", {"detail": "why"}), ({"a": 1}, {"detail": {"a": 1}})]
)
def test_detail_is_in_the_json_when_given(detail: Any, extra: dict[str, Any]) -> None:
    expected = {"error": "400 Bad Request", "status": 400, **extra}
    assert HTTPError(400, detail).as_json() == expected


@pytest.mark.parametrize("status", ["404", None, 4.04, True])
def test_status_of_another_type_is_refused(status: Any) -> None:
    with pytest.raises(TypeError, match="expected int or HTTPStatus") as caught:
        HTTPError(status)
    assert str(caught.value).endswith(f"got {status!r}")


@pytest.mark.parametrize("status", [100, 199, 600, -1])
def test_status_out_of_range_is_refused(status: int) -> None:
    with pytest.raises(ValueError, match=f"expected a status from 200 to 599, got {status}"):
        HTTPError(status)


def test_headers_are_checked_where_they_are_given() -> None:
    assert HTTPError(401, headers={"www-authenticate": "Bearer"}).headers
    with pytest.raises(ValueError, match="header 'x' cannot have the value"):
        HTTPError(401, headers={"x": "a\r\nb"})

    with pytest.raises(ValueError, match="expected a header name of letters"):
        HTTPError(401, headers={"x y": "a"})


@pytest.mark.parametrize(("permanent", "status"), [(False, 302), (True, 301)])
def test_redirect_knows_its_target_and_status(permanent: bool, status: int) -> None:
    redirect = Redirect("/café", permanent=permanent)
    assert (redirect.url, redirect.status_code, str(redirect)) == ("/caf%C3%A9", status, "/café")


@pytest.mark.parametrize("url", ["//evil.example", "/\\evil.example", "javascript:x", "/\r\nx"])
def test_redirect_that_leads_elsewhere_is_refused_where_it_is_made(url: str) -> None:
    with pytest.raises(ValueError, match="cannot redirect to"):
        Redirect(url)
    with pytest.raises(ValueError, match="may be another site"):
        Redirect("https://example.org")
    assert Redirect("https://example.org", external=True).url == "https://example.org"


def test_disconnect_is_caught_as_that_of_starlette() -> None:
    assert issubclass(ClientDisconnect, starlette_requests.ClientDisconnect)
