"""What becomes of text that a client sent when it is sent back, and what browsers are told.

Each group is named by the words of its line of what must hold. What belongs to real time (the
fields of event streams, the origins of WebSockets) has its own tests.
"""

from .rows import CLOSED, Row, body, header, header_has, hides, post, row, says
from .wire import request

__all__ = ["BROWSERS", "OUTPUT"]


def refused(target: str) -> Row:
    return row(
        f"what is set from {target!r}",
        request(target),
        400,
        says("refused: "),
        header("x-evil", None),
    )


# fmt: off
OUTPUT: dict[str, list[Row]] = {
    # Header names, values, cookies (name, value, path, domain) are validated where they are set.
    "headers and cookies": [
        *(
            refused(f"/header?value=a{char}b")
            for char in ("%0d", "%0a", "%00", "%0d%0ax-evil:%201", "%7f", "%E2%82%AC")
        ),
        *(
            refused(f"/header?name={name}")
            for name in (
                "", "a%20b", "a:b", "x%0d%0ax-evil", "%C3%A9", "a%00", "content-length",
                "Transfer-Encoding", "CONTENT-LENGTH",
            )
        ),
        *(
            refused(f"/cookie?name={name}")
            for name in ("", "a%20b", "a;b", "a=b", "a%0d%0ax-evil:%201", "%C3%A9", "%00")
        ),
        *(
            refused(f"/cookie?value=a{char}b")
            for char in ("%0d", "%0a", "%00", "%1f", "%7f", "%0d%0ax-evil:%201")
        ),
        *(
            refused(f"/cookie?path=/{char}")
            for char in ("%0d%0ax-evil:%201", "%00", ";domain=evil", "%3B%20secure", "%0a")
        ),
        *(
            refused(f"/cookie?domain=a{char}")
            for char in ("%0d%0ax-evil:%201", "%00", "%3Bpath=/", "%0a")
        ),
        row("a value beyond ASCII", request("/header?value=%C3%A9"), 200, header("x-a", "é")),
        row(
            "a cookie with separators",
            request("/cookie?value=%3B,%22%5C%20"),
            200,
            header_has("set-cookie", 'a="\\073\\054\\"\\\\ "; Domain=shop; Path=/'),
        ),
        row(
            "a header that came in is not sent back",
            request("/", "x-evil: 1"),
            200,
            header("x-evil", None),
        ),
    ],
    # Content-Disposition: base name only, no control characters.
    "Content-Disposition": [
        row(
            f"a download called {name!r}",
            request(f"/download?name={name}"),
            200,
            header("content-disposition", expected),
        )
        for name, expected in (
            ("a.txt", 'attachment; filename="a.txt"'),
            ("../../etc/passwd", 'attachment; filename="passwd"'),
            ("..%5C..%5Cwin.ini", 'attachment; filename="win.ini"'),
            ("a%0d%0ax-evil:%201", 'attachment; filename="ax-evil: 1"'),
            ("a%00.txt", 'attachment; filename="a.txt"'),
            (
                "a%22;%20filename=%22b",
                (
                    'attachment; filename="a\\"; filename=\\"b"; '
                    "filename*=UTF-8''a%22%3B%20filename%3D%22b"
                ),
            ),
            ("%C3%A9.txt", "attachment; filename=\"e.txt\"; filename*=UTF-8''%C3%A9.txt"),
            ("%E2%80%AEgpj.exe", 'attachment; filename="gpj.exe"'),
            ("..", 'attachment; filename="file"'), ("", 'attachment; filename="file"'),
            ("a%2525.txt", "attachment; filename=\"a%25.txt\"; filename*=UTF-8''a%2525.txt"),
        )
    ],
    # Framing headers belong to the server.
    "framing": [
        row(
            "a stream has no length",
            request("/stream"),
            200,
            header("content-length", None),
            header("transfer-encoding", "chunked"),
            body("one, two"),
        ),
        row(
            "a text has one",
            request("/"),
            200,
            header("content-length", "5"),
            header("transfer-encoding", None),
        ),
        row(
            "204 has none",
            request("/", method="OPTIONS"),
            204,
            header("content-length", None),
            header("transfer-encoding", None),
            header("content-type", None),
        ),
        row(
            "304 has no content",
            request("/static/a.txt", "if-none-match: *"),
            304,
            body(b""),
            header("content-type", None),
        ),
        row(
            "a stream for HTTP/1.0", b"GET /stream HTTP/1.0\r\n\r\n", 200, CLOSED, body("one, two")
        ),
    ],
    # Error pages escape everything; plain text carries nosniff; `nosniff`, `Referrer-Policy`,
    # `X-Frame-Options: DENY` on HTML by default; debug is off by default.
    "pages and errors": [
        row(
            "markup in an error page",
            request("/html/%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
            (400, 404),
            hides("<script"),
        ),
        row(
            "markup in the detail",
            request("/html/%3Cimg%20src=x%20onerror='%22"),
            400,
            says("<p>&lt;img src=x onerror=&#x27;&quot;</p>"),
            header("x-frame-options", "DENY"),
            header("x-content-type-options", "nosniff"),
            header("referrer-policy", "strict-origin-when-cross-origin"),
        ),
        row(
            "markup in an error as text",
            request("/text/%3Cscript%3E"),
            400,
            header("content-type", "text/plain; charset=utf-8"),
            header("x-content-type-options", "nosniff"),
        ),
        row(
            "markup in an error as JSON",
            request("/error?detail=%3Cscript%3E"),
            400,
            header("content-type", "application/json"),
        ),
        row(
            "markup in the path of a 404",
            request("/%3Cscript%3Ealert(1)%3C/script%3E"),
            404,
            hides("<script"),
        ),
        row(
            "markup in a parameter",
            request("/items/%3Cscript%3E"),
            400,
            header("content-type", "application/json"),
        ),
        row(
            "markup in text",
            request("/names/%3Cscript%3E"),
            200,
            header("content-type", "text/plain; charset=utf-8"),
            header("x-content-type-options", "nosniff"),
        ),
        row(
            "markup in a page",
            request("/page?q=%3Cscript%3E'%22%26"),
            200,
            hides("<script"),
            says("&lt;script&gt;&#39;&#34;&amp;"),
            header("x-frame-options", "DENY"),
            header("x-content-type-options", "nosniff"),
            header("referrer-policy", "strict-origin-when-cross-origin"),
        ),
        row(
            "a template in a page",
            request("/page?q=%7B%7B7*7%7D%7D%7B%25%20raw%20%25%7D"),
            200,
            hides("49"),
            says("{{7*7}}{% raw %}"),
        ),
        row("a file", request("/static/a.txt"), 200, header("x-content-type-options", "nosniff")),
        row("a download", request("/download"), 200, header("x-content-type-options", "nosniff")),
        row(
            "a detail with line breaks",
            request("/error?detail=a%0d%0ax-evil:%201"),
            400,
            header("x-evil", None),
        ),
        row(
            "braces of a format",
            request("/error?detail=%7B0.__class__%7D%25s"),
            400,
            says("{0.__class__}%s"),
        ),
        row(
            "a long detail",
            request("/items/" + "x" * 10_000),
            400,
            lambda answer: len(answer.body) < 300,
        ),
    ],
    # No name of the server, no version.
    "nothing said of the server": [
        row(
            "a 404",
            request("/none"),
            404,
            hides("starlette"),
            hides("bocadillo"),
            header("x-powered-by", None),
        ),
        row("a 400", request("/items/x"), 400, hides("Traceback"), hides(".py")),
    ],
}

FRIEND, STRANGER = "https://friend.example", "https://stranger.example"


def login(*headers: str, host: str = "shop") -> bytes:
    return request("/login", "content-length: 0", *headers, method="POST", host=host)


BROWSERS: dict[str, list[Row]] = {
    # CORS: literal origin comparison; `Vary: Origin` always.
    "CORS": [
        row(
            "a friend",
            request("/", f"origin: {FRIEND}"),
            200,
            header("access-control-allow-origin", FRIEND),
            header_has("vary", "Origin"),
            header("access-control-allow-credentials", "true"),
        ),
        row(
            "no origin",
            request("/"),
            200,
            header("access-control-allow-origin", None),
            header_has("vary", "Origin"),
        ),
        row("no origin, and not there", request("/none"), 404, header_has("vary", "Origin")),
        row("no origin, and a file", request("/static/a.txt"), 200, header_has("vary", "Origin")),
        *(
            row(
                f"the origin {origin!r}",
                request("/", f"origin: {origin}"),
                200,
                header("access-control-allow-origin", None),
                header_has("vary", "Origin"),
            )
            for origin in (
                STRANGER, "null", "*",
                FRIEND.upper(),
                FRIEND + ".evil.example", FRIEND + "/", FRIEND + ":443", "http://friend.example",
                "https://evilfriend.example",
                f"{FRIEND}, {STRANGER}",
                "", "https://friend%2eexample", "https://friend.example@evil.example", "\xff",
            )
        ),
        row(
            "a preflight of a stranger",
            request(
                "/", f"origin: {STRANGER}", "access-control-request-method: GET", method="OPTIONS"
            ),
            400,
            header("access-control-allow-origin", None),
            header_has("vary", "Origin"),
            header("x-content-type-options", "nosniff"),
        ),
        row(
            "a preflight of another method",
            request(
                "/", f"origin: {FRIEND}", "access-control-request-method: DELETE", method="OPTIONS"
            ),
            400,
        ),
        row(
            "a preflight of another header",
            request(
                "/",
                f"origin: {FRIEND}",
                "access-control-request-method: GET", "access-control-request-headers: x-evil\xff",
                method="OPTIONS",
            ),
            400,
        ),
        row(
            "a preflight of a friend",
            request(
                "/", f"origin: {FRIEND}", "access-control-request-method: POST", method="OPTIONS"
            ),
            200,
            header("access-control-allow-origin", FRIEND),
        ),
    ],
    # Sessions: signed, HttpOnly, SameSite=Lax, Secure on https (in process), `Vary: Cookie` and
    # `no-store` when read. Unsafe methods check Origin and Sec-Fetch-Site (403).
    "sessions": [
        row(
            "a login",
            login(),
            200,
            header_has("set-cookie", "; HttpOnly"),
            header_has("set-cookie", "SameSite=lax"),
            header_has("vary", "Cookie"),
            header("cache-control", "no-store"),
        ),
        row(
            "a session that is read",
            request("/me"),
            200,
            header_has("vary", "Cookie"),
            header("cache-control", "no-store"),
            header("set-cookie", None),
        ),
        row(
            "one that is not",
            request("/"),
            200,
            header("cache-control", None),
            header("set-cookie", None),
        ),
        *(
            row(
                f"the session {value[:20]!r}",
                request("/me", f"cookie: session={value}"),
                200,
                body("null"),
            )
            for value in (
                "eyJ1c2VyIjoiYWRhIn0=.x.y", "..", "a.b", "eyJ1c2VyIjoiYWRhIn0", "x" * 5000, '""',
                "eyJ1c2VyIjoiYWRhIn0=.aaaaaa.AAAAAAAAAAAAAAAAAAAAAAAAAAA", "\xff.\xff.\xff",
            )
        ),
        row("a login by a stranger", login(f"origin: {STRANGER}"), 403, header("set-cookie", None)),
        row("a login by a page without origin", login("origin: null"), 403),
        row("a login by a frame of another site", login("sec-fetch-site: cross-site"), 403),
        row("a login by another host of the site", login("sec-fetch-site: same-site"), 403),
        row("a login by an odd site", login("sec-fetch-site: Same-Origin"), 403),
        row("a login by two origins", login("origin: http://shop", f"origin: {STRANGER}"), 403),
        row(
            "a login by two sites",
            login("sec-fetch-site: same-origin", "sec-fetch-site: cross-site"),
            403,
        ),
        row("a login with another port", login("origin: http://shop:8000"), 403),
        row("a login with another scheme", login("origin: https://shop"), 403),
        row("a login with a suffix", login("origin: http://shop.evil.example"), 403),
        row("a login of our own", login("origin: http://shop", "sec-fetch-site: same-origin"), 200),
        row("a login of our own, by origin", login("origin: http://shop"), 200),
        row(
            "a file sent by a stranger",
            post("/form", "a=b", f"origin: {STRANGER}", kind="application/x-www-form-urlencoded"),
            403,
        ),
        row(
            "reading, by a stranger",
            request("/me", f"origin: {STRANGER}", "sec-fetch-site: cross-site"),
            200,
        ),
    ],
}
