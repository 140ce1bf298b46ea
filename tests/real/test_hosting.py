"""The site behind nginx and Caddy, as the page about hosting says: the same policy from each."""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path

import pytest

from livedocs.hosting import find_pages
from livedocs.page import read_page
from livedocs.policy import HEADER_ONLY, read_meta
from tests.real.pages import DOCS, ROOT, built_site
from tests.real.site_headers import headers_of

pytestmark = pytest.mark.real

NGINX = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{server}
}}
"""
CADDY = "{{\n    admin off\n    auto_https off\n}}\n{server}"
DEADLINE_SECONDS = 10
POLICY, TYPE = "Content-Security-Policy", "Content-Type"


def tool(name: str) -> str:
    """Return a server's path; without it the test does not run, and CI installs it."""
    if found := shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
        return found
    return pytest.skip(f"{name} is not installed: the configuration for it is NOT checked.")


def documented(title: str) -> str:
    """Return a block of the page about hosting, by the end of its title."""
    page = DOCS / "project" / "hosting.md"
    found = read_page(page.name, page.read_text(encoding="utf-8"), root=ROOT)
    (block,) = [it for it in found.blocks if it.title.endswith(title)]
    return block.shown.replace("/srv/site", str(built_site()))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def started(*command: str, folder: Path, port: int) -> Iterator[str]:
    """Run a server as long as the block, and provide its address."""
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    log = folder / "log"
    with log.open("w") as out, subprocess.Popen(command, stderr=out, env=environment) as process:
        try:
            deadline = time.monotonic() + DEADLINE_SECONDS
            while not is_listening(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    program, port = tool("nginx"), free_port()
    server = documented("site.conf").replace("listen 8080", f"listen 127.0.0.1:{port}")
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, server=server))
    check = [program, "-t", "-c", str(config), "-p", str(folder)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert "test is successful" in done.stderr, done.stderr
    with started(program, "-c", str(config), "-p", str(folder), folder=folder, port=port) as url:
        yield url


@contextmanager
def caddy(folder: Path) -> Iterator[str]:
    program, port = tool("caddy"), free_port()
    server = documented("Caddyfile").replace("docs.example.com", f"http://127.0.0.1:{port}")
    config = folder / "Caddyfile"
    config.write_text(CADDY.format(server=server))
    options = ["--config", str(config), "--adapter", "caddyfile"]
    done = subprocess.run(
        [program, "validate", *options], capture_output=True, text=True, check=False
    )
    assert "Valid configuration" in done.stdout + done.stderr, done.stderr
    with started(program, "run", *options, folder=folder, port=port) as url:
        yield url


def ask(url: str) -> tuple[int, Message]:
    try:
        with urllib.request.urlopen(url) as response:
            return response.status, response.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers


@pytest.mark.parametrize("host", [nginx, caddy], ids=["nginx", "Caddy"])
def test_a_host_sends_the_policy_of_the_pages(host: object, tmp_path: Path) -> None:
    assert callable(host)
    site = built_site()
    policy = read_meta((site / "index.html").read_text(encoding="utf-8")) + HEADER_ONLY
    (runtime,) = (site / "_live").glob("*/")
    module = f"/_live/{runtime.name}/pyodide.mjs"
    with host(tmp_path) as url:
        answers = {
            path: ask(url + path)
            for path in ("/", "/guide/async/", "/assets/bocadillo.css", "/nowhere/", module)
        }

    assert {path: code for path, (code, _) in answers.items()} == dict.fromkeys(answers, 200) | {
        "/nowhere/": 404
    }
    assert [headers.get_all(POLICY) for _, headers in answers.values()] == [[policy]] * 4 + [None]
    for _, headers in answers.values():
        assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
        assert headers.get_all("Referrer-Policy") == ["strict-origin-when-cross-origin"]
    assert answers[module][1][TYPE].startswith("text/javascript")


def test_the_headers_file_has_the_policy_of_the_pages() -> None:
    site = built_site()
    policy = read_meta((site / "index.html").read_text(encoding="utf-8")) + HEADER_ONLY
    send = headers_of(site)

    for page in find_pages(site):
        path = "/" + page.relative_to(site).as_posix().removesuffix("index.html")
        assert send(path)[POLICY] == policy
        assert send(path)["X-Content-Type-Options"] == "nosniff"
    (preview,) = site.glob("_live/*/preview.html")
    assert POLICY not in send(f"/{preview.relative_to(site).as_posix()}")
