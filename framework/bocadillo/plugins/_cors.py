"""Cross-origin resource sharing: the setting `CORS`."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from bocadillo._origins import parse_origins
from bocadillo.applications import App
from bocadillo.config import SettingsError
from bocadillo.constants import DEFAULT_CORS_CONFIG

from ._options import check_options

__all__ = ["use_cors"]

logger = logging.getLogger("bocadillo")

TYPES = {
    "allow_origins": "list of str",
    "allow_methods": "list of str",
    "allow_headers": "list of str",
    "allow_credentials": "bool",
    "allow_origin_regex": "str or None",
    "allow_private_network": "bool",
    "expose_headers": "list of str",
    "max_age": "int ≥ 0",
}

# Nobody's origins: what matches them matches everybody's.
STRANGERS = ("https://stranger.invalid", "http://stranger.invalid", "null")


def use_cors(app: App) -> None:
    """Let pages of other origins read responses.

    Settings: `CORS`, a dict of the options of `DEFAULT_CORS_CONFIG` that differ, such as
    `{"allow_origins": ["https://app.example.com"]}`; or `True` for the default, which allows
    no origin.

    Raises:
        SettingsError: there is no such option, an origin could never match, or every site
            could make requests with the visitor's credentials.
    """
    asked = app.settings.CORS
    if asked is None or asked is False:
        return
    from bocadillo.middleware._cors import CORSMiddleware  # noqa: PLC0415 - few ask for it

    options = {**DEFAULT_CORS_CONFIG, **({} if asked is True else asked)}
    check_options(options, TYPES, setting="CORS")
    for origin in options["allow_origins"]:
        _check_origin(origin)
    _check_regex(options["allow_origin_regex"])
    _check_credentials(options)
    options["allow_methods"] = [method.upper() for method in options["allow_methods"]]
    app.add_middleware(CORSMiddleware, **options)


def _check_origin(origin: str) -> None:
    if origin in ("*", "null"):
        return
    if "*" in origin:
        raise SettingsError(
            f"setting `CORS` compares origins letter by letter: {origin!r} matches none. Write "
            "`allow_origin_regex` for a pattern."
        )
    if "://" not in origin:
        logger.warning("CORS: the origin %r has no scheme: no browser sends it", origin)
        return
    try:
        parse_origins([origin])
    except ValueError as error:
        raise SettingsError(f"setting `CORS`: {error}") from None


def _check_regex(regex: str | None) -> None:
    try:
        re.compile(regex or "")
    except re.error as error:
        raise SettingsError(
            f"setting `CORS` expects a regular expression as 'allow_origin_regex', got {regex!r}: "
            f"{error}"
        ) from None


def _check_credentials(options: Mapping[str, Any]) -> None:
    """Refuse to give any site what is meant for the visitor alone."""
    if not options["allow_credentials"]:
        return
    origins, regex = options["allow_origins"], options["allow_origin_regex"]
    for open_origin in ("*", "null"):
        if open_origin in origins:
            raise SettingsError(
                f"setting `CORS` allows the origin {open_origin!r} with credentials: any site "
                "could read what is meant for the visitor. Name the origins, or leave out "
                "'allow_credentials'."
            )
    if regex is not None and any(re.fullmatch(regex, stranger) for stranger in STRANGERS):
        raise SettingsError(
            f"setting `CORS` allows every origin with credentials: 'allow_origin_regex' {regex!r} "
            "matches any. Name the host in it, or leave out 'allow_credentials'."
        )
