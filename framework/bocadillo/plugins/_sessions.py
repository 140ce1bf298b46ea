"""Sessions: the settings `SESSIONS` and `SECRET_KEY`."""

import inspect
import os

from bocadillo.applications import App
from bocadillo.config import SettingsError

from ._options import check_names

__all__ = ["use_sessions"]


def use_sessions(app: App) -> None:
    """Keep sessions in a signed cookie: `req.session`.

    Settings: `SESSIONS`, `True` or a dict of the options of `SessionMiddleware`; the key is its
    `secret_key`, else the setting `SECRET_KEY`, else the environment variable of that name.

    Raises:
        SettingsError: there is no key, or no such option.
        ImportError: itsdangerous is not installed.
    """
    asked = app.settings.SESSIONS
    if asked is None or asked is False:
        return
    from bocadillo.sessions import SessionMiddleware  # noqa: PLC0415 - it needs itsdangerous

    options = {} if asked is True else dict(asked)
    _, *known = inspect.signature(SessionMiddleware).parameters
    check_names(options, known, setting="SESSIONS")
    if "secret_key" not in options:
        key = app.settings.SECRET_KEY
        options["secret_key"] = os.environ.get("SECRET_KEY") if key is None else key
    if not options["secret_key"]:
        raise SettingsError(
            "setting `SESSIONS` needs a key to sign with: set `SECRET_KEY`, or the environment "
            'variable SECRET_KEY, to a long random text: python -c "import secrets; '
            'print(secrets.token_urlsafe(32))"'
        )
    app.add_middleware(SessionMiddleware, **options)
