import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from bocadillo import static

SECRET = b"secret"
NOT_FOUND = (404, b'{"error":"404 Not Found","status":404}')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with all kinds of files, beside one that is not to be served."""
    outside = tmp_path_factory.mktemp("outside")
    root = outside / "site"
    for name, content in {
        "secret.txt": SECRET,
        "site-private/a.txt": SECRET,
        "site/index.html": b"<h1>Home</h1>",
        "site/a.txt": b"0123456789",
        "site/app.js": b"let x = 1; // as it is",
        "site/app.js.br": b"(br)",
        "site/app.js.gz": b"(gzip)",
        "site/style.css": b"a {}",
        "site/style.css.gz": b"(css gzip)",
        "site/app.3f2a9c1b.js": b"hashed",
        "site/page-2f00ab12cd.css": b"hashed",
        "site/report-20261124.txt": b"dated",
        "site/sub/index.html": b"<h1>Sub</h1>",
        "site/sub/b.txt": b"b",
        "site/bare/c.txt": b"c",
        "site/.env": SECRET,
        "site/.git/config": SECRET,
        "site/caf\xe9 & tea/d.txt": b"d",
        "site/caf\xe9 & tea/index.html": b"tea",
    }.items():
        path = outside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (root / "out.txt").symlink_to(outside / "secret.txt")
    (root / "out").symlink_to(outside)
    (root / "hidden.txt").symlink_to(root / ".env")
    (root / "latest.txt").symlink_to("a.txt")
    (root / "loop").symlink_to("loop")
    (root / "a.txt.gz").symlink_to(outside / "secret.txt")
    os.mkfifo(root / "pipe")
    return root


Answer = tuple[int, dict[str, str], bytes]


async def ask(
    app: ASGIApp,
    path: str,
    *headers: tuple[str, str],
    method: str = "GET",
    root_path: str = "",
    query: bytes = b"",
) -> Answer:
    messages: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("a small file needs no listener")

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": root_path,
        "query_string": query,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await app(scope, receive, send)
    names = [name for name, _ in messages[0]["headers"]]
    assert len(names) == len(set(names))
    found = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], found, b"".join(message["body"] for message in messages[1:])


async def test_file_is_served_with_what_it_takes_to_cache_it(site: Path) -> None:
    status, headers, body = await ask(static(site), "/a.txt")
    assert (status, body) == (200, b"0123456789")
    assert headers.pop("etag").strip('"')
    assert headers.pop("last-modified").endswith(" GMT")
    assert headers == {
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        "accept-ranges": "bytes",
        "content-length": "10",
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sub/b.txt", b"b"),
        ("/latest.txt", b"0123456789"),
        ("/caf\xe9 & tea/d.txt", b"d"),
        ("/app.js.gz", b"(gzip)"),
    ],
)
async def test_files_below_and_links_that_stay_inside_are_served(
    site: Path, path: str, body: bytes
) -> None:
    status, _, found = await ask(static(str(site)), path)
    assert (status, found) == (200, body)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "//", "/none.txt", "/a.txt/", "/sub", "/sub/", "/sub/none", "/a.txt/b",
        "/../secret.txt", "/sub/../../secret.txt", "/sub/../a.txt", "/./a.txt", "/sub//b.txt",
        "//a.txt", "///etc/passwd", "/etc/passwd", "a.txt/..",
        "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/..\\secret.txt", "/sub\\b.txt", "\\a.txt",
        "/..;/secret.txt", "/.../secret.txt", "/\uff0e\uff0e/secret.txt", "/..\u2215secret.txt",
        "/../site-private/a.txt",
        "/.env", "/.git/config", "/sub/.env", "/hidden.txt",
        "/out.txt", "/out/secret.txt", "/out/none.txt", "/out", "/out/", "/loop", "/pipe",
        "/a.txt\x00", "/a.txt\x00.js", "/\x00", "/a.txt\n", "/\ud800",
        "/C:/secret.txt", "/C:secret.txt", "/c:\\secret.txt", "/\\\\host\\share\\x", "//host/share",
        "/a.txt::$DATA", "/a.txt:stream", "/a.txt.", "/a.txt ", "/a.txt%20",
        "/" + "x" * 4000, "/" + "x" * 5000, "/" + "x/" * 2000, "/" + "x/" * 3000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("html", [False, True])
async def test_everything_else_is_the_same_404(site: Path, path: str, html: bool) -> None:
    if html and path in {"", "/", "/sub", "/sub/"}:
        return
    status, headers, body = await ask(static(site, html=html), path)
    assert (status, body) == NOT_FOUND
    assert headers == {"content-type": "application/json", "content-length": str(len(body))}


SEGMENTS = st.sampled_from(
    ["..", ".", "", "secret.txt", "site", "site-private", "a.txt", "out", "sub", ".env", "\\",
     "%2e%2e", "\x00", "~", "C:", "..\\", "sub/", " ", "index.html"]
)  # fmt: skip


@given(path=st.lists(SEGMENTS, max_size=6).map("/".join), html=st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_path_leads_to_a_secret(site: Path, path: str, html: bool) -> None:
    status, _, body = asyncio.run(ask(static(site, html=html), f"/{path}"))
    assert body != SECRET
    assert status in {200, 302, 404}


async def test_head_has_no_body(site: Path) -> None:
    status, headers, body = await ask(static(site), "/a.txt", method="HEAD")
    assert (status, headers["content-length"], body) == (200, "10", b"")
    status, headers, body = await ask(static(site), "/none", method="HEAD")
    assert (status, headers["content-length"], body) == (404, str(len(NOT_FOUND[1])), b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get"])
async def test_other_methods_are_a_405(site: Path, method: str) -> None:
    status, headers, body = await ask(static(site), "/a.txt", method=method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert body == b'{"error":"405 Method Not Allowed","status":405}'


async def test_client_that_has_the_file_gets_a_304(site: Path) -> None:
    app = static(site, max_age=60)
    _, headers, _ = await ask(app, "/app.js")
    status, again, body = await ask(app, "/app.js", ("if-none-match", headers["etag"]))
    assert (status, body) == (304, b"")
    assert again["vary"] == "Accept-Encoding"
    assert again["cache-control"] == "public, max-age=60"


async def test_range_is_served(site: Path) -> None:
    status, headers, body = await ask(static(site), "/a.txt", ("range", "bytes=2-4"))
    assert (status, headers["content-range"], body) == (206, "bytes 2-4/10", b"234")


@pytest.mark.parametrize(
    ("path", "accepted", "encoding", "body"),
    [
        ("/app.js", "gzip, br", "br", b"(br)"),
        ("/app.js", "gzip;q=1.0, br;q=0.5", "gzip", b"(gzip)"),
        ("/app.js", "br;q=0, gzip", "gzip", b"(gzip)"),
        ("/app.js", "*", "br", b"(br)"),
        ("/app.js", "identity", None, b"let x = 1; // as it is"),
        ("/app.js", "gzip;q=0", None, b"let x = 1; // as it is"),
        ("/app.js", None, None, b"let x = 1; // as it is"),
        ("/style.css", "br, gzip", "gzip", b"(css gzip)"),
    ],
)
async def test_compressed_sibling_is_sent_to_who_takes_it(
    site: Path, path: str, accepted: str | None, *, encoding: str | None, body: bytes
) -> None:
    given = [] if accepted is None else [("accept-encoding", accepted)]
    status, headers, found = await ask(static(site), path, *given)
    assert (status, headers.get("content-encoding"), found) == (200, encoding, body)
    assert headers["content-type"].startswith("text/")
    assert headers["vary"] == "Accept-Encoding"


async def test_each_encoding_has_a_tag_of_its_own(site: Path) -> None:
    tags = {
        (await ask(static(site), "/app.js", ("accept-encoding", coding)))[1]["etag"]
        for coding in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


async def test_sibling_that_is_a_link_outside_is_not_sent(site: Path) -> None:
    _, headers, body = await ask(static(site), "/a.txt", ("accept-encoding", "gzip"))
    assert (body, "vary" in headers) == (b"0123456789", False)


async def test_compressed_siblings_may_be_left_alone(site: Path) -> None:
    app = static(site, precompressed=False)
    _, headers, body = await ask(app, "/app.js", ("accept-encoding", "br"))
    assert (body, "vary" in headers) == (b"let x = 1; // as it is", False)


IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "config", "cache_control"),
    [
        ("/a.txt", {}, "no-cache"),
        ("/a.txt", {"max_age": None}, "no-cache"),
        ("/a.txt", {"max_age": 0}, "public, max-age=0"),
        ("/a.txt", {"max_age": 3600}, "public, max-age=3600"),
        ("/app.3f2a9c1b.js", {}, IMMUTABLE),
        ("/page-2f00ab12cd.css", {"max_age": 5}, IMMUTABLE),
        ("/app.3f2a9c1b.js", {"immutable": False}, "no-cache"),
        ("/report-20261124.txt", {}, "no-cache"),
    ],
)
async def test_how_long_clients_may_keep_files(
    site: Path, path: str, config: Any, cache_control: str
) -> None:
    _, headers, _ = await ask(static(site, **config), path)
    assert headers["cache-control"] == cache_control


@pytest.mark.parametrize(
    ("path", "body"), [("/", b"<h1>Home</h1>"), ("/sub/", b"<h1>Sub</h1>"), ("/sub/b.txt", b"b")]
)
async def test_directory_is_answered_with_its_index_when_asked_to(
    site: Path, path: str, body: bytes
) -> None:
    status, _, found = await ask(static(site, html=True), path)
    assert (status, found) == (200, body)


async def test_pages_are_not_to_be_framed(site: Path) -> None:
    _, headers, _ = await ask(static(site), "/index.html")
    assert headers["x-frame-options"] == "DENY"
    app = static(site, security_headers={"x-frame-options": "SAMEORIGIN"})
    assert (await ask(app, "/index.html"))[1]["x-frame-options"] == "SAMEORIGIN"
    bare = (await ask(static(site, security_headers=False), "/index.html"))[1]
    assert "x-frame-options" not in bare


@pytest.mark.parametrize(
    ("path", "root_path", "query", "location"),
    [
        ("/sub", "", b"", "/sub/"),
        ("/sub", "", b"a=b c&d=%20", "/sub/?a=b%20c&d=%20"),
        ("/files/sub", "/files", b"", "/files/sub/"),
        ("/files", "/files", b"", "/files/"),
        ("/caf\xe9 & tea", "", b"", "/caf%C3%A9%20&%20tea/"),
    ],
)
async def test_directory_without_slash_leads_to_the_one_with(
    site: Path, path: str, root_path: str, *, query: bytes, location: str
) -> None:
    app = static(site, html=True)
    status, headers, body = await ask(app, path, root_path=root_path, query=query)
    assert (status, body) == (302, b"")
    assert headers == {"location": location, "content-length": "0"}


async def test_directory_below_a_path_that_names_a_host_leads_nowhere(site: Path) -> None:
    app = static(site, html=True)
    status, _, body = await ask(app, "//evil.example/sub", root_path="//evil.example")
    assert (status, body) == NOT_FOUND


async def test_directory_without_index_is_a_404(site: Path) -> None:
    for path in ("/bare", "/bare/"):
        status, _, body = await ask(static(site, html=True), path)
        assert (status, body) == NOT_FOUND


async def test_path_is_the_one_below_the_root_path(site: Path) -> None:
    assert (await ask(static(site), "/files/a.txt", root_path="/files"))[0] == 200
    assert (await ask(static(site), "/a.txt", root_path="/files"))[0] == 200


@pytest.mark.parametrize("path", ["/", "", "/a.txt", "/b"])
async def test_directory_that_is_missing_or_a_file_serves_404s(site: Path, path: str) -> None:
    for root in (site / "none", site / "a.txt"):
        status, _, body = await ask(static(root, html=True), path)
        assert (status, body) == NOT_FOUND


async def test_websocket_is_denied(site: Path) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    await static(site)({"type": "websocket", "path": "/a.txt"}, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]
    with pytest.raises(ValueError, match="expected the scope 'http' or 'websocket', got 'other'"):
        await static(site)({"type": "other"}, receive, send)


KNOWN = "`max_age`, `immutable`, `precompressed`, `html`, `security_headers`"


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        (
            {"max_ages": 5},
            TypeError,
            f"unknown option `max_ages` of `static`: expected {KNOWN}. Did you mean `max_age`?",
        ),
        ({"zzz": 5}, TypeError, f"unknown option `zzz` of `static`: expected {KNOWN}."),
        (
            {"max_age": "5"},
            TypeError,
            "expected a number of seconds or None as `max_age` of `static`, got '5'",
        ),
        (
            {"max_age": True},
            TypeError,
            "expected a number of seconds or None as `max_age` of `static`, got True",
        ),
        ({"max_age": -1}, ValueError, "expected `max_age` of `static` to be 0 or more, got -1"),
        ({"html": 1}, TypeError, "expected True or False as `html` of `static`, got 1"),
        (
            {"security_headers": "no"},
            TypeError,
            "expected True, False or a dict of headers as `security_headers` of `static`, got 'no'",
        ),
    ],
)
def test_configuration_is_checked(config: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        static("assets", **config)
    assert str(caught.value) == message


def test_root_is_a_path() -> None:
    root: Any = None
    with pytest.raises(TypeError, match="expected the path of a directory as `root`, got None"):
        static(root)
