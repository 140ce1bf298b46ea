"""Errors an application raises or meets."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette import requests as starlette_requests

from ._headers import check_name, check_value
from ._redirects import check_target

__all__ = [
    "ClientDisconnect",
    "ExpectedAsync",
    "HTTPError",
    "ProviderError",
    "Redirect",
    "RouteError",
]


class HTTPError(Exception):
    """Answer the request with an HTTP error.

    Args:
        status: an `int` from 200 to 599, or an `http.HTTPStatus`.
        detail: what went wrong, for the client. Text, or anything JSON can hold.
        headers: headers of the response, such as `{"www-authenticate": "Bearer"}`.

    Raises:
        TypeError: `status` is neither an `int` nor an `HTTPStatus`.
        ValueError: `status` is out of range, or a header is malformed.
    """

    def __init__(
        self, status: int, detail: Any = "", headers: Mapping[str, str] | None = None
    ) -> None:
        if type(status) is not int and not isinstance(status, HTTPStatus):
            raise TypeError(f"expected int or HTTPStatus as the status of an error, got {status!r}")
        if not 200 <= status <= 599:
            raise ValueError(f"expected a status from 200 to 599, got {status!r}")
        self.status_code = int(status)
        """The status, such as 404."""
        self.detail = detail
        """What went wrong, for the client; an empty `str` if nothing was said."""
        self.headers = headers
        """Headers of the response, or `None`."""
        if headers:
            for name, value in headers.items():
                check_value(check_name(name), value)

    @property
    def status_phrase(self) -> str:
        """The standard phrase of the status, such as `Not Found`; empty for a code without one."""
        return PHRASES.get(self.status_code, "")

    @property
    def title(self) -> str:
        """The status and its phrase, such as `404 Not Found`."""
        return TITLES.get(self.status_code) or str(self.status_code)

    def as_json(self) -> dict[str, Any]:
        """Return the error as the body of a JSON response.

        Returns:
            `{"error": "404 Not Found", "status": 404}`, with `"detail"` when there is one.
        """
        body: dict[str, Any] = {"error": self.title, "status": self.status_code}
        if self.detail != "":
            body["detail"] = self.detail
        return body

    def __str__(self) -> str:
        return self.title

    def __repr__(self) -> str:
        return f"HTTPError({self.status_code!r}, {self.detail!r})"


class Redirect(Exception):  # noqa: N818 - it is no error
    """Send the client elsewhere, from wherever it is raised: `raise Redirect("/login")`.

    Args:
        url: a path such as `/todos`, or a reference relative to the current address.
        permanent: whether clients may remember it: 301 instead of 302.
        external: whether `url` may be an address of another site. Never pass what the client
            sent then.

    Raises:
        ValueError: `url` leads to another site, or a browser could read it so.
    """

    def __init__(self, url: str, permanent: bool = False, external: bool = False) -> None:
        self.url = check_target(url, external=external)
        """Where it leads."""
        self.status_code = 301 if permanent else 302
        """301 or 302."""
        super().__init__(url)


class ClientDisconnect(starlette_requests.ClientDisconnect):
    """Tell that the client went away while its request was read or its response was streamed.

    It needs no handling: nothing can be sent any more, and it is not logged as an error.
    """


class ExpectedAsync(TypeError):  # noqa: N818 - the name it has had since the first releases
    """Tell that a plain function was given where an `async def` function is needed."""


class ProviderError(TypeError):
    """Tell that something a view or a provider asks for cannot be provided."""


class RouteError(TypeError):
    """Tell that the pattern of a route and the signature of its view do not fit."""


# Python before 3.13 has other phrases for some than RFC 9110, section 15.
PHRASES: dict[int, str] = {
    **{status.value: status.phrase for status in HTTPStatus},
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
TITLES: dict[int, str] = {code: f"{code} {phrase}" for code, phrase in PHRASES.items()}
