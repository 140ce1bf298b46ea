"""The settings the framework knows, as data: their type, their default, what they do.

The table is checked against when an application is configured, and the reference page of the
settings is made of it.
"""

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = ["KNOWN_SETTINGS", "KnownSetting", "is_of_type"]


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_int(value) or isinstance(value, float)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


# A type is written as `KIND or KIND`, for people and for the check alike.
KINDS: dict[str, Callable[[Any], bool]] = {
    "bool": lambda value: isinstance(value, bool),
    "dict": lambda value: isinstance(value, Mapping),
    "int ≥ 0": lambda value: _is_int(value) and value >= 0,
    "list": _is_list,
    "list of str": lambda value: _is_list(value) and all(isinstance(item, str) for item in value),
    "None": lambda value: value is None,
    "number ≥ 0": lambda value: _is_number(value) and value >= 0,
    "number > 0": lambda value: _is_number(value) and value > 0,
    "path": lambda value: isinstance(value, str | os.PathLike),
    "str": lambda value: isinstance(value, str),
}


def is_of_type(value: object, written: str) -> bool:
    """Tell whether a value is of a type that is written as in the table."""
    return any(KINDS[kind](value) for kind in written.split(" or "))


class KnownSetting(NamedTuple):
    """Describe a setting.

    Args:
        name: in upper case.
        type: the kinds of value it takes, such as `int ≥ 0 or None`.
        default: its value unless it is set.
        description: one sentence, in Markdown.
        is_secret: whether its value must not be shown, in an error message either.
    """

    name: str
    type: str
    default: Any
    description: str
    is_secret: bool = False

    def accepts(self, value: object) -> bool:
        """Tell whether the setting can have a value."""
        return is_of_type(value, self.type)


KNOWN_SETTINGS: dict[str, KnownSetting] = {
    known.name: known
    for known in (
        KnownSetting(
            "ALLOWED_HOSTS", "list of str or None", None,
            "The hosts that requests may name, such as `example.com` or `*.example.com`; others "
            "are answered 400. `None` and `*`: any host.",
        ),
        KnownSetting(
            "BODY_TIMEOUT", "number > 0 or None", 20.0,
            "The seconds a client may stay silent while it sends a body, before it gets a 408. "
            "`None`: any time.",
        ),
        KnownSetting(
            "COMPRESSION", "bool or list of str or None", None,
            "Compress responses: `True`, or a list of `zstd`, `br` and `gzip`.",
        ),
        KnownSetting(
            "CORS", "bool or dict or None", None,
            "Let pages of other origins read responses: the options in a dict, or `True` for "
            "`DEFAULT_CORS_CONFIG`, which allows no origin.",
        ),
        KnownSetting(
            "DEBUG", "bool", False,
            "Show tracebacks in the response to an error. Never on a public server.",
        ),
        KnownSetting(
            "DRAIN_GRACE", "number ≥ 0", 10.0,
            "The seconds that open streams have to end, when the application is told to stop, "
            "before they are cancelled.",
        ),
        KnownSetting(
            "GZIP", "bool", False,
            "Compress responses with gzip.",
        ),
        KnownSetting(
            "GZIP_MIN_SIZE", "int ≥ 0", 1024,
            "The size in bytes from which a response is compressed, with gzip or another coding.",
        ),
        KnownSetting(
            "HSTS", "bool or dict or None", None,
            "Tell browsers to use https only (Strict-Transport-Security): `max_age`, "
            "`include_subdomains`, `preload`. `True`: for a year, and redirect to https too.",
        ),
        KnownSetting(
            "HTTPS_REDIRECT", "bool or None", None,
            "Redirect http requests to https. `None`: only if `HSTS` is `True`.",
        ),
        KnownSetting(
            "MAX_BODY_SIZE", "int ≥ 0 or None", 10 * 1024 * 1024,
            "The bytes the body of a request may have, before it gets a 413. `None`: any number.",
        ),
        KnownSetting(
            "PLUGINS", "list", (),
            "Plugins to call: functions that take the application, or dicts of such functions "
            "and the condition of each.",
        ),
        KnownSetting(
            "PROVIDER_MODULES", "list of str or None", None,
            "Modules that define providers, by their dotted names.",
        ),
        KnownSetting(
            "REDIRECT_TRAILING_SLASH", "bool", True,
            "Redirect `/path` to `/path/` when only the latter is a route.",
        ),
        KnownSetting(
            "SECRET_KEY", "str or list of str or None", None,
            "The key that signs sessions, or a list of keys: the first signs, all are accepted. "
            "`None`: that of the environment variable `SECRET_KEY`.",
            is_secret=True,
        ),
        KnownSetting(
            "SECURITY_HEADERS", "bool or dict", True,
            "Send the security headers: `False` for none, or a dict of headers to add, replace, "
            "or (`None`) leave out.",
        ),
        KnownSetting(
            "SESSIONS", "bool or dict or None", None,
            "Keep sessions in a signed cookie: `True`, or the options in a dict.",
            is_secret=True,
        ),
        KnownSetting(
            "STATIC_CONFIG", "dict", MappingProxyType({}),
            "Options of `static` for the directory of static files.",
        ),
        KnownSetting(
            "STATIC_DIR", "path or None", "static",
            "The directory of static files; the default one is served if it is there when the "
            "application is configured. `None`: no static files.",
        ),
        KnownSetting(
            "STATIC_ROOT", "str", "static",
            "The path that static files are served under.",
        ),
        KnownSetting(
            "WEBSOCKET_ORIGINS", "list of str or None", None,
            "The origins of the pages that may open a WebSocket, beside those of the same host and "
            "those that `CORS` names; `*` stands for any.",
        ),
    )
}  # fmt: skip
"""Every known setting by its name."""
