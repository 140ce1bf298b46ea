"""The table of settings as Markdown, made of what the framework checks them against."""

from collections.abc import Mapping

from bocadillo._known_settings import KNOWN_SETTINGS, KnownSetting

# The page of the guide where a setting is explained; the others are in its page on settings.
PAGES = {
    page: names.split()
    for page, names in {
        "errors": "DEBUG",
        "plugins": "ALLOWED_HOSTS COMPRESSION CORS GZIP GZIP_MIN_SIZE HSTS HTTPS_REDIRECT PLUGINS",
        "providers": "PROVIDER_MODULES",
        "requests": "BODY_TIMEOUT MAX_BODY_SIZE",
        "responses": "SECURITY_HEADERS",
        "routing": "REDIRECT_TRAILING_SLASH",
        "sessions": "SECRET_KEY SESSIONS",
        "static-files": "STATIC_CONFIG STATIC_DIR STATIC_ROOT",
        "websockets": "WEBSOCKET_ORIGINS",
    }.items()
}
PAGE_OF = {name: page for page, names in PAGES.items() for name in names}


def format_settings() -> str:
    """Return a table of all settings, then a section on each."""
    rows = ["| Setting | Type | Default |", "|---|---|---|"]
    rows += [
        f"| [`{known.name}`](#{known.name.lower()}) | {known.type} | `{default_of(known)}` |"
        for known in KNOWN_SETTINGS.values()
    ]
    return "\n".join([*rows, "", *map(_section, KNOWN_SETTINGS.values())])


def _section(known: KnownSetting) -> str:
    page = PAGE_OF.get(known.name, "configuration")
    return (
        f"## `{known.name}` {{ #{known.name.lower()} }}\n\n{known.description}\n\n"
        f"Type: {known.type}. Default: `{default_of(known)}`. "
        f"[More in the guide](../guide/{page}.md).\n"
    )


def default_of(known: KnownSetting) -> str:
    """Return the default of a setting as Python writes it."""
    default = dict(known.default) if isinstance(known.default, Mapping) else known.default
    return repr(default)
