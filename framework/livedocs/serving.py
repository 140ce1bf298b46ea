"""Serve a built site with its security policy while it is being written.

MkDocs' own server puts a script into each page that reloads it. Its text differs from answer to
answer, so that only the answer itself can tell its hash.
"""

from collections.abc import Callable, Iterable
from typing import Any

from livedocs.hosting import LIVE
from livedocs.policy import HEADER_ONLY, admit_scripts, read_meta

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_policy(app: WSGIApp) -> WSGIApp:
    """Return a WSGI application whose pages allow their own scripts, by header as by `<meta>`."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answers: list[tuple[str, list[tuple[str, str]]]] = []
        body = app(environ, lambda status, headers: answers.append((status, headers)))
        (status, headers), *_ = answers
        is_page = f"/{LIVE}/" not in environ["PATH_INFO"]  # see `hosting`
        if not is_page or not dict(headers).get("Content-Type", "").startswith("text/html"):
            start_response(status, headers)
            return body
        page = admit_scripts(b"".join(body).decode())
        content = page.encode()
        kept = [(name, value) for name, value in headers if name != "Content-Length"]
        kept.append(("Content-Length", str(len(content))))
        if policy := read_meta(page):
            kept.append(("Content-Security-Policy", policy + HEADER_ONLY))
        start_response(status, kept)
        return [content]

    return serve
