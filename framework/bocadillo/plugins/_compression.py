"""Compression of responses: the settings `GZIP`, `COMPRESSION` and `GZIP_MIN_SIZE`."""

from bocadillo.applications import App

from ._options import check_names

__all__ = ["use_compression"]


def use_compression(app: App) -> None:
    """Compress responses for the clients that can read them so.

    Settings: `GZIP=True` for gzip, `COMPRESSION` for a list of `"zstd"`, `"br"` and `"gzip"`, or
    `True` for all three; `GZIP_MIN_SIZE`, the size in bytes from which they are compressed. A
    client gets the coding it likes best, of several the first in this order.

    Raises:
        SettingsError: there is no such coding.
        ImportError: the package of a coding is not installed.
    """
    asked = app.settings.COMPRESSION
    if not asked and not app.settings.GZIP:
        return
    from bocadillo.middleware._codings import CODINGS, load_coding  # noqa: PLC0415 - few ask
    from bocadillo.middleware._compression import CompressionMiddleware  # noqa: PLC0415 - only if asked for

    names = set(CODINGS) if asked is True else set(asked or ())
    check_names(names, CODINGS, setting="COMPRESSION")
    if app.settings.GZIP:
        names.add("gzip")
    codings = tuple(coding for coding in CODINGS if coding in names)
    for coding in codings:
        load_coding(coding)  # what is not installed is told here, not by the first request
    minimum_size = app.settings.GZIP_MIN_SIZE
    app.add_middleware(CompressionMiddleware, codings=codings, minimum_size=minimum_size)
