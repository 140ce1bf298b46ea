"""Requests made of what applications expect, and of what they do not."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from hypothesis import strategies as st

__all__ = ["Case", "cases"]

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Case:
    """A request, as a server would hand it on.

    Attributes:
        method: any token.
        target: what stands in the request line: ASCII, percent-encoded or not.
        headers: names in lower case; values without line breaks and NUL, which servers refuse.
        chunks: the body.
        is_cut: whether the client leaves before the body is complete.
        version: of HTTP.
        scheme: `http` or `https`.
    """

    method: str
    target: str
    headers: Headers
    chunks: list[bytes]
    is_cut: bool = False
    version: str = "1.1"
    scheme: str = "http"

    def make_scope(self) -> dict[str, Any]:
        """Return the scope, made as uvicorn makes it."""
        path, _, query = self.target.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": self.version,
            "method": self.method,
            "scheme": self.scheme,
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": "",
            "headers": list(self.headers),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
ODD_METHODS = ("get", "__class__", "QUERY", "PROPFIND", "handle", "helper", "X" * 50)

# Routes of the application, with a mark where something goes in.
PATHS = (
    "/", "/admin", "/v1.0/a+b", "/names/*", "/*-*.json", "/slashed/*/", "/slashed/*", "/tail/*",
    "/items/*", "/ages/*", "/rates/*", "/things", "/every", "/json", "/todos", "/models", "/size",
    "/pieces", "/form", "/redirect", "/leave", "/download", "/header", "/cookie", "/cookies",
    "/last", "/error", "/events", "/stream", "/endless", "/login", "/me", "/file", "/page",
    "/tenants/*/about", "/html/*", "/text/*", "/wsgi/*", "/asgi/*/*", "/static/a.txt",
    "/static/*", "/static/folder/*", "/static/link/*", "/*", "*",
)  # fmt: skip
POSTED = ("/json", "/todos", "/models", "/size", "/pieces", "/form", "/login")
QUERIES = ("page", "n", "to", "name", "value", "path", "domain", "detail", "q", "user", "data")

# Pieces of what breaks things, not yet encoded for a URL.
PIECES = (
    "a", "a.txt", "7", "-1", "0", "..", ".", "/", "//", "\\", "\0", "\n", "\r\nx-evil: 1", "\t",
    " ", ";", ",", ":", "=", "&", "#", "%", "%00", "%2e", "+", "*", "@", "~", "'", '"', "<script>",
    "{{7*7}}", "{0}", "%s", "$(id)", "http:", "https://evil.example", "//evil.example",
    "javascript:x", "secret.txt", ".hidden", "é", "\uff11", "\u0663", "\u202e", "\u2028", "\ufeff",
    "\U0001f600", "nan", "inf", "1e999", "1_0", "true", "null", "9" * 19, "9" * 20, "9" * 5000,
    "x" * 300, "content-length", "transfer-encoding", "set-cookie", "NUL", "con.txt", "UTF-8''",
)  # fmt: skip

texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=4).map("".join)


def quote_all(text: str, style: int) -> str:
    """Percent-encode as little as is possible, all, or all but what needs none."""
    plain = {0: "!$&'()*+,-./:;=@_~%\\\"<>{}|^`", 1: "", 2: "-._~/"}[style]
    return "".join(
        char
        if char.isascii() and (char.isalnum() or char in plain)
        else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
        for char in text
    )


encoded = st.builds(quote_all, texts, st.sampled_from((0, 1, 2))) | st.sampled_from(
    ("%", "%ff", "%c0%af", "%ed%a0%80", "%zz", "%u0041")
)


@st.composite
def targets(draw: st.DrawFn) -> str:
    path = draw(st.sampled_from(PATHS))
    while "*" in path and path != "*":
        path = path.replace("*", draw(encoded).replace("?", "%3F").replace("*", "%2A"), 1)
    if draw(st.integers(0, 19)) == 0:
        path = draw(encoded)
    pairs = draw(st.lists(st.tuples(st.sampled_from(QUERIES), encoded), max_size=3))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"{path}?{query}" if query else path


# Values that mean something to someone, by header.
HEADERS: dict[str, tuple[str, ...]] = {
    "accept": ("*/*", "text/html", "application/json;q=nan", ""),
    "accept-encoding": ("gzip", "br;q=1, *;q=0", "identity;q=0", "gzip;q=2", ";,=", ""),
    "access-control-request-headers": ("x-a", "content-type, authorization", ","),
    "access-control-request-method": ("GET", "POST", "DELETE", "", "x y"),
    "authorization": ("Basic YTpi", "Bearer x", ""),
    "connection": ("close", "upgrade"),
    "content-encoding": ("gzip", "identity", "identity, gzip", ""),
    "content-length": ("0", "3", "10485761", "-1", "1" * 5000, "x", ""),
    "cookie": ("session=a.b.c", 'a="\\073"', "=;=", "a=b; a=c", "session=", "__proto__=1"),
    "expect": ("100-continue",),
    "host": ("shop", "evil.example", "shop:99999", "[::1]", "a b", "", "@", "shop/x"),
    "if-match": ("*", '"x"', ""),
    "if-modified-since": ("Sun, 06 Nov 2044 08:49:37 GMT", "Mon, 01 Jan 0000 00:00:00 +9999", "x"),
    "if-none-match": ("*", 'W/"x", "y"', '"'),
    "if-range": ('"x"', "Sun, 06 Nov 1994 08:49:37 GMT"),
    "if-unmodified-since": ("Sun, 06 Nov 1994 08:49:37 GMT", "x"),
    "last-event-id": ("7", "é", ""),
    "origin": ("https://friend.example", "https://evil.example", "null", "http://shop", ""),
    "range": (
        "bytes=0-9", "bytes=-1", "bytes=99-,0-0", "bytes=200-", "bytes=-", "bytes=9-0", "lines=1",
        "bytes=" + "0-," * 40, "bytes=0-" + "9" * 30,
    ),
    "referer": ("https://evil.example",),
    "sec-fetch-site": ("same-origin", "cross-site", "none", "x"),
    "transfer-encoding": ("chunked", "gzip", ""),
    "x-forwarded-host": ("evil.example",),
    "x-forwarded-proto": ("https", "javascript"),
    "x-http-method-override": ("DELETE",),
}  # fmt: skip

noise = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20
)


@st.composite
def header(draw: st.DrawFn) -> tuple[bytes, bytes]:
    name = draw(st.sampled_from(sorted(HEADERS)))
    value = draw(st.sampled_from(HEADERS[name]) | noise)
    return name.encode(), value.strip(" \t").encode("latin-1")


JSON_PIECES = (
    b"{", b"}", b"[", b"]", b":", b",", b'"title"', b'"price"', b'"a"', b"1", b"-0", b"1e999",
    b"NaN", b"null", b"true", b'"\\ud800"', b'"\\u0000"', b'"\xff"', b"\xef\xbb\xbf", b"[" * 3000,
    b'{"title":"x"}', b'{"title":"x","price":1}', b" ", b"\0", b"9" * 5000,
)  # fmt: skip
FORM_PIECES = (
    b"--cut\r\n", b"--cut--\r\n", b"\r\n", b'content-disposition: form-data; name="a"\r\n',
    b'content-disposition: form-data; name="f"; filename="../a.txt"\r\n', b"content-type: x/y\r\n",
    b"content-type: text/plain; charset=utf-7\r\n", b"x", b"--", b"\n", b":", b'name="', b"\0",
    b"\xff",
    b'--cut\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n', b"a=1&", b"%ff", b"&", b"=",
    b'--cut\r\ncontent-disposition: form-data; name="f"; filename="a"\r\n\r\nb\r\n--cut--\r\n',
    b'content-disposition: form-data; name="a"; filename*=UTF-8\'\'%2e%2e%2fx\r\n', b"x" * 5000,
)  # fmt: skip
TYPES = (
    "application/json", "application/x+json; charset=utf-8", "text/plain", "",
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7",
    "multipart/form-data; boundary=cut", "multipart/form-data; boundary=cut; charset=latin1",
    "multipart/form-data", "multipart/mixed; boundary=cut", ";", "application/json;,;=",
)  # fmt: skip

bodies: st.SearchStrategy[list[bytes]] = st.one_of(
    st.just([]),
    st.lists(st.sampled_from(JSON_PIECES), max_size=8),
    st.lists(st.sampled_from(FORM_PIECES), max_size=10),
    st.lists(st.binary(max_size=20), max_size=4),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Make a request."""
    target = draw(targets())
    usual = "POST" if target.partition("?")[0] in POSTED else "GET"
    method = draw(st.sampled_from((usual,) * 30 + METHODS + ODD_METHODS))
    headers = draw(st.lists(header(), max_size=5))
    if draw(st.integers(0, 9)):  # mostly, that one header is right
        headers = [(b"host", b"shop"), *((name, v) for name, v in headers if name != b"host")]
    chunks = draw(bodies)
    if draw(st.booleans()):
        chunks = [b"".join(chunks)]
    if draw(st.integers(0, 9)) and chunks:
        headers.append((b"content-type", draw(st.sampled_from(TYPES)).encode()))
    return Case(
        method,
        target,
        headers,
        chunks,
        is_cut=draw(st.integers(0, 9)) == 0,
        version=draw(st.sampled_from(("1.1", "1.1", "1.1", "1.0", "2"))),
        scheme=draw(st.sampled_from(("http", "http", "https"))),
    )
