"""What clients send that is not as it should be, line by line of what must hold: input.

Each group is named by the words of its line. What belongs to real time (WebSockets: origins, wrong
frames, sizes) has its own tests.
"""

from tests.whole_app import SECRET, TEXT

from .rows import (
    CHUNKED,
    CLOSED,
    HIDDEN,
    MALFORMED,
    NOT_FOUND,
    Row,
    body,
    form,
    header,
    hides,
    part,
    post,
    row,
    says,
    upload,
)  # fmt: skip
from .wire import request

__all__ = ["INPUT"]

# fmt: off
INPUT: dict[str, list[Row]] = {
    # Patterns match the whole path (`\Z`, never `$`), literals escaped, HTTP and mounts alike.
    "patterns": [
        row("a line break after a path", request("/admin%0a"), 404, NOT_FOUND),
        row("a line break of Windows", request("/admin%0d%0a"), 404, NOT_FOUND),
        row("NUL after a path", request("/admin%00"), 404, NOT_FOUND),
        row("a space after a path", request("/admin%20"), 404, NOT_FOUND),
        row("a line separator after a path", request("/admin%e2%80%a8"), 404, NOT_FOUND),
        row("an encoded letter", request("/%61dmin"), 200, body("admin")),
        row("another case", request("/Admin"), 404, NOT_FOUND),
        row("a letter twice encoded", request("/%2561dmin"), 404, NOT_FOUND),
        row("a fullwidth letter", request("/%ef%bd%81dmin"), 404, NOT_FOUND),
        row("no UTF-8", request("/admin%ff"), 404, NOT_FOUND),
        row("an overlong slash", request("/%c0%afadmin"), 404, NOT_FOUND),
        row("a percent sign alone", request("/admin%"), 404, NOT_FOUND),
        row("a percent sign and no digits", request("/admin%zz"), 404, NOT_FOUND),
        row("a segment of matrix parameters", request("/admin;x=1"), 404, NOT_FOUND),
        row("a dot that is a letter", request("/v1x0/a+b"), 404, NOT_FOUND),
        row("a plus that repeats", request("/v1.0/aab"), 404, NOT_FOUND),
        row("a plus that is a space", request("/v1.0/a%20b"), 404, NOT_FOUND),
        row("a literal dot and plus", request("/v1.0/a+b"), 200, body("literal")),
        row("a literal plus, encoded", request("/v1.0/a%2bb"), 200, body("literal")),
        row("a dot within a part", request("/a-1xjson"), 404, NOT_FOUND),
        row("a line break within a part", request("/a%0a-1.json"), 200, body('["a\\n","1"]')),
        row("a line break at the end of a part", request("/a-1.json%0a"), 404, NOT_FOUND),
        row("a slash too many", request("/names//"), 404, NOT_FOUND),
        row("an encoded slash", request("/names/a%2fb"), 404, NOT_FOUND),
        row("an empty parameter", request("/names/"), 404, NOT_FOUND),
        row("two slashes first", request("//admin"), 404, NOT_FOUND),
        row("a line break after the prefix of a mount", request("/wsgi%0a/x"), 404, NOT_FOUND),
        row("a line break below a mount", request("/wsgi/%0a"), 200, body("/\n")),
        row("a line break after a mounted route", request("/html/%0a/"), 404),
        row("the parameter of a mount", request("/asgi/%0a/x"), 200, body("/asgi/\n /asgi/\n/x")),
        row("a prefix cut short", request("/wsg"), 404, NOT_FOUND),
        row("a prefix that goes on", request("/wsgix/"), 404, NOT_FOUND),
        row("a router's prefix with a slash", request("/tenants/a%2fb/about"), 404, NOT_FOUND),
        row("a path of dots", request("/names/.."), 200, body("..")),
        row("ten thousand slashes", request("/" * 10_000), 404, NOT_FOUND),
        row("ten thousand hyphens", request("/" + "-" * 10_000 + ".jso"), 404, NOT_FOUND),
        row("a fragment", request("/admin#x"), (200, 400, 404)),
        row("a query of raw bytes", request("/items/1?page=2&x=\xff\xc3"), (200, 400)),
        row("a query of raw bytes, for WSGI", request("/wsgi/?\xff"), (200, 400)),
        row(
            "a query of raw bytes, redirected",
            request("/slashed/a?\xff"),
            (302, 400),
            lambda answer: answer.get("location") in (None, "/slashed/a/?%FF"),
        ),
        row("an address of raw bytes", request("/address?\xff"), (200, 400)),
        row("a header in disguise", request("/wsgi/user", "x_user: eve"), 200, body("nobody")),
        row("a question mark in the query", request("/admin?a=?&=&&;"), 200, body("admin")),
    ],
    # Integers: ASCII digits, optional `-`, at most 19 digits. 5000 digits are a 4xx, not a 500.
    "integers": [
        row(f"an integer as {text[:12]!r}", request(f"/items/{text}"), 400, says("Expected `int`"))
        for text in (
            "+1", "1_000", "%EF%BC%91%EF%BC%92", "%201", "1%20", "1e3", "1.0", "0x1", "--1", "-",
            "%D9%A1", "%C2%B2", "1%0a", "1%00", "9" * 20, "9" * 5000, "-" + "9" * 5000, "true",
        )
    ]
    + [
        row(
            f"an integer of the query as {text[:12]!r}",
            request(f"/items/1?page={text}"),
            400,
            says("Expected `int`"),
        )
        for text in ("+1", "%2B1", "1_000", "%EF%BC%91", "%20", "", "9" * 5000)
    ]
    + [
        row("19 digits", request("/items/-" + "9" * 19), 200, body(f"[-{'9' * 19},1]")),
        row("leading zeros", request("/items/007"), 200, body("[7,1]")),
        row("a constraint", request("/ages/-1"), 400, says(">= 0")),
        row("one bad item of many", request("/ages/1?n=1&n=x&n=2"), 400, says("got `x`")),
        row("a repeated parameter", request("/items/1?page=1&page=2"), (200, 400)),
        *(
            row(f"a float as {text!r}", request(f"/rates/{text}"), 400, says("Expected `float`"))
            for text in ("nan", "inf", "-Infinity", "1e999", "1_0", "%EF%BC%91", "0x1p3")
        ),
    ],
    # JSON: `application/json` or `+json` only (415), strict UTF-8, depth and number bombs 400,
    # NaN and Infinity refused in and never emitted, lone surrogates never a 500.
    "JSON": [
        *(
            row(f"JSON as {kind!r}", post(path, '{"title":"x"}', kind=kind), 415)
            for path in ("/json", "/todos", "/models")
            for kind in (
                "", "text/plain", "text/plain;application/json", "text/plain, application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=application/json", "application/jsonp",
                "application/json+x", "application/json, text/plain", "text/plain,x+json",
                "text/json", "+json", "*/*", "json", "application/\x80+json",
            )
        ),
        row("JSON in capitals", post("/json", "[1]", kind="Application/JSON"), 200, body("[1]")),
        row("JSON of another name", post("/json", "[1]", kind="application/a.b+json;v=1"), 200),
        row(
            "two types, which no page of another site can send",
            post("/json", "[1]", "content-type: application/json", kind="text/plain"),
            (200, 415),
        ),
        *(
            row(f"JSON that is {name}", post(path, text), 400, MALFORMED)
            for path in ("/json", "/models")
            for name, text in (
                ("empty", b""), ("cut short", b'{"title"'), ("NaN", b'{"title":NaN}'),
                ("Infinity", b"[Infinity]"), ("minus Infinity", b"-Infinity"),
                ("a number too large", b'{"title":1e999}'), ("5000 digits", b"1" * 5000),
                ("an exponent of 5000 digits", b"1e" + b"9" * 5000), ("deep", b"[" * 100_000),
                ("deep in objects", b'{"a":' * 50_000), ("closed", b"[" * 50_000 + b"]" * 50_000),
                ("no UTF-8", b'{"title":"\xff"}'), ("an overlong slash", b'"\xc0\xaf"'),
                ("a surrogate in UTF-8", b'"\xed\xa0\x80"'), ("a lone surrogate", b'"\\ud800"'),
                ("a low surrogate", b'{"\\udfff":1}'),
                ("UTF-16", '{"a":1}'.encode("utf-16")),
                ("marked with a BOM", b"\xef\xbb\xbf{}"), ("two values", b"{} {}"),
                ("a comment", b"{/**/}"), ("a trailing comma", b"[1,]"),
                ("in single quotes", b"{'a':1}"), ("with a raw line break", b'"\n"'),
                ("with NUL after it", b"{}\0"), ("hexadecimal", b"0x1"), ("a leading zero", b"01"),
                ("a leading plus", b"+1"), ("without digits", b"1."),
            )
        ),
        row(
            "UTF-7 as its charset",
            post("/json", "[1]", kind="application/json; charset=utf-7"),
            (200, 415),
        ),
        row("a key twice", post("/json", '{"a":1,"a":2}'), 200, body('{"a":2}')),
        row("a dangerous key", post("/json", '{"__proto__":{"__class__":1}}'), 200),
        row("a pair of surrogates", post("/json", b'"\\ud83d\\ude00"'), 200, body('"\U0001f600"')),
        row("an integer as a float", post("/json", "[1E2,-0.0]"), 200, body("[100.0,-0.0]")),
        row("another type", post("/todos", '{"title":1}'), 400, says("Expected `str`, got `int`")),
        row("no field", post("/todos", "{}"), 400, says("title")),
        row("a list for an object", post("/todos", "[]"), 400, says("Expected `object`")),
        row("an integer out of range", post("/todos", '{"title":"x","count":1e30}'), 400),
        row(
            "another type, for a model",
            post("/models", '{"title":1,"price":"x"}'),
            400,
            says("price"),
        ),
        row(
            "an infinite price",
            post("/models", '{"title":"x","price":"Infinity"}'),
            (200, 400),
            hides("Infinity"),
        ),
        row(
            "a price that is no number",
            post("/models", '{"title":"x","price":"nan"}'),
            (200, 400),
            hides("NaN"),
            hides('nan"}'),
        ),
    ],
    # Bodies: 10 MiB counted on received bytes (413), 20 s between chunks (408; here 0.3),
    # `Content-Encoding` on requests is 415, nothing is inflated.
    "bodies": [
        row(
            "more than 10 MiB announced",
            request("/size", "content-length: 10485761", method="POST"),
            413, CLOSED,
            says("larger than 10485760 bytes"),
        ),
        row(
            "a length of 19 digits",
            request("/size", f"content-length: {'9' * 18}", method="POST"),
            413, CLOSED,
        ),
        row(
            "more than 10 MiB in chunks",
            request("/size", CHUNKED, method="POST")
            + (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 11,
            413, CLOSED,
        ),
        row(
            "more than 10 MiB, by pieces",
            request("/pieces", CHUNKED, method="POST")
            + (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 11,
            413, CLOSED,
        ),
        row(
            "a body that does not go on",
            request("/size", "content-length: 9", method="POST") + b"x",
            408, CLOSED,
        ),
        row(
            "pieces that do not go on",
            request("/pieces", CHUNKED, method="POST") + b"1\r\nx\r\n",
            408, CLOSED,
        ),
        row(
            "a form that does not go on",
            request(
                "/form", "content-length: 9", "content-type: application/x-www-form-urlencoded",
                method="POST",
            )
            + b"a=",
            408, CLOSED,
        ),
        *(
            row(
                f"a body encoded as {coding!r}",
                post(path, b"\x1f\x8b\x08", f"content-encoding: {coding}"),
                415,
                header("accept-encoding", "identity"),
            )
            for path in ("/size", "/json", "/pieces", "/todos")
            for coding in ("gzip", "br", "deflate", "zstd", "x", "identity, gzip", "GZIP")
        ),
        row(
            "two encodings in two headers",
            post("/size", b"x", "content-encoding: identity", "content-encoding: gzip"),
            415,
        ),
        row(
            "the encoding `identity`",
            post("/size", b"abc", "content-encoding: Identity"),
            200,
            body("3"),
        ),
        row("a body nobody asks for", post("/login?user=x", HIDDEN, kind="text/plain"), 200),
        row(
            "a body with GET",
            request("/", f"content-length: {len(HIDDEN)}") + HIDDEN,
            200,
            body("hello"),
        ),
        row(
            "a body with HEAD",
            request("/", f"content-length: {len(HIDDEN)}", method="HEAD") + HIDDEN,
            200,
        ),
        row("expect", post("/size", b"abc", "expect: 100-continue"), 200, body("3")),
        row("an odd expectation", post("/size", b"abc", "expect: the unexpected"), (200, 417)),
        row(
            "trailers",
            request("/size", CHUNKED, method="POST") + b"3\r\nabc\r\n0\r\nhost: evil\r\n\r\n",
            (200, 400),
        ),
    ],
    # Forms: 200 fields, 20 files, 1 MiB per field, charset allow-list, missing closing boundary
    # 400, files closed on every exit (test_bodies.py), `safe_filename` on uploads.
    "forms": [
        row(
            "201 fields",
            form("a=1&" * 201, "application/x-www-form-urlencoded"),
            413,
            says("200 fields"),
        ),
        row(
            "a million empty fields",
            form("&" * 1_000_000, "application/x-www-form-urlencoded"),
            413,
            says("200 fields"),
        ),
        row(
            "201 parts",
            form(part('form-data; name="a"') * 201 + "--cut--\r\n"),
            413,
            says("200 fields"),
        ),
        row(
            "21 files",
            form(part('form-data; name="a"; filename="b"') * 21 + "--cut--\r\n"),
            413,
            says("20 files"),
        ),
        row(
            "a field of more than 1 MiB",
            form("a=" + "x" * 1024 * 1024, "application/x-www-form-urlencoded"),
            413,
        ),
        row("a part of more than 1 MiB", form(part('form-data; name="a"', "x" * 1024 * 1025)), 413),
        *(
            row(
                f"the charset {charset!r}",
                form("a=b", f"application/x-www-form-urlencoded; charset={charset}"),
                415,
            )
            for charset in (
                "utf-7", "utf-16", "zlib", "idna", "rot13", "hex", "unicode_escape", "undefined",
                "..",
            )
        ),
        row(
            "the charset of a part",
            form(
                part('form-data; name="a"', "x", "content-type: text/plain; charset=utf-7")
                + "--cut--\r\n"
            ),
            415,
        ),
        row(
            "no UTF-8",
            form("a=%ff", "application/x-www-form-urlencoded"),
            400,
            says("not valid UTF-8"),
        ),
        row("an overlong letter", form("%c0%af=", "application/x-www-form-urlencoded"), 400),
        row("a surrogate", form("a=%ed%a0%80", "application/x-www-form-urlencoded"), 400),
        row(
            "no closing boundary", form(part('form-data; name="a"')), 400, says("closing boundary")
        ),
        row("no boundary", form("x", "multipart/form-data"), 400, says("boundary")),
        row(
            "an empty boundary",
            form("x", 'multipart/form-data; boundary=""'),
            400,
            says("boundary"),
        ),
        row(
            "a boundary of 71 letters", form("x", f"multipart/form-data; boundary={'x' * 71}"), 400
        ),
        row("a boundary beyond ASCII", form("x", "multipart/form-data; boundary=\xe9"), 400),
        row("an empty form", form("", "application/x-www-form-urlencoded"), 200, body("[]")),
        row("nothing where parts should be", form(""), 400),
        row("another boundary", form(part('form-data; name="a"').replace("--cut", "--other")), 400),
        row("a part without a name", form(part("form-data") + "--cut--\r\n"), 400),
        row("a part that is no form-data", form(part('attachment; name="a"') + "--cut--\r\n"), 400),
        row("a part without headers", form("--cut\r\n\r\nx\r\n--cut--\r\n"), 400),
        row("a header that is none", form("--cut\r\nno header\r\n\r\nx\r\n--cut--\r\n"), 400),
        row(
            "a header of 1 MiB",
            form(part("form-data; name=a; x=" + "y" * 1024 * 1024) + "--cut--\r\n"),
            400,
        ),
        row(
            "10 000 headers of a part",
            form(part('form-data; name="a"', "x", *["a: b"] * 10_000) + "--cut--\r\n"),
            400,
        ),
        row(
            "a form within a form",
            form(
                part(
                    'form-data; name="a"',
                    '--in\r\ncontent-disposition: file; filename="x"\r\n\r\ny\r\n--in--',
                    "content-type: multipart/mixed; boundary=in",
                )
                + "--cut--\r\n"
            ),
            200,
            says('["a","--in'),
        ),
        row(
            "an encoded part",
            form(
                part('form-data; name="a"', "eA==", "content-transfer-encoding: base64")
                + "--cut--\r\n"
            ),
            (200, 400),
            says("eA=="),
        ),
        row(
            "a name twice",
            form("a=1&a=2", "application/x-www-form-urlencoded"),
            200,
            body('[["a","1"],["a","2"]]'),
        ),
        row("another type", form("a=b", "text/plain"), 415),
        row("no type", form("a=b", ""), 415),
        row("a mixed type", form("x", "multipart/mixed; boundary=cut"), 415),
        row(
            "text after the form",
            form(part('form-data; name="a"') + "--cut--\r\nGET / HTTP/1.1"),
            (200, 400),
        ),
        *(
            row(f"a file called {name!r}", upload(name), 200, body(f'[["f","{safe}",1]]'))
            for name, safe in (
                ("../../etc/passwd", "passwd"), ("..\\\\..\\\\win.ini", "win.ini"),
                ("C:\\\\a.txt", "a.txt"), ("/etc/passwd", "passwd"), ("..", "file"), (".", "file"),
                ("", "file"), (".htaccess", "htaccess"), ("NUL.txt", "_NUL.txt"), ("a\tb", "ab"),
                ("x.txt.", "x.txt"), ("a:b", "a_b"), ("\u202egpj.exe", "gpj.exe"),
                ("a" * 300 + ".txt", "a" * 251 + ".txt"),
            )
        ),
        row(
            "a file called by `filename*`",
            form(
                part("form-data; name=f; filename=\"a\"; filename*=UTF-8''..%2F..%2Fb")
                + "--cut--\r\n"
            ),
            (200, 400),
            hides(".."),
        ),
    ],
    # Methods: a closed verb table; 405 and OPTIONS carry `Allow`; TRACE and CONNECT 405; no method
    # override; HEAD of an endless stream ends at once.
    "methods": [
        row(
            "another method",
            request("/", method="DELETE"),
            405,
            header("allow", "GET, HEAD, OPTIONS"),
        ),
        row(
            "another method of a class",
            request("/things", method="POST"),
            405,
            header("allow", "GET, HEAD, DELETE, OPTIONS"),
        ),
        row(
            "OPTIONS",
            request("/things", method="OPTIONS"),
            204,
            header("allow", "GET, HEAD, DELETE, OPTIONS"),
            header("content-length", None),
        ),
        row("OPTIONS of everything", request("*", method="OPTIONS"), (200, 204, 400, 404)),
        row("TRACE", request("/", "cookie: secret=1", method="TRACE"), 405, hides("secret")),
        row("TRACE where all methods go", request("/every", method="TRACE"), 405),
        row(
            "TRACE of a file",
            request("/static/a.txt", method="TRACE"),
            405,
            header("allow", "GET, HEAD"),
        ),
        row(
            "POST to a file",
            request("/static/a.txt", method="POST"),
            405,
            header("allow", "GET, HEAD"),
        ),
        row("CONNECT", request("shop:443", method="CONNECT"), (400, 404, 405)),
        row("CONNECT with a path", request("/every", method="CONNECT"), (400, 405)),
        *(
            row(
                f"the method {method}",
                request("/things", method=method),
                (400, 405),
                hides("secret"),
            )
            for method in (
                "get", "Get", "__class__", "helper", "secret", "__init__", "HELPER", "handle",
                "GETX", "PRI", "M-SEARCH", "PROPFIND", "PURGE", "X" * 1000,
            )
        ),
        *(
            row(
                f"a method overridden by {name}",
                post(
                    "/every", "_method=DELETE",
                    f"{name}: DELETE",
                    kind="application/x-www-form-urlencoded",
                ),
                200,
                body("POST"),
            )
            for name in ("x-http-method-override", "x-http-method", "x-method-override")
        ),
        row("a method overridden in the query", request("/every?_method=DELETE"), 200, body("GET")),
        row("HEAD of an endless stream", request("/endless", method="HEAD"), 200),
        row(
            "HEAD of a file",
            request("/static/a.txt", method="HEAD"),
            200,
            header("content-length", "100"),
        ),
        row("HEAD of what is not there", request("/none", method="HEAD"), 404),
        row("HEAD of POST", request("/json", method="HEAD"), 405, header("allow", "POST, OPTIONS")),
    ],
    # Host: none or two is 400; redirects are path-absolute, never built from Host, never start
    # with `//` or `/\`; `redirect()` refuses foreign or odd targets.
    "hosts and redirects": [
        row("no host", request("/", host=None), 400),
        row("two hosts", request("/", "host: evil"), 400),
        row("the same host twice", request("/", "host: shop"), 400),
        row("two hosts with HTTP/1.0", b"GET / HTTP/1.0\r\nhost: a\r\nhost: b\r\n\r\n", 400),
        row("no host for a file", request("/static/a.txt", host=None), 400),
        row("two hosts for a mount", request("/wsgi/", "host: evil"), 400),
        row("no host for what is not there", request("/none", host=None), 400),
        row(
            "a redirect with a hostile host",
            request("/slashed/a?b=c", host="evil.example"),
            302,
            header("location", "/slashed/a/?b=c"),
        ),
        row(
            "a redirect with a malformed host",
            request("/slashed/a", host="evil.example/@x:y"),
            (302, 400),
            hides("evil"),
        ),
        row(
            "a redirect of a forwarded host",
            request("/slashed/a", "x-forwarded-host: evil.example", "forwarded: host=evil.example"),
            302,
            header("location", "/slashed/a/"),
        ),
        row(
            "a redirect of POST",
            request("/slashed/a", method="POST"),
            307,
            header("location", "/slashed/a/"),
        ),
        *(
            row(f"no redirect of {path!r}", request(path), 404, header("location", None))
            for path in (
                "//evil.example/slashed", "//evil.example", "//evil.example/%2e%2e", "/slashed//a",
                "/%2f/evil.example", "/%2fevil.example", "/%5cevil.example", "/%09/evil.example",
            )
        ),
        row(
            "a redirect with a line break",
            request("/slashed/a%0d%0ax-evil:%201"),
            302,
            header("location", "/slashed/a%0D%0Ax-evil:%201/"),
            header("x-evil", None),
        ),
        row(
            "a redirect with a backslash",
            request("/slashed/%5c%5cevil"),
            302,
            header("location", "/slashed/%5C%5Cevil/"),
        ),
        row(
            "an absolute form", request("http://evil.example/slashed/a"), (302, 404), hides("evil")
        ),
        row("an absolute form of another scheme", request("file:///etc/passwd"), (400, 404)),
        row("an authority for a path", request("evil.example:80"), (400, 404)),
        row("no slash", request("admin"), (400, 404)),
        *(
            row(
                f"a redirect to {to!r}",
                request(f"{path}?to={to}"),
                400,
                says("cannot redirect"),
                header("location", None),
            )
            for path in ("/redirect", "/leave")
            for to in (
                "//evil.example", "/%5cevil.example", "%5c%5cevil.example", "https://evil.example",
                "HTTP://evil.example", "https:evil.example", "https:///evil.example",
                "javascript:alert(1)", "data:text/html,x", "/%09/evil.example", "%20//evil.example",
                "/%0d%0ax-evil:1", "%00/", "///evil.example", "/%0a/evil.example", "mailto:a@b", "",
                "http:%5c%5cevil.example", "/a%5c..%5c..", "%EF%BB%BF//evil.example",
                "/%E2%80%A8/evil", "https://shop@evil.example",
            )
        ),
        row(
            "a redirect to a path",
            request("/redirect?to=/a%20b%3Fc%3D%C3%A9"),
            302,
            header("location", "/a%20b?c=%C3%A9"),
        ),
    ],
    # Static: no traversal in any encoding, no dotfiles, no symlink out, no trailing slash on a
    # file, the same 404 whether the outside file exists or not.
    "static": [
        row(f"the file {path!r}", request(f"/static/{path}"), 404, NOT_FOUND)
        for path in (
            "../secret.txt", "../../secret.txt", "%2e%2e/%2e%2e/secret.txt", "..%2f..%2fsecret.txt",
            "%2e%2e%2f%2e%2e%2fsecret.txt", "..%5c..%5csecret.txt", "%252e%252e%252fsecret.txt",
            "..%c0%af..%c0%afsecret.txt", "%c0%ae%c0%ae/secret.txt", "%e0%80%ae/secret.txt",
            "..;/secret.txt", "....//secret.txt", "folder/../../../secret.txt", "folder/..",
            "folder/../a.txt", "./a.txt", "link", "link/secret.txt", "link/none.txt", "link/",
            ".hidden", "%2ehidden", "folder/.hidden", ".git/config", "a.txt/", "a.txt%2f",
            "a.txt/x", "a.txt%00", "a.txt%00.png", "a.txt%0a", "a.txt%20", "a.txt.", "a.txt::$DATA",
            "A.TXT", "C:%5csecret.txt", "%5c%5chost%5cshare", "//etc/passwd", "%2fetc/passwd",
            "/a.txt", "", "folder", "folder/", "%ff", "x" * 5000, "x/" * 3000,
            "%EF%BC%8E%EF%BC%8E/secret.txt", "~root", "NUL", "a.txt~",
        )
    ]
    + [
        row("a file", request("/static/a.txt"), 200, body(TEXT)),
        row("a file by an encoded name", request("/static/%61.txt"), 200, body(TEXT)),
        row("a file below an absolute path", request("/static/%2f%2fetc/passwd"), 404, NOT_FOUND),
        row("all secrets", request("/static/../static/a.txt"), (200, 404), hides(SECRET)),
    ],
    # Conditions and ranges: what cannot be read is as if it were not there.
    "conditions and ranges": [
        row(f"the range {value[:20]!r}", request(path, f"range: {value}"), statuses)
        for path in ("/static/a.txt", "/file")
        for value, statuses in (
            ("bytes=0-9", 206), ("bytes=-1", 206), ("bytes=99-", 206), ("bytes=100-", 416),
            ("bytes=-0", 416), ("bytes=9-0", 200), ("bytes=", 200), ("bytes=-", 200),
            ("bytes=a-b", 200), ("lines=0-1", 200), ("bytes=0-" + "9" * 5000, 200),
            ("bytes=" + "9" * 5000 + "-", 200), ("bytes=0-0," * 5000, 200),
            ("bytes=0-0,0-0,0-0", 206), ("bytes=0-,0-,0-,0-", 206), ("bytes=+1-2", 200),
            ("bytes=1_0-2_0", 200), ("bytes=\xb2-\xb3", 200), ("bytes=0-1,50-51", 206),
            ("bytes 0-1", 200), ("bytes=--1", 200), ("bytes=1-2-3", 200),
        )
    ]
    + [
        row(
            f"the condition {name}: {value[:20]!r}",
            request("/static/a.txt", f"{name}: {value}"),
            status,
        )
        for name, value, status in (
            ("if-none-match", "*", 304), ("if-none-match", '"', 200),
            ("if-none-match", '"x", W/"y"', 200), ("if-none-match", "x" * 20_000, 200),
            ("if-match", '"x"', 412), ("if-match", "*", 200), ("if-match", "", 412),
            ("if-modified-since", "never", 200),
            ("if-modified-since", "Mon, 01 Jan 99999 00:00:00 GMT", 200),
            ("if-modified-since", "Sun, 06 Nov 2044 08:49:37 GMT", 304),
            ("if-modified-since", "Mon, 01 Jan 0000 00:00:00 +9999", 200),
            ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 412),
            ("if-unmodified-since", "\xff\xfe", 200), ("if-range", '"x"', 200),
        )
    ],
    # The message itself: one request is never read as two, nor a header as another.
    "messages": [
        # Where nobody reads the body, h11 follows the chunks, as it may, but does not close the
        # connection. The rows are those of views that read.
        *(
            row(
                f"both lengths: {first}, {second}",
                request(path, first, second, method="POST") + b"0\r\n\r\n" + HIDDEN,
                400, CLOSED,
            )
            for path in ("/size", "/pieces")
            for first, second in (
                ("content-length: 4", CHUNKED), (CHUNKED, "content-length: 60"),
                ("content-length: 0", CHUNKED),
            )
        ),
        row(
            "two lengths",
            request("/size", "content-length: 3", "content-length: 40", method="POST")
            + b"abc"
            + HIDDEN,
            400,
        ),
        row(
            "two lengths in one",
            request("/size", "content-length: 3, 40", method="POST") + b"abc" + HIDDEN,
            400,
        ),
        *(
            row(
                f"a length of {value!r}",
                request("/size", f"content-length: {value}", method="POST") + b"abc" + HIDDEN,
                (400, 413),
            )
            for value in ("+3", "-3", "0x3", "3_0", "3.0", "", "\xb3", "3 4", "9" * 30)
        ),
        *(
            row(
                f"the transfer coding {value!r}",
                request("/size", f"transfer-encoding: {value}", method="POST")
                + b"3\r\nabc\r\n0\r\n\r\n"
                + HIDDEN,
                (400, 501),
            )
            for value in (
                "xchunked", "chunked, identity", "chunked, chunked", "gzip", "\x0bchunked",
                "chun ked", "identity",
            )
        ),
        *(
            row(
                f"chunks {name}",
                request("/size", CHUNKED, method="POST") + data + HIDDEN,
                (400, 408),
            )
            for name, data in (
                ("of a negative size", b"-1\r\n"),
                ("of a prefixed size", b"0x3\r\nabc\r\n0\r\n\r\n"),
                ("of a size with a plus", b"+3\r\nabc\r\n0\r\n\r\n"),
                ("of no size", b"\r\nabc\r\n"), ("of a size too large", b"f" * 17 + b"\r\n"),
                ("that are longer", b"3\r\nabcd\r\n0\r\n\r\n"), ("of an odd size", b"g\r\n"),
                ("of a size with an underscore", b"1_0\r\n"),
            )
        ),
        row("a folded header", request("/", "x-a: b\r\n c: d"), (200, 400)),
        row(
            "a folded length",
            request("/size", "content-length:\r\n 3", method="POST") + b"abc",
            (200, 400),
        ),
        row(
            "a space before the colon",
            request("/size", "content-length : 3", method="POST") + HIDDEN,
            400,
        ),
        row("a header without a name", request("/", ": x"), 400),
        row("a header without a colon", request("/", "x"), 400),
        row("a header name with a space", request("/", "x y: z"), 400),
        row("NUL in a header", request("/", "x: \0"), 400),
        row("a line break alone in a header", request("/", "x: y\rhost: evil"), 400),
        row("line feeds only", b"GET /admin HTTP/1.1\nhost: shop\n\n", (200, 400)),
        row("a line feed in a header", request("/", "x: y\nhost: evil"), 400),
        row("no version", b"GET /\r\n\r\n", (200, 400)),
        row("another version", b"GET / HTTP/3.7\r\nhost: shop\r\n\r\n", (200, 400, 505)),
        row("another version, and two hosts", b"GET / HTTP/3.7\r\nhost: a\r\nhost: b\r\n\r\n", 400),
        row("a version of two digits", b"GET / HTTP/1.10\r\nhost: shop\r\n\r\n", 400),
        row("another protocol", b"GET / ICE/1.0\r\nhost: shop\r\n\r\n", (200, 400)),
        row("two spaces", b"GET  / HTTP/1.1\r\nhost: shop\r\n\r\n", (200, 400)),
        row("a tab for a space", b"GET\t/\tHTTP/1.1\r\nhost: shop\r\n\r\n", 400),
        row("a path of raw bytes", request("/\xff"), (400, 404)),
        row("NUL in a path", request("/\0"), 400),
        row("a space in a path", request("/a b"), 400),
        row("garbage", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        row("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 404)),
        row(
            "an upgrade to HTTP/2",
            request(
                "/admin", "connection: upgrade, http2-settings", "upgrade: h2c",
                "http2-settings: AAMAAABkAAQAAP__",
            ),
            200,
            body("admin"),
        ),
        row(
            "an upgrade to nothing",
            request("/admin", "connection: upgrade", "upgrade: x"),
            200,
            body("admin"),
        ),
    ],
    # What the client prefers: a header that cannot be read is no error.
    "preferences": [
        row(f"{name}: {value[:20]!r}", request(path, f"{name}: {value}"), 200)
        for path in ("/page", "/me", "/cookies")
        for name, value in (
            ("accept", ""), ("accept", "*"), ("accept", "text/html;q=nan"),
            ("accept", "x" * 10_000), ("accept-encoding", "gzip;q=-1"),
            ("accept-encoding", "*;q=0"), ("accept-encoding", ";;;,,,=q"),
            ("accept-encoding", "identity;q=0"), ("accept-encoding", "gzip;q=" + "9" * 5000),
            ("accept-encoding", "\xff"), ("accept-encoding", "gzip," * 5000),
            ("accept-language", "\xe9;q=1e999"), ("accept-charset", "utf-7"), ("cookie", ""),
            ("cookie", "=;=;;"), ("cookie", "session"), ("cookie", "session=" + "x" * 10_000),
            ("cookie", "session=\xff\xfe"), ("cookie", "a=" + '"' * 5000),
            ("cookie", "session=a.b.c; session=d.e.f"), ("cookie", 'a="' + "\\" * 5000),
            ("cookie", 'a="' + '\\"' * 20_000 + '"'), ("cookie", "a=b;" * 5000),
            ("authorization", "Basic \xff"),
            ("referer", "javascript:alert(1)"), ("user-agent", "\xff" * 100),
            ("x-forwarded-for", "<script>"), ("x-forwarded-proto", "javascript"),
            ("last-event-id", "\xff"), ("content-type", "\xff/\xff; \xff=\xff"),
            ("content-type", ";" * 10_000), ("sec-fetch-site", "x"), ("origin", "null"),
            ("te", "trailers"),
        )
    ]
    + [
        row(
            "an event id beyond ASCII",
            request("/last", "last-event-id: \xc3\xa9"),
            200,
            body('"é"'),
        ),
        row("an event id that is no UTF-8", request("/last", "last-event-id: \xff"), 200),
        row("cookies that are none", request("/cookies", 'cookie: a="\\073\\012"; =x; b'), 200),
    ],
}
