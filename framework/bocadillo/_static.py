"""Static files: a directory, served as it is.

Nothing outside the directory is served, nor anything hidden in it, whatever a path looks like:
a path is taken apart into names, each of which must be plain, and what the file system makes of it
must lie inside the directory. All that is not served is the same 404.

Source: RFC 9110, sections 9.3.2 (HEAD), 12.5.3 (Accept-Encoding) and 12.5.5 (Vary); RFC 9111,
section 5.2.2 (Cache-Control) and RFC 8246 (immutable).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from ._file_replies import RawHeaders, Reply, compose_error
from ._files import File, look_up, send_file, send_reply
from ._near_misses import find_near_miss
from ._paths import locate_slashed, strip_root
from ._security import SecurityHeaders, compile_security, secure
from ._threads import run_in_thread
from .errors import HTTPError
from .middleware._codings import choose_coding

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["StaticConfig", "static"]

SUFFIXES = {"br": ".br", "gzip": ".gz"}  # the best one first
INDEX = "index.html"
DEFAULT_SECURITY = compile_security(True)
YEAR_SECONDS = 365 * 24 * 3600

# A name that changes with its content: `app.3f2a9c1b.js`. Dates and words are none: it takes
# letters and digits.
has_hash = re.compile(r"[.-](?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\.").search

# Separators, drives and streams of Windows; control characters.
has_unsafe = re.compile(r"[\\:\x00-\x1f\x7f]").search

MAX_PATH = 4096  # characters: what no system takes is not looked up, name by name


class StaticConfig(TypedDict, total=False):
    """Tell how a directory is served.

    Attributes:
        max_age: for how many seconds clients may use a file without asking; `None`, the
            default, lets them keep it, and ask each time whether it has changed.
        immutable: whether files named after their content, such as `app.3f2a9c1b.js`, may be
            used for a year without asking. True unless set.
        precompressed: whether `app.js.br` or `app.js.gz` is sent for `app.js` to clients that
            take it. True unless set.
        html: whether a directory is answered with its `index.html`. False unless set.
        security_headers: as the setting SECURITY_HEADERS.
    """

    max_age: int | None
    immutable: bool
    precompressed: bool
    html: bool
    security_headers: bool | Mapping[str, str | None]


def static(root: str | os.PathLike[str], **config: Unpack[StaticConfig]) -> "ASGIApp":
    """Make an application that serves a directory, to be mounted.

    `app.mount("assets", static("build"))` serves `build/app.js` as `/assets/app.js`. A directory
    that does not exist serves 404s. Hidden files, and links that lead outside, are not served.

    Args:
        root: the directory; a relative one is relative to the working directory.
        **config: options, see `StaticConfig`.

    Raises:
        TypeError: an option is unknown, or has a value of the wrong type.
        ValueError: `max_age` is negative.
    """
    if not isinstance(root, str | os.PathLike):
        raise TypeError(f"expected the path of a directory as `root`, got {root!r}")
    return _Directory(Path(root), _parse_config(config))


@dataclass(frozen=True, slots=True)
class _Options:
    """The configuration with its defaults, checked."""

    max_age: int | None = None
    immutable: bool = True
    precompressed: bool = True
    html: bool = False
    security: SecurityHeaders = DEFAULT_SECURITY


@dataclass(frozen=True, slots=True)
class _Found:
    """What a path leads to: a file, or the same path with a slash."""

    file: File | None
    is_negotiated: bool = False


def _parse_config(config: StaticConfig) -> _Options:
    values: dict[str, Any] = {**config}
    for name, value in values.items():
        if name not in StaticConfig.__annotations__:
            near = find_near_miss(name, StaticConfig.__annotations__)
            hint = f" Did you mean `{near}`?" if near else ""
            known = ", ".join(f"`{option}`" for option in StaticConfig.__annotations__)
            raise TypeError(f"unknown option `{name}` of `static`: expected {known}.{hint}")
        if name == "max_age":
            _check_max_age(value)
        elif name != "security_headers" and not isinstance(value, bool):
            raise TypeError(f"expected True or False as `{name}` of `static`, got {value!r}")
    security = values.pop("security_headers", True)
    if not isinstance(security, bool | Mapping):
        raise TypeError(
            "expected True, False or a dict of headers as `security_headers` of `static`, got "
            f"{security!r}"
        )
    return _Options(**values, security=compile_security(security))


def _check_max_age(value: object) -> None:
    if value is not None and type(value) is not int:
        raise TypeError(
            f"expected a number of seconds or None as `max_age` of `static`, got {value!r}"
        )
    if value is not None and value < 0:
        raise ValueError(f"expected `max_age` of `static` to be 0 or more, got {value!r}")


class _Directory:
    """Serve a directory."""

    def __init__(self, root: Path, options: _Options) -> None:
        self.root = root
        self.options = options

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        kind = scope["type"]
        if kind == "websocket":  # before it is accepted, the server answers this with 403
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
        elif kind != "http":
            raise ValueError(f"expected the scope 'http' or 'websocket', got {kind!r}")
        elif scope["method"] not in ("GET", "HEAD"):
            error = HTTPError(405, headers={"allow": "GET, HEAD"})
            await _reply(compose_error(error), scope, send)
        else:
            await self.answer(scope, receive, send)

    async def answer(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer GET or HEAD."""
        path = strip_root(scope["path"], scope.get("root_path", ""))
        names = _split(path)
        found = None
        if names is not None:
            accepted = b",".join(v for k, v in scope["headers"] if k == b"accept-encoding")
            found = await run_in_thread(
                self.look_up, names, path.endswith("/"), accepted.decode("latin-1")
            )
        if found is None:
            await _reply(compose_error(HTTPError(404)), scope, send)
        elif found.file is None:
            await _reply(_redirect_to_slash(scope), scope, send)
        else:
            headers = self.make_headers(found.file, is_negotiated=found.is_negotiated)
            await send_file(
                found.file, status=200, headers=headers, scope=scope, receive=receive, send=send
            )

    def look_up(self, names: list[str], has_slash: bool, accepted: str) -> _Found | None:
        """Return what is at a path, `None` for a 404. It blocks."""
        target = self.root.joinpath(*names)
        try:
            if not self.holds(target):
                return None
            if os.path.isdir(target):  # noqa: PTH112 - a name too long is no error to it
                if not self.options.html or self.find(target / INDEX) is None:
                    return None
                return self.negotiate(target / INDEX, accepted) if has_slash else _Found(None)
        except ValueError:  # a name that no file can have
            return None
        return None if has_slash or not names else self.negotiate(target, accepted)

    def negotiate(self, target: Path, accepted: str) -> _Found | None:
        """Return the file, or what it was compressed to if the client takes that."""
        file = self.find(target)
        if file is None:
            return None
        siblings = {
            coding: sibling
            for coding, suffix in (SUFFIXES if self.options.precompressed else {}).items()
            if (sibling := self.find(target.with_name(target.name + suffix))) is not None
        }
        if not siblings:
            return _Found(file)
        coding = choose_coding(accepted, list(siblings))
        if coding is not None:
            file = replace(file, path=siblings[coding].path, encoding=coding)
        return _Found(file, is_negotiated=True)

    def find(self, target: Path) -> File | None:
        file = look_up(target)
        return file if file is not None and self.holds(target) else None

    def holds(self, target: Path) -> bool:
        """Tell if a path, links resolved, lies in the directory, and nothing of it is hidden."""
        root, real = Path(os.path.realpath(self.root)), Path(os.path.realpath(target))
        if not real.is_relative_to(root):
            return False
        return not any(name.startswith(".") for name in real.relative_to(root).parts)

    def make_headers(self, file: File, *, is_negotiated: bool) -> RawHeaders:
        """Return the headers of a file, its content type included."""
        options = self.options
        if options.immutable and has_hash(file.name):
            cache = f"public, max-age={YEAR_SECONDS}, immutable"
        elif options.max_age is None:
            cache = "no-cache"
        else:
            cache = f"public, max-age={options.max_age}"
        headers = [
            (b"content-type", file.content_type.encode("latin-1")),
            (b"cache-control", cache.encode("ascii")),
        ]
        if is_negotiated:
            headers.append((b"vary", b"Accept-Encoding"))
        return secure(headers, options.security)


def _split(path: str) -> list[str] | None:
    """Return the names a path is made of; `None` when one of them is not plain."""
    if len(path) > MAX_PATH:
        return None
    names = path.removeprefix("/").split("/")
    if not names[-1]:  # the path is that of a directory
        names.pop()
    return names if all(map(_is_plain, names)) else None


def _is_plain(name: str) -> bool:
    """Tell if a name may be served: not empty, hidden or special, on any system."""
    return bool(name) and name[0] != "." and name[-1] not in ". " and not has_unsafe(name)


def _redirect_to_slash(scope: "Scope") -> Reply:
    """Return the way to the path of a directory, where its links are right."""
    location = locate_slashed(scope)
    if location is None:
        return compose_error(HTTPError(404))
    return Reply(302, [(b"location", location.encode("ascii")), (b"content-length", b"0")])


async def _reply(reply: Reply, scope: "Scope", send: "Send") -> None:
    pieces = () if scope["method"] == "HEAD" else reply.pieces
    body = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    await send_reply(reply, send, body=body)
