"""Giving an application its settings, and what they ask for."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .applications import App
from .config import Settings, SettingsError, contexts, is_setting_name
from .plugins import BUILTIN_PLUGINS

__all__ = ["configure"]


def configure(app: App, settings: object = None, **kwargs: Any) -> App:
    """Give an application its settings, and call the plugins: `configure(app, debug=True)`.

    Args:
        app: the application, not configured yet.
        settings: an object or a module whose attributes with an upper-case name are settings.
        **kwargs: settings by their names in any case; they win over those of the object.

    Returns:
        The application.

    Raises:
        RuntimeError: the application is configured already, or has started.
        SettingsError: a setting cannot have its value.
        TypeError: `app` is no application, or `settings` no object with attributes.
        ImportError: a setting asks for a package that is not installed.

    Warns:
        UserWarning: a setting is not known, but looks like one that is.
    """
    if not isinstance(app, App):
        raise TypeError(
            f"expected an App to configure, got {app!r}: `configure(app, settings, debug=True)`"
        )
    if app.settings.is_configured:
        raise RuntimeError(
            "the application is configured already: call `configure(app, ...)` once, with all of "
            "its settings"
        )
    configured = Settings({**_read_object(settings), **_read_keywords(kwargs)})
    plugins = list(_choose_plugins(configured))
    app.settings = configured
    with contexts.serving(configured):
        for plugin in (*BUILTIN_PLUGINS, *plugins):
            plugin(app)
    contexts.add(configured)
    return app


def _read_object(settings: object) -> dict[str, Any]:
    if isinstance(settings, Mapping | str):
        cure = "import the module" if isinstance(settings, str) else "pass **{...} for a dict"
        raise TypeError(
            f"expected settings as an object or a module, got a {type(settings).__name__}: {cure}"
        )
    return {name: getattr(settings, name) for name in dir(settings) if is_setting_name(name)}


def _read_keywords(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    for name in kwargs:
        if not is_setting_name(name.upper()):
            raise SettingsError(f"expected the name of a setting, such as `debug`, got {name!r}")
    return {name.upper(): value for name, value in kwargs.items()}


def _choose_plugins(settings: Settings) -> Iterator[Callable[[App], object]]:
    """Yield the plugins of the setting PLUGINS whose condition holds."""
    for entry in settings.PLUGINS:
        items = entry.items() if isinstance(entry, Mapping) else [(entry, True)]
        for plugin, condition in items:
            if not callable(plugin) or inspect.iscoroutinefunction(plugin):
                raise SettingsError(
                    "setting `PLUGINS` expects functions, `def use_it(app)`, or dicts of such a "
                    f"function and its condition, got {plugin!r}"
                )
            if condition(settings) if callable(condition) else condition:
                yield plugin
