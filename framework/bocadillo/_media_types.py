"""The media types of files, told by their names: the same on every machine."""

from functools import cache
from mimetypes import MimeTypes

__all__ = ["guess_content_type"]

BINARY = "application/octet-stream"

# What the standard library of some supported Python does not know, or tells otherwise.
TYPES = {
    ".avif": "image/avif",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}

# A compressed file is sent as it is: for the client it is an archive.
ARCHIVES = {
    "bzip2": "application/x-bzip2",
    "gzip": "application/gzip",
    "xz": "application/x-xz",
}


def guess_content_type(name: str) -> str:
    """Return the content type of a file by its name.

    It may read files the first time: call it in a thread.

    Returns:
        `"text/css; charset=utf-8"` for `"style.css"`; `"application/octet-stream"` for what
        nobody knows.
    """
    media_type, encoding = _known_types().guess_type(f"/{name}")
    if encoding is not None:
        return ARCHIVES.get(encoding, BINARY)
    if media_type is None:
        return BINARY
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


@cache
def _known_types() -> MimeTypes:
    """Return the table, without what the machine's own files and registry say."""
    types = MimeTypes()
    for suffix, media_type in TYPES.items():
        types.add_type(media_type, suffix)
    return types
