"""Views: what the function of a route asks for, read from its signature."""

import inspect
import os
import sys
import typing
from collections.abc import Awaitable, Callable, Iterable
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from .errors import ExpectedAsync, RouteError

__all__ = [
    "HTTP_INPUTS",
    "LENIENT",
    "Parameter",
    "View",
    "ViewFunction",
    "expect_arguments",
    "expect_async",
    "inspect_view",
    "locate",
    "read_parameters",
]

ViewFunction = Callable[..., Awaitable[None]]
"""A view that is a function, or the method of one: `async def view(req, res, ...)`."""

Kind = inspect.Parameter

HTTP_INPUTS = ("req", "res")
"""What an HTTP view gets before all that it asks for."""

POSITIONAL = (Kind.POSITIONAL_ONLY, Kind.POSITIONAL_OR_KEYWORD)
VARIADIC = (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)

# From Python 3.14 on, reading a signature evaluates its annotations: what is not defined yet, or
# for the type checker only, is then left for later. 3 is `annotationlib.Format.FORWARDREF`.
LENIENT: dict[str, Any] = {"annotation_format": 3} if sys.version_info >= (3, 14) else {}
"""Arguments of `inspect.signature` that leave names which cannot be resolved as they are."""


class Parameter(NamedTuple):
    """One thing a view asks for by name, beyond the request and the response.

    Attributes:
        name: that of the parameter.
        annotation: what it is annotated with, `inspect.Parameter.empty` if with nothing.
        has_default: whether it may be left out.
    """

    name: str
    annotation: Any
    has_default: bool


class View:
    """A checked view, with what its signature says.

    Args:
        function: what is called.
        signature: its signature.
        owner: whose handler it is, when it is that of a class or an object.
        inputs: what it gets by position: the request and the response, or the WebSocket.
    """

    def __init__(
        self,
        function: ViewFunction,
        signature: inspect.Signature,
        *,
        owner: object = None,
        inputs: tuple[str, ...] = HTTP_INPUTS,
    ) -> None:
        self.function = function
        self.signature = signature
        self.owner = owner
        self.inputs = inputs

    @property
    def name(self) -> str:
        """The name of the function."""
        function = _original(self.function)
        return getattr(function, "__name__", type(function).__name__)

    @cached_property
    def location(self) -> str:
        """Where the function is defined: `app.py:14`, relative to the working directory."""
        return locate(self.function)

    @property
    def takes_any(self) -> bool:
        """Whether the view has `**kwargs`, and takes every route parameter."""
        return any(p.kind is Kind.VAR_KEYWORD for p in self.signature.parameters.values())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of what the view asks for, in order.

        What it gets by position, and what a `partial` has bound, is not asked for.
        """
        parameters = self.signature.parameters.values()
        given = [p.name for p in parameters if p.kind in POSITIONAL][: len(self.inputs)]
        if isinstance(self.function, partial):
            given += self.function.keywords
        return tuple(p.name for p in parameters if p.name not in given and p.kind not in VARIADIC)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the view asks for by name, in order.

        Annotations are evaluated now: not before the application starts, when all that they
        name is defined.

        Raises:
            RouteError: an annotation cannot be evaluated.
        """
        parameters = [self.signature.parameters[name] for name in self.names]
        return read_parameters(self.function, parameters, what=f"view `{self.name}`")


def inspect_view(
    function: ViewFunction, *, owner: object = None, inputs: tuple[str, ...] = HTTP_INPUTS
) -> View:
    """Check that a function can be a view, or a handler of its owner, and read its signature.

    Raises:
        ExpectedAsync: it is not an `async def` function.
        RouteError: it does not take what it gets by position, or cannot be called by name.
    """
    expect_async(function, what="view")
    signature = inspect.signature(function, **LENIENT)
    view = View(function, signature, owner=owner, inputs=inputs)
    _check_signature(view)
    return view


def expect_async(function: object, *, what: str) -> None:
    """Refuse a function that is not async; `what` names its role in the message.

    Raises:
        ExpectedAsync: with a hint at what to write instead.
    """
    if inspect.iscoroutinefunction(function):
        return
    name = getattr(function, "__name__", None) or repr(function)
    if inspect.isasyncgenfunction(function):
        cure = "It is a generator: take the `yield` out."
    elif inspect.iscoroutinefunction(_original(function)):
        cure = "It was before it was decorated: make the decorator's wrapper `async def`."
    elif inspect.isroutine(function):
        cure = f"Did you mean `async def {name}`?"
    else:
        cure = "Expected an `async def` function."
    raise ExpectedAsync(f"{what} `{name}` ({locate(function)}) is not async. {cure}")


def expect_arguments(
    function: object,
    expected: str,
    *,
    what: str,
    keywords: Iterable[str] = (),
    is_partial: bool = False,
) -> None:
    """Refuse a function that cannot be called with the arguments `expected`: `"req, res, exc"`.

    Args:
        function: what will be called.
        expected: the names of what it gets by position.
        what: how messages name its role.
        keywords: the names of what it gets by name.
        is_partial: whether it may ask for more than that.

    Raises:
        TypeError: it is not callable, or takes something else.
    """
    if not callable(function):
        raise TypeError(f"expected a function as {what}, got {function!r}")
    name = getattr(_original(function), "__name__", repr(function))
    try:
        signature = inspect.signature(function, **LENIENT)
    except ValueError:  # a few functions written in C do not tell
        return
    try:
        bind = signature.bind_partial if is_partial else signature.bind
        bind(*filter(None, expected.split(", ")), **dict.fromkeys(keywords))
    except TypeError:
        expected = ", ".join([*filter(None, [expected]), *(f"{word}=..." for word in keywords)])
        raise TypeError(
            f"{what} `{name}` ({locate(function)}) is `{name}{signature}`: expected "
            f"`{name}({expected})`"
        ) from None


def locate(function: object) -> str:
    """Return where a function is defined, as `app.py:14`; its module when that is unknown."""
    members = vars(function).values() if isinstance(function, type) else [_original(function)]
    code = next((member.__code__ for member in members if hasattr(member, "__code__")), None)
    if code is None:
        return str(getattr(function, "__module__", "unknown"))
    here = f"{os.getcwd()}{os.sep}"  # noqa: PTH109 - pathlib takes time to import
    return f"{code.co_filename.removeprefix(here)}:{code.co_firstlineno}"


def _original(function: object) -> object:
    """Return the function behind decorators and partials."""
    function = inspect.unwrap(function)  # type: ignore[arg-type] # any object will do
    return _original(function.func) if isinstance(function, partial) else function


def _check_signature(view: View) -> None:
    parameters = list(view.signature.parameters.values())
    positional = [p for p in parameters if p.kind in POSITIONAL]
    takes_rest = any(p.kind is Kind.VAR_POSITIONAL for p in parameters)
    if len(positional) < len(view.inputs) and not takes_rest:
        raise RouteError(
            f"view `{view.name}` ({view.location}) is `{view.name}{view.signature}`: expected "
            f"`{view.name}({', '.join(view.inputs)}, ...)`"
        )
    for p in positional[len(view.inputs) :]:
        if p.kind is Kind.POSITIONAL_ONLY:
            raise RouteError(
                f"view `{view.name}` ({view.location}) takes `{p.name}` by position only: "
                "parameters are passed by name. Move it behind the `/`."
            )


def read_parameters(
    function: object, parameters: Iterable[inspect.Parameter], *, what: str
) -> tuple[Parameter, ...]:
    """Return what a function asks for by name, with its annotations evaluated.

    Raises:
        RouteError: an annotation cannot be evaluated; `what` names the function in the message.
    """
    return tuple(
        Parameter(p.name, _evaluate(function, p, what=what), p.default is not Kind.empty)
        for p in parameters
    )


def _evaluate(function: object, parameter: inspect.Parameter, *, what: str) -> Any:
    """Evaluate the annotation of one parameter alone.

    Those of the others may name what is imported for the type checker only.
    """
    annotation = parameter.annotation
    if type(annotation) is type:  # such as `int`: there is nothing to evaluate
        return annotation
    holder = SimpleNamespace(__annotations__={parameter.name: annotation})
    namespace = getattr(_original(function), "__globals__", {})
    try:
        hints = typing.get_type_hints(holder, globalns=namespace, include_extras=True)
    except (NameError, AttributeError, SyntaxError, TypeError) as error:
        raise RouteError(
            f"{what} ({locate(function)}) annotates `{parameter.name}` with "
            f"`{getattr(annotation, '__forward_arg__', annotation)}`, which cannot be resolved: "
            f"{error}. Import or define it at the top of the module, outside `if TYPE_CHECKING`."
        ) from None
    return hints[parameter.name]
