"""Content codings: which one a client wants, and what compresses with it.

Source: RFC 9110, sections 8.4.1 (codings) and 12.5.3 (Accept-Encoding); RFC 1952 (gzip), RFC 7932
(br), RFC 8878 and RFC 9659 (zstd).
"""

import re
import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

__all__ = ["CODINGS", "Encoder", "choose_coding", "load_coding"]

CODINGS = ("zstd", "br", "gzip")
"""The codings there are, the best one first."""

# Speed before size: a response is compressed once, and read once.
BROTLI_QUALITY, GZIP_LEVEL, ZSTD_LEVEL = 4, 6, 3

ALIASES = {"x-gzip": "gzip"}
parse_weight = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE).fullmatch


def choose_coding(accepted: str, offered: Sequence[str]) -> str | None:
    """Return the coding a client likes best; the first one offered of those it likes as much.

    Args:
        accepted: the value of `Accept-Encoding`, such as `br, gzip;q=0.5`.
        offered: the codings there are.

    Returns:
        `None` to send the content as it is.
    """
    weights = _parse_weights(accepted)
    others = weights.get("*", 0.0)
    best = max(offered, key=lambda coding: weights.get(coding, others))
    weight = weights.get(best, others)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None


def _parse_weights(accepted: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for item in accepted.split(","):
        name, *parameters = (part.strip() for part in item.lower().split(";"))
        weight = parse_weight(parameters[0]) if parameters else None
        if name and (weight or not parameters):
            weights[ALIASES.get(name, name)] = float(weight[1]) if weight else 1.0
    return weights


class Encoder(Protocol):
    """Compress one response."""

    def encode(self, data: bytes, *, is_last: bool) -> bytes:
        """Return what is to be sent for a chunk: enough for the client to read all of it."""


class _Gzip:
    def __init__(self) -> None:
        self._deflate = zlib.compressobj(GZIP_LEVEL, wbits=16 + zlib.MAX_WBITS)

    def encode(self, data: bytes, *, is_last: bool) -> bytes:
        mode = zlib.Z_FINISH if is_last else zlib.Z_SYNC_FLUSH
        return self._deflate.compress(data) + self._deflate.flush(mode)


def _load_gzip() -> Callable[[], Encoder]:
    return _Gzip


def _load_brotli() -> Callable[[], Encoder]:
    import brotli  # noqa: PLC0415 - optional

    class Brotli:
        def __init__(self) -> None:
            self._compressor = brotli.Compressor(quality=BROTLI_QUALITY)

        def encode(self, data: bytes, *, is_last: bool) -> bytes:
            start: bytes = self._compressor.process(data)
            end: bytes = self._compressor.finish() if is_last else self._compressor.flush()
            return start + end

    return Brotli


def _load_zstd() -> Callable[[], Encoder]:
    import zstandard  # noqa: PLC0415 - optional

    class Zstd:
        def __init__(self) -> None:
            # At this level the window is below the 8 MiB that browsers accept.
            self._compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()

        def encode(self, data: bytes, *, is_last: bool) -> bytes:
            finish, block = zstandard.COMPRESSOBJ_FLUSH_FINISH, zstandard.COMPRESSOBJ_FLUSH_BLOCK
            start = self._compressor.compress(data)
            return start + self._compressor.flush(finish if is_last else block)

    return Zstd


LOADERS = {"br": _load_brotli, "gzip": _load_gzip, "zstd": _load_zstd}


def load_coding(coding: str) -> Callable[[], Encoder]:
    """Return what makes the encoders of a coding.

    Raises:
        ImportError: its package is not installed.
    """
    try:
        return LOADERS[coding]()
    except ImportError as error:
        raise ImportError(
            f"the coding {coding!r} needs the package {error.name}, which is not installed: "
            'pip install "bocadillo[compression]"'
        ) from error
