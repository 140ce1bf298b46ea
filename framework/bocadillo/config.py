"""Settings: those of each application, and those of the application being served."""

import warnings
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Never

from ._known_settings import KNOWN_SETTINGS
from ._near_misses import find_near_miss

__all__ = [
    "Contexts",
    "CurrentSettings",
    "Settings",
    "SettingsError",
    "contexts",
    "is_setting_name",
    "settings",
]


class SettingsError(Exception):
    """Tell that a setting is missing, or has a value that it cannot have."""


class MissingSetting(SettingsError, AttributeError):  # noqa: N818 - users catch its base
    """Tell that there is no such setting, so that `hasattr` and `getattr` work."""


class Settings:
    """Hold the settings of an application, by their upper-case names.

    A setting is read as an attribute, `settings.DEBUG`, or with `settings.get("DEBUG")`. Known
    settings always have a value, their default unless they are set. The values are those given
    when the application was configured, and do not change.

    Args:
        values: the settings by name; without them, those of an application not configured.

    Raises:
        SettingsError: the value of a known setting is not of its type.

    Warns:
        UserWarning: a name is not known, but looks like one that is.
    """

    __slots__ = ("__weakref__", "_values", "is_configured")

    is_configured: bool
    """Whether `configure` has made them, or they are the defaults."""
    _values: dict[str, Any]

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        given = dict(values or {})
        for name, value in given.items():
            _check(name, value)
        object.__setattr__(self, "is_configured", values is not None)
        object.__setattr__(self, "_values", given)

    def __getattr__(self, name: str) -> Any:
        if not is_setting_name(name):
            _refuse_lower_case(name)
        if name in self._values:
            return self._values[name]
        if name in KNOWN_SETTINGS:
            return KNOWN_SETTINGS[name].default
        near = find_near_miss(name, self)
        cure = f"Did you mean `{near}`?" if near else f"Pass it to `configure`: {name.lower()}=…"
        raise MissingSetting(f"there is no setting `{name}`. {cure}")

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(
            f"cannot set `{name}`: settings do not change once the application is configured. "
            f"Pass it to `configure`: {name.lower()}=…"
        )

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a setting, or `default` if there is no such setting."""
        return getattr(self, name) if name in self else default

    def __contains__(self, name: object) -> bool:
        return name in self._values or name in KNOWN_SETTINGS

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the settings, sorted."""
        return iter(sorted({*KNOWN_SETTINGS, *self._values}))

    def __dir__(self) -> list[str]:
        return sorted(["get", "is_configured", *self._values])

    def __repr__(self) -> str:
        # Names only: values are secrets, some of them.
        return f"<Settings: {', '.join(sorted(self._values)) or 'defaults'}>"


def is_setting_name(name: str) -> bool:
    """Tell whether a name can be that of a setting."""
    return name.isupper() and not name.startswith("_")


def _refuse_lower_case(name: str) -> Never:
    known = name.upper() in KNOWN_SETTINGS
    hint = f"Did you mean `{name.upper()}`?" if known else "The names of settings are upper-case."
    raise AttributeError(f"settings have no attribute {name!r}. {hint}")


def _check(name: str, value: object) -> None:
    known = KNOWN_SETTINGS.get(name)
    if known is None:
        # Close ones only: an application may have settings of its own.
        near = find_near_miss(name, KNOWN_SETTINGS, cutoff=0.85)
        if near is not None:
            message = f"unknown setting `{name}`: did you mean `{near}`?"
            warnings.warn(message, UserWarning, stacklevel=4)
    elif not known.accepts(value):
        got = f"a value of type `{type(value).__name__}`" if known.is_secret else repr(value)
        raise SettingsError(
            f"setting `{name}` expects {known.type}, got {got}. {known.description}"
        )


class Contexts:
    """Know the settings of the application being served, and of those configured so far.

    While one application is configured, its settings are the current ones everywhere, and
    serving a request costs nothing. With several, a request is served inside of `serving`.
    """

    def __init__(self) -> None:
        self.several = False
        """Whether two or more configured applications are alive."""
        self._configured: list[weakref.ref[Settings]] = []
        self._serving: ContextVar[Settings | None] = ContextVar("serving", default=None)

    def add(self, configured: Settings) -> None:
        """Note the settings of an application that has been configured."""
        self._configured.append(weakref.ref(configured, self._forget))
        self.several = len(self._configured) > 1

    def _forget(self, gone: "weakref.ref[Settings]") -> None:
        self._configured = [reference for reference in self._configured if reference is not gone]
        self.several = len(self._configured) > 1

    @contextmanager
    def serving(self, served: Settings) -> Iterator[None]:
        """Make settings the current ones in this task, and in those it starts."""
        token = self._serving.set(served)
        try:
            yield
        finally:
            self._serving.reset(token)

    @property
    def current(self) -> Settings | None:
        """The settings of the application being served, else of the one configured last."""
        served = self._serving.get()
        if served is None and self._configured:
            return self._configured[-1]()
        return served


class CurrentSettings:
    """Give the settings of the application being served, else of the one configured last.

    It reads like `Settings`. Before any application is configured there is nothing to read.

    Raises:
        SettingsError: no application is configured yet.
    """

    __slots__ = ()

    @property
    def is_configured(self) -> bool:
        """Whether there are settings to read."""
        return contexts.current is not None

    def __getattr__(self, name: str) -> Any:
        if not is_setting_name(name):
            _refuse_lower_case(name)
        return getattr(_current(name), name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a setting, or `default` if there is no such setting."""
        return _current(name).get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in _current(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_current())

    def __dir__(self) -> list[str]:
        return dir(contexts.current or Settings())

    def __repr__(self) -> str:
        current = contexts.current
        return "<Settings: not configured>" if current is None else repr(current)


def _current(name: object = None) -> Settings:
    current = contexts.current
    if current is None:
        what = "a list of all settings" if name is None else f"setting `{name}`"
        raise SettingsError(
            f"{what} is asked for before any application is configured. "
            "Call `configure(app)` first, or read `app.settings`."
        )
    return current


contexts = Contexts()
"""The settings that are in force, and where."""
settings = CurrentSettings()
"""The settings of the application being served, else of the one configured last."""
