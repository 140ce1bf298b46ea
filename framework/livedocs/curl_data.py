"""Make the bodies that curl makes: of `-d` and its kin, of `--json`, of `-F`.

Source: curl's manual; RFC 7578 for forms with files.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from urllib.parse import quote_plus

from livedocs.errors import MarkupError, did_you_mean

Given = list[tuple[str, str]]
DATA = ("data", "data-raw", "data-binary", "data-urlencode")
BOUNDARY = "------------------------livedocs"  # curl draws a number
# What curl takes a file for, by the end of its name; everything else is bytes.
TYPES = {
    ".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
    ".svg": "image/svg+xml", ".txt": "text/plain", ".htm": "text/html", ".html": "text/html",
    ".pdf": "application/pdf", ".xml": "application/xml",
}  # fmt: skip
FIELD = re.compile(r"(?P<name>[^=]+)=(?P<value>.*)$", re.DOTALL)
OPTION = re.compile(r";\s*(?P<name>type|filename)=(?P<value>[^;]*)")


def make_body(kind: str, given: Given, *, files: Mapping[str, str], line: int) -> str:
    """Return the body of a command.

    Args:
        kind: `data`, `json` or `form`; empty: there is none.
        given: The options that make it, with their values, in order.
        files: The files of the example, for what begins with `@`.
        line: 1-based line of the page, for errors.

    Raises:
        MarkupError: A value cannot be read, or names a file that the example lacks.
    """
    if kind == "form":
        parts = [_form_part(value, files=files, line=line) for _, value in given]
        return "".join(parts) + f"--{BOUNDARY}--\r\n"
    if kind == "json":
        return "".join(_json(value, files=files, line=line) for _, value in given)
    return "&".join(_data(name, value, files=files, line=line) for name, value in given)


def content_type(kind: str) -> str:
    """Return the content type that goes with a kind of body."""
    types = {"form": f"multipart/form-data; boundary={BOUNDARY}", "json": "application/json"}
    return types.get(kind, "application/x-www-form-urlencoded")


def _read(path: str, *, files: Mapping[str, str], line: int) -> str:
    if path not in files:
        known = ", ".join(sorted(files))
        raise MarkupError(
            f"the example has no file {path!r} (it has: {known}). Show it above this block, as in "
            f'```text file="{path}"`.{did_you_mean(path, files)}',
            line,
        )
    return files[path]


def _data(name: str, value: str, *, files: Mapping[str, str], line: int) -> str:
    if name == "data-urlencode":
        return _encoded(value, files=files, line=line)
    if name == "data-raw" or not value.startswith("@"):
        return value
    text = _read(value[1:], files=files, line=line)
    return text if name == "data-binary" else re.sub(r"[\r\n]", "", text)


def _encoded(value: str, *, files: Mapping[str, str], line: int) -> str:
    sign = next((letter for letter in value if letter in "=@"), "")
    name, _, content = value.partition(sign) if sign else ("", "", value)
    text = _read(content, files=files, line=line) if sign == "@" else content
    encoded = quote_plus(text, errors="surrogateescape")
    return f"{name}={encoded}" if name else encoded


def _json(value: str, *, files: Mapping[str, str], line: int) -> str:
    text = _read(value[1:], files=files, line=line) if value.startswith("@") else value
    try:
        json.loads(text)
    except ValueError as error:
        raise MarkupError(f"the body of --json is no JSON: {error}: {text!r}.", line) from None
    return text


def _form_part(value: str, *, files: Mapping[str, str], line: int) -> str:
    found = FIELD.match(value)
    if found is None:
        raise MarkupError(
            f"expected a field such as `-F name=value` or `-F name=@file`, got {value!r}.", line
        )
    content, sign = found["value"], found["value"][:1]
    options = {option["name"]: option["value"] for option in OPTION.finditer(content)}
    content = OPTION.sub("", content)
    head = f'Content-Disposition: form-data; name="{found["name"]}"'
    kind = options.get("type")
    if sign and sign in "@<":
        path = content[1:]
        content = _read(path, files=files, line=line)
        if sign == "@":
            filename = options.get("filename", PurePosixPath(path).name)
            head += f'; filename="{filename}"'
            kind = kind or TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")
    lines: Iterable[str] = [f"--{BOUNDARY}", head, *([f"Content-Type: {kind}"] if kind else [])]
    return "".join(f"{text}\r\n" for text in [*lines, "", content])
