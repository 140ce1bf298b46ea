"""Static files: the settings `STATIC_DIR`, `STATIC_ROOT` and `STATIC_CONFIG`."""

from pathlib import Path

from bocadillo._known_settings import KNOWN_SETTINGS
from bocadillo.applications import App
from bocadillo.config import SettingsError

__all__ = ["use_staticfiles"]


def use_staticfiles(app: App) -> None:
    """Serve a directory of files.

    Settings: `STATIC_DIR`, `static` by default, relative to the working directory; `STATIC_ROOT`,
    the path it is served under, `static` by default; `STATIC_CONFIG`, options of `static`.
    `STATIC_DIR=None` turns it off. The default directory is served only if it is there when the
    application is configured: an application without static files gets no route for them.

    The mount is named `static`: `url_for("static", path="style.css")`.

    Raises:
        SettingsError: an option is unknown, or cannot have its value.
    """
    directory = app.settings.STATIC_DIR
    is_default = directory == KNOWN_SETTINGS["STATIC_DIR"].default
    if directory is None or (is_default and not Path(directory).is_dir()):
        return
    from bocadillo._static import static  # noqa: PLC0415 - most applications have no such files

    try:
        config = {
            "security_headers": app.settings.SECURITY_HEADERS,
            **app.settings.STATIC_CONFIG,
        }
        files = static(directory, **config)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"setting `STATIC_CONFIG`: {error}") from None
    app.mount(app.settings.STATIC_ROOT, files, name="static")
