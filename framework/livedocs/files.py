"""Bytes as text: how the files of an example and the bodies of messages are carried.

Text is itself. A byte that is no UTF-8 becomes a lone surrogate, which survives Python, JSON and
JavaScript, and comes back as the same byte. Source: PEP 383.
"""

import re
from collections.abc import Mapping
from pathlib import Path

BYTE = re.compile("[\udc80-\udcff]")


def to_text(data: bytes) -> str:
    r"""Return bytes as text.

    >>> to_text(b"caf\xc3\xa9 \xff")
    'café \udcff'
    """
    return data.decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    """Return the bytes that `to_text` made text of."""
    return text.encode("utf-8", "surrogateescape")


def is_text(text: str) -> bool:
    """Tell whether there is nothing in it but text."""
    return BYTE.search(text) is None


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write an example's files into a folder, with the folders that they stand in."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(to_bytes(text))
