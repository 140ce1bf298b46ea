"""Modules that declare providers: the setting `PROVIDER_MODULES`."""

from bocadillo.applications import App
from bocadillo.config import SettingsError
from bocadillo.providers import discover_providers

__all__ = ["use_providers"]


def use_providers(app: App) -> None:
    """Import the modules that declare the providers of the application.

    Settings: `PROVIDER_MODULES`, their names as in `import`; a package stands for all of its
    modules.

    Raises:
        SettingsError: there is no module of that name.
        ImportError: a module cannot import something itself.
    """
    for name in app.settings.PROVIDER_MODULES or ():
        try:
            discover_providers(name)
        except ModuleNotFoundError as error:
            if not f"{name}.".startswith(f"{error.name}."):
                raise
            raise SettingsError(
                f"setting `PROVIDER_MODULES` names {name!r}, but there is no module "
                f"{error.name!r}: expected the name of a module that `import` finds"
            ) from None
