from collections.abc import Callable, Iterable
from typing import Any

from livedocs.frame_page import format_frame
from livedocs.policy import HEADER_ONLY, format_policy, hash_scripts, put_meta, read_meta
from livedocs.serving import WSGIApp, with_policy

RELOADER = "<script>livereload(1, 2)</script>"


def answering(kind: str, content: str) -> WSGIApp:
    """Return what MkDocs serves: a page with a script that was added to it."""

    def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = [("Content-Type", kind), ("Content-Length", str(len(content.encode())))]
        start_response("200 OK", headers)
        return [content.encode()]

    return app


def ask(app: WSGIApp, path: str = "/") -> tuple[str, dict[str, str], str]:
    told: list[Any] = []
    environ = {"PATH_INFO": path}
    body = b"".join(with_policy(app)(environ, lambda *answer: told.extend(answer)))
    status, headers = told
    assert len(dict(headers)) == len(headers)
    return status, dict(headers), body.decode()


def test_a_page_allows_the_script_that_the_server_adds() -> None:
    page = put_meta("<head>é", format_policy([])) + RELOADER
    status, headers, body = ask(answering("text/html; charset=utf-8", page))

    policy = format_policy(hash_scripts(RELOADER))
    assert status == "200 OK"
    assert read_meta(body) == policy
    assert headers["Content-Security-Policy"] == policy + HEADER_ONLY
    assert headers["Content-Length"] == str(len(body.encode()))


def test_a_page_without_a_policy_stays_without() -> None:
    _, headers, body = ask(answering("text/html", "<p>é"))

    assert set(headers) == {"Content-Type", "Content-Length"}
    assert body == "<p>é"


def test_document_of_previews_keeps_its_own_policy_and_may_be_framed() -> None:
    frame = format_frame("")
    _, headers, body = ask(answering("text/html", frame), "/docs/_live/0123/preview.html")

    assert set(headers) == {"Content-Type", "Content-Length"}
    assert body == frame


def test_other_files_are_left_alone() -> None:
    _, headers, body = ask(answering("text/css", "p {}"))

    assert headers == {"Content-Type": "text/css", "Content-Length": "4"}
    assert body == "p {}"
