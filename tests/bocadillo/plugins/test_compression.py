import sys
from typing import Any

import pytest

from bocadillo import App, Request, Response, SettingsError, configure, create_client

TEXT = "the same words again and again, " * 100
ALL = "gzip, deflate, br, zstd"


def make_app(**settings: Any) -> App:
    app = configure(App(), **settings)

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = TEXT

    @app.route("/size/{size}")
    async def sized(req: Request, res: Response, size: int) -> None:
        res.text = "x" * size

    @app.route("/empty")
    async def empty(req: Request, res: Response) -> None: ...

    return app


def coding_of(app: App, path: str = "/", *, accept: str = ALL) -> str | None:
    answer = create_client(app).get(path, headers={"accept-encoding": accept})
    assert answer.status_code == 200
    return answer.headers.get("content-encoding")


@pytest.mark.parametrize(
    ("settings", "coding"),
    [
        ({}, None),
        ({"gzip": False, "compression": False}, None),
        ({"compression": []}, None),
        ({"gzip": True}, "gzip"),
        ({"gzip": True, "compression": False}, "gzip"),
        ({"gzip": True, "compression": ["br"]}, "br"),
        ({"compression": True}, "zstd"),
        ({"compression": ["gzip", "br"]}, "br"),
        ({"compression": ("gzip",)}, "gzip"),
    ],
)
def test_settings_choose_the_codings(settings: Any, coding: str | None) -> None:
    app = make_app(**settings)
    assert coding_of(app) == coding
    assert coding_of(app, accept="") is None


def test_small_responses_are_not_compressed() -> None:
    app = make_app(gzip=True)
    assert (coding_of(app, "/size/1023"), coding_of(app, "/size/1024")) == (None, "gzip")
    app = make_app(gzip=True, gzip_min_size=10)
    assert (coding_of(app, "/size/9"), coding_of(app, "/size/10")) == (None, "gzip")
    assert coding_of(make_app(gzip=True, gzip_min_size=0), "/empty") == "gzip"


def test_client_reads_what_the_view_wrote() -> None:
    answer = create_client(make_app(gzip=True)).get("/", headers={"accept-encoding": "gzip"})
    assert answer.text == TEXT
    assert int(answer.headers["content-length"]) < len(TEXT)
    assert answer.headers["vary"] == "Accept-Encoding"


def test_head_has_no_body_and_is_not_compressed() -> None:
    answer = create_client(make_app(gzip=True)).head("/", headers={"accept-encoding": "gzip"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["gzp"], "setting `COMPRESSION` has no 'gzp'. Did you mean 'gzip'?"),
        (["lzma"], "setting `COMPRESSION` has no 'lzma'. Expected one of br, gzip, zstd."),
    ],
)
def test_unknown_coding_is_refused(names: list[str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        configure(App(), compression=names)
    assert str(caught.value) == message


def test_missing_package_is_named_when_the_application_is_configured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    assert coding_of(make_app(compression=["gzip"])) == "gzip"
    with pytest.raises(ImportError, match=r"pip install \"bocadillo\[compression\]\""):
        configure(App(), compression=True)
