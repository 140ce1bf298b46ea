"""Settings that are a dict of options: checking their names and types."""

from collections.abc import Iterable, Mapping
from typing import Any

from bocadillo._known_settings import is_of_type
from bocadillo._near_misses import find_near_miss
from bocadillo.config import SettingsError

__all__ = ["check_names", "check_options"]


def check_names(names: Iterable[str], known: Iterable[str], *, setting: str) -> None:
    """Check that a setting has no other names than those known.

    Raises:
        SettingsError: there is one.
    """
    known = sorted(known)
    for name in names:
        if name not in known:
            near = find_near_miss(str(name), known)
            cure = f"Did you mean {near!r}?" if near else f"Expected one of {', '.join(known)}."
            raise SettingsError(f"setting `{setting}` has no {name!r}. {cure}")


def check_options(options: Mapping[str, Any], types: Mapping[str, str], *, setting: str) -> None:
    """Check the names and the values of options.

    Args:
        options: the value of the setting.
        types: the type of each option, written as in the table of settings.
        setting: its name.

    Raises:
        SettingsError: there is no such option, or its value is of another type.
    """
    check_names(options, types, setting=setting)
    for name, value in options.items():
        if not is_of_type(value, types[name]):
            raise SettingsError(
                f"setting `{setting}` expects {types[name]} as {name!r}, got {value!r}"
            )
