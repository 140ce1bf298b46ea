from pathlib import Path

import pytest

from livedocs.hosting import (
    find_pages,
    format_caddy,
    format_headers_file,
    format_nginx,
    protect_site,
)
from livedocs.policy import HEADER_ONLY, hash_scripts, read_meta

POLICY = "default-src 'none'"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Provide a built site."""
    for name, text in {
        "index.html": "<head><script>a()</script>",
        "404.html": "<head>",
        "guide/a/index.html": "<head><script>b()</script>",
        "assets/x.js": "x",
        "_live/1/worker.js": "x",
        "_live/preview.html": "<head>",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_each_page_gets_the_same_policy_with_the_scripts_of_all(site: Path) -> None:
    header = protect_site(site)

    policies = {read_meta(path.read_text()) for path in find_pages(site)}
    assert policies == {header.removesuffix(HEADER_ONLY)}
    for text in ("a()", "b()"):
        assert hash_scripts(f"<script>{text}</script>")[0] in header
    assert read_meta((site / "_live" / "preview.html").read_text()) == ""


def test_each_host_gets_that_policy(site: Path) -> None:
    header = protect_site(site)

    assert f"\n  Content-Security-Policy: {header}\n" in (site / "_headers").read_text()
    assert f'Policy "{header}" always;' in (site / "_hosting" / "nginx.conf").read_text()
    assert f'Policy "{header}"\n' in (site / "_hosting" / "Caddyfile").read_text()
    assert (site / ".nojekyll").read_text() == ""


def test_protecting_a_site_again_changes_nothing(site: Path) -> None:
    protect_site(site)
    before = {path: path.read_text() for path in site.rglob("*") if path.is_file()}
    protect_site(site)

    assert {path: path.read_text() for path in site.rglob("*") if path.is_file()} == before


def test_the_headers_file_leaves_out_what_has_policies_of_its_own(site: Path) -> None:
    protect_site(site)

    lines = (site / "_headers").read_text().splitlines()
    assert [line for line in lines if line.startswith("/")] == [
        "/*",
        "/",
        "/404.html",
        "/assets/*",
        "/guide/*",
        "/index.html",
    ]


def test_headers_file() -> None:
    assert format_headers_file(POLICY, ["/", "/guide/*"]) == (
        "/*\n  X-Content-Type-Options: nosniff\n"
        "  Referrer-Policy: strict-origin-when-cross-origin\n\n"
        "/\n  Content-Security-Policy: default-src 'none'\n\n"
        "/guide/*\n  Content-Security-Policy: default-src 'none'\n"
    )


def test_nginx() -> None:
    assert format_nginx(POLICY) == (
        "add_header Content-Security-Policy \"default-src 'none'\" always;\n"
        'add_header X-Content-Type-Options "nosniff" always;\n'
        'add_header Referrer-Policy "strict-origin-when-cross-origin" always;\n'
        "location /_live/ {\n"
        "    types { text/html html; text/javascript js mjs; application/wasm wasm; "
        "application/json json; application/zip zip; }\n"
        '    add_header X-Content-Type-Options "nosniff" always;\n'
        '    add_header Referrer-Policy "strict-origin-when-cross-origin" always;\n'
        "}\n"
    )


def test_caddy() -> None:
    assert format_caddy(POLICY) == (
        'header X-Content-Type-Options "nosniff"\n'
        'header Referrer-Policy "strict-origin-when-cross-origin"\n'
        "@pages not path /_live/*\n"
        "header @pages Content-Security-Policy \"default-src 'none'\"\n"
    )
