"""The application that `module:app` names: found, or an error that tells what there is."""

import importlib
import inspect
import pkgutil
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from click import ClickException

from bocadillo._near_misses import find_near_miss
from bocadillo.applications import App

__all__ = ["find_app"]


def find_app(target: str, directory: Path) -> Any:
    """Import an application.

    Args:
        target: module and variable: `app:app`, `shop.main:app`.
        directory: where modules are looked for first; it stays on `sys.path`.

    Raises:
        ClickException: there is no such module or variable, it is no application, or its module
            fails; the message tells what there is.
    """
    module_name, colon, variable = target.partition(":")
    if not (module_name and colon and variable) or module_name.endswith(".py"):
        raise ClickException(
            f"expected module:app, such as app:app, got {target!r}.{_guess(target)}"
        )
    sys.path.insert(0, str(directory.resolve()))
    module = _import_module(module_name, directory)
    app: Any = module
    for name in variable.split("."):
        if not hasattr(app, name):
            raise ClickException(_explain_missing(module, variable))
        app = getattr(app, name)
    _expect_application(app, target)
    return app


def _guess(target: str) -> str:
    """Suggest what was meant by the path of a file, or by a module alone."""
    module, _, variable = target.replace("\\", "/").partition(":")
    name = module.removeprefix("./").removesuffix(".py").replace("/", ".")
    return f" Did you mean {name}:{variable or 'app'}?" if name else ""


def _import_module(name: str, directory: Path) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - whatever a module raises, it is shown
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing and f"{name}.".startswith(f"{missing}."):
            raise ClickException(_explain_missing_module(name, directory)) from None
        raise ClickException(
            f"module {name!r} fails when it is imported:\n\n{_format_failure(error)}"
        ) from None


def _explain_missing_module(name: str, directory: Path) -> str:
    parent = directory.joinpath(*name.split(".")[:-1])
    prefix = name.rpartition(".")[0]
    names = sorted(
        f"{prefix}.{module.name}" if prefix else module.name
        for module in pkgutil.iter_modules([str(parent)])
    )
    if near := find_near_miss(name, names):
        cure = f"Did you mean {near!r}?"
    elif names:
        cure = f"It has {_enumerate(names)}."
    else:
        cure = "It has no modules: go to the folder of your application, or name it with --app-dir."
    return f"there is no module {name!r} in {str(parent.resolve())!r}. {cure}"


def _format_failure(error: Exception) -> str:
    """Return the traceback without the calls that lead to the module."""
    frames = error.__traceback__
    while frames is not None and _is_importing(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames)).rstrip()


def _is_importing(filename: str) -> bool:
    return filename in (__file__, importlib.__file__) or filename.startswith("<frozen importlib")


def _explain_missing(module: ModuleType, variable: str) -> str:
    place = f"module {module.__name__!r} ({module.__file__})"
    values = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    apps = [name for name, value in values.items() if isinstance(value, App)]
    near = find_near_miss(variable, apps or values) or next(iter(apps), None)
    cure = f"Did you mean {module.__name__}:{near}?" if near else "Write `app = App()` in it."
    others = f" It has {_enumerate(apps)}." if len(apps) > 1 else ""
    return f"{place} has no {variable!r}.{others} {cure}"


def _expect_application(app: Any, target: str) -> None:
    """Refuse what no server can call: values, classes, and functions that make applications."""
    if inspect.isclass(app):
        problem = f"the class {app.__qualname__!r}"
    elif inspect.ismodule(app):
        problem = f"the module {app.__name__!r}"
    elif not callable(app):
        problem = repr(app)
    elif inspect.isfunction(app) and not inspect.signature(app).parameters:
        variable = target.partition(":")[2]
        raise ClickException(
            f"expected an application as {target}, got the function `{variable}()`. Does it make "
            f"one? Then write `app = {variable}()` in its module, and name that."
        )
    else:
        return
    raise ClickException(f"expected an application as {target}, such as `App()`, got {problem}")


def _enumerate(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
