"""Names of files, in both directions: told to a client to save under, and told by one.

Source: RFC 6266 (Content-Disposition) and RFC 8187 (`filename*`).
"""

import re
import unicodedata
from urllib.parse import quote

__all__ = ["format_disposition", "safe_filename"]

FALLBACK = "file"
MAX_BYTES = 255  # of a name, in the usual file systems
MAX_SUFFIX_BYTES = 32  # a longer one is no type, but the end of a text with a dot in it

# Control characters; marks that turn the direction of text, which make `gpj.exe` look like
# `exe.jpg`; and lone surrogates, which nothing encodes.
drop_unprintable = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
).sub
replace_reserved = re.compile(r'[<>:"|?*]').sub

# RFC 8187, 3.2.1: what stands for itself in `filename*`, beside letters, digits and `_.-~`.
ATTR_CHARS = "!#$&+^`|"
escape = re.compile(r'(["\\])').sub
BACKSLASHED = r"\\\1"
# RFC 6266, appendix D: what clients read differently inside the quotes.
is_ambiguous = re.compile(r'["\\]|%[0-9A-Fa-f]{2}').search

# The devices of Windows, which no directory and no suffix make a file.
is_device = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\xb9\xb2\xb3])[ ]*(?:\..*)?",
    re.IGNORECASE | re.DOTALL,
).fullmatch


def format_disposition(filename: str, *, is_attachment: bool = True) -> str:
    """Return the Content-Disposition of content that has a name.

    A name beyond ASCII is given twice, for old clients and for all others. Only the last part of
    a path is told.

    Args:
        filename: the name, or a path of either kind.
        is_attachment: whether the content is to be saved, instead of shown.

    Returns:
        `attachment; filename="cafe.txt"; filename*=UTF-8''caf%C3%A9.txt`

    Raises:
        TypeError: the name is not text.
    """
    if not isinstance(filename, str):
        raise TypeError(f"expected the name of a file as str, such as 'a.txt', got {filename!r}")
    name = _last_part(filename)
    if not name.strip("."):
        name = FALLBACK
    ascii_name = _to_ascii(name)
    kind = "attachment" if is_attachment else "inline"
    disposition = f'{kind}; filename="{escape(BACKSLASHED, ascii_name)}"'
    if ascii_name != name or is_ambiguous(name):
        disposition += f"; filename*=UTF-8''{quote(name, safe=ATTR_CHARS)}"
    return disposition


def safe_filename(name: str, fallback: str = FALLBACK) -> str:
    """Return a name that a client gave as one that is safe to save under, on any system.

    It is never a path, never hidden, never a device, and fits into 255 bytes; two names may
    become the same. Safe names stay as they are.

    Args:
        name: what the client said.
        fallback: what to return when nothing of the name is left.

    Returns:
        `"passwd"` for `"../../etc/passwd"`, `"_NUL.txt"` for `"NUL.txt"`.

    Raises:
        TypeError: the name is not text.
    """
    if not isinstance(name, str):
        raise TypeError(f"expected the name of a file as str, such as 'a.txt', got {name!r}")
    name = unicodedata.normalize("NFC", _last_part(name))
    name = replace_reserved("_", name).lstrip(". ").rstrip(". ")
    if is_device(name):
        name = f"_{name}"
    return _shorten(name).rstrip(". ") or fallback


def _last_part(path: str) -> str:
    """Return what follows the last separator of any system, without what cannot be printed."""
    return drop_unprintable("", re.split(r"[/\\]", path)[-1]).strip()


def _to_ascii(name: str) -> str:
    """Return a name with accents left out, and an underscore for what has no likeness in ASCII."""
    decomposed = unicodedata.normalize("NFKD", name)
    bare = (char for char in decomposed if not unicodedata.combining(char))
    likeness = "".join(char if " " <= char <= "~" else "_" for char in bare)
    return re.sub(r"[/\\]", "_", likeness) or FALLBACK  # slashes come from wide ones


def _shorten(name: str) -> str:
    """Cut a name to what file systems take, and keep its suffix."""
    encoded = name.encode()
    if len(encoded) <= MAX_BYTES:
        return name
    dot = encoded.rfind(b".")
    suffix = encoded[dot:] if dot > 0 and len(encoded) - dot <= MAX_SUFFIX_BYTES else b""
    stem = encoded[: MAX_BYTES - len(suffix)].decode(errors="ignore")
    return stem.rstrip(". ") + suffix.decode()
