"""From http to https: the settings `HTTPS_REDIRECT` and `HSTS`."""

from bocadillo.applications import App
from bocadillo.config import SettingsError

from ._options import check_options

__all__ = ["use_hsts", "use_https_redirect"]

TYPES = {"max_age": "int ≥ 0", "include_subdomains": "bool", "preload": "bool"}
YEAR_SECONDS = 31_536_000


def use_hsts(app: App) -> None:
    """Tell browsers to use https only (Strict-Transport-Security).

    Settings: `HSTS`, a dict of `max_age` in seconds (a year by default), `include_subdomains`
    and `preload`. `HSTS=True` is for a year, and redirects to https unless
    `HTTPS_REDIRECT=False`.

    Raises:
        SettingsError: there is no such option, or the preload lists would not take it.
    """
    asked = app.settings.HSTS
    if asked is None or asked is False:
        return
    from bocadillo.middleware._https import HSTSMiddleware  # noqa: PLC0415 - few ask for it

    options = {"max_age": YEAR_SECONDS, **({} if asked is True else asked)}
    check_options(options, TYPES, setting="HSTS")
    if options.get("preload") and not (
        options.get("include_subdomains") and options["max_age"] >= YEAR_SECONDS
    ):
        raise SettingsError(
            "setting `HSTS` asks for 'preload', which needs 'include_subdomains' and a "
            f"'max_age' of {YEAR_SECONDS} seconds at least, got {dict(asked)!r}"
        )
    app.add_middleware(HSTSMiddleware, **options)


def use_https_redirect(app: App) -> None:
    """Redirect http requests to https, and deny WebSockets that are not encrypted.

    Settings: `HTTPS_REDIRECT`; unless it is set, `HSTS=True` redirects too, as it always did.
    """
    asked = app.settings.HTTPS_REDIRECT
    if asked or (asked is None and app.settings.HSTS is True):
        from bocadillo.middleware._https import HTTPSRedirectMiddleware  # noqa: PLC0415 - only if asked for

        app.add_middleware(HTTPSRedirectMiddleware)
