"""Views: what the function of a route asks for, read from its signature."""

import inspect
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from .errors import ExpectedAsync, RouteError

__all__ = ["Parameter", "View", "ViewFunction", "expect_async", "inspect_view", "locate"]

ViewFunction = Callable[..., Awaitable[None]]

Kind = inspect.Parameter


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a view asks for by name, beyond the request and the response."""

    name: str
    annotation: Any
    has_default: bool


@dataclass(frozen=True)
class View:
    """A checked view, with what its signature says."""

    function: ViewFunction
    signature: inspect.Signature

    @property
    def name(self) -> str:
        """The name of the function."""
        return getattr(self.function, "__name__", type(self.function).__name__)

    @property
    def location(self) -> str:
        """Where the function is defined: `app.py:14`, relative to the working directory."""
        return locate(self.function)

    @property
    def takes_any(self) -> bool:
        """Whether the view has `**kwargs`, and takes every route parameter."""
        return any(p.kind is Kind.VAR_KEYWORD for p in self.signature.parameters.values())

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the view asks for by name, in order."""
        return tuple(
            Parameter(p.name, _evaluate(self, p), p.default is not Kind.empty)
            for p in list(self.signature.parameters.values())[2:]
            if p.kind not in (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)
        )


def inspect_view(function: ViewFunction) -> View:
    """Check that a function can be a view, and read its signature.

    Raises:
        ExpectedAsync: it is not an `async def` function.
        RouteError: it does not take the request and the response, or cannot be called by name.
    """
    expect_async(function, what="view")
    view = View(function, inspect.signature(function))
    _check_signature(view)
    return view


def expect_async(function: object, *, what: str) -> None:
    """Refuse a function that is not async; `what` names its role in the message.

    Raises:
        ExpectedAsync: with the hint to write `async def`.
    """
    if not inspect.iscoroutinefunction(function):
        name = getattr(function, "__name__", None) or repr(function)
        raise ExpectedAsync(
            f"{what} `{name}` ({locate(function)}) is not async. Did you mean `async def {name}`?"
        )


def locate(function: object) -> str:
    """Return where a function is defined, as `app.py:14`; its module when that is unknown."""
    code = getattr(inspect.unwrap(function), "__code__", None)  # type: ignore[arg-type] # any object will do
    if code is None:
        return str(getattr(function, "__module__", "unknown"))
    path = Path(code.co_filename)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return f"{path}:{code.co_firstlineno}"


def _check_signature(view: View) -> None:
    parameters = list(view.signature.parameters.values())
    positional = [
        p for p in parameters if p.kind in (Kind.POSITIONAL_ONLY, Kind.POSITIONAL_OR_KEYWORD)
    ]
    takes_rest = any(p.kind is Kind.VAR_POSITIONAL for p in parameters)
    if len(positional) < 2 and not takes_rest:
        raise RouteError(
            f"view `{view.name}` ({view.location}) is `{view.name}{view.signature}`: expected "
            f"`{view.name}(req, res, ...)`"
        )
    for p in positional[2:]:
        if p.kind is Kind.POSITIONAL_ONLY:
            raise RouteError(
                f"view `{view.name}` ({view.location}) takes `{p.name}` by position only: "
                "parameters are passed by name. Move it behind the `/`."
            )


def _evaluate(view: View, parameter: inspect.Parameter) -> Any:
    """Evaluate the annotation of one parameter alone.

    Those of the others may name what is imported for the type checker only.
    """
    annotation = parameter.annotation
    if not isinstance(annotation, str):
        return annotation
    holder = SimpleNamespace(__annotations__={parameter.name: annotation})
    namespace = getattr(inspect.unwrap(view.function), "__globals__", {})
    try:
        hints = typing.get_type_hints(holder, globalns=namespace, include_extras=True)
    except (NameError, AttributeError) as error:
        raise RouteError(
            f"view `{view.name}` ({view.location}) annotates `{parameter.name}` with "
            f"`{annotation}`, which cannot be resolved: {error}. Import it at the top of the "
            "module, outside `if TYPE_CHECKING`."
        ) from None
    return hints[parameter.name]
