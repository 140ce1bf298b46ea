"""Runs: what a plan does for views that have a body, hooks or providers.

Conversion comes first: what it refuses opens nothing. Then the providers are set up, then come the
hooks and the view, and what was set up is cleaned up: before the response is sent, so that a commit
that fails is a 500, or after its last chunk when it streams.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from ._asking import Asked
from ._calling import refuse_hook_result
from ._needs import Params, make_convert, read_body
from ._providing import Providing
from ._provision import Values, set_up
from .errors import HTTPError
from .requests import Request
from .responses import Response

__all__ = ["Run", "make_async_run", "make_provided_run"]

Run = Callable[[Request, Response, Params], Awaitable[object]]
"""What a plan does with a request, the response to fill, and the text of the route parameters."""
Convert = Callable[[Request, Params], Awaitable[dict[str, Any]]]
Call = Callable[[Request, Response, dict[str, Any], Values], Awaitable[object]]


def make_async_run(asked: Asked) -> Run:
    """Make the run of a view that has a body or hooks, and no providers."""
    convert, call = _make_convert(asked), _make_call(asked)

    async def run(request: Request, response: Response, params: Params) -> object:
        return await call(request, response, await convert(request, params), {})

    return run


def make_provided_run(asked: Asked, providing: Providing) -> Run:
    """Make the run of a view that has providers."""
    if asked.provision.is_scoped:
        return _make_scoped_run(asked, providing)
    provision, begin = asked.provision, providing.begin
    convert, call = _make_convert(asked), _make_call(asked)
    is_plain = not params_are_needed(asked)

    async def run(request: Request, response: Response, params: Params) -> object:
        given = params if is_plain else await convert(request, params)
        values: Values = {"req": request, "res": response}
        if provision.app:
            values = await begin(provision, values)
        for provider, function, is_async, arguments in provision.steps:
            value = function(**{name: values[source] for name, source in arguments})
            values[provider] = await value if is_async else value
        return await call(request, response, {**given}, values)

    return run


def params_are_needed(asked: Asked) -> bool:
    """Tell whether anything must be converted, or completed for a hook."""
    needs = asked.needs
    return bool(needs.converters or needs.queries or needs.body or asked.before or asked.after)


def _make_scoped_run(asked: Asked, providing: Providing) -> Run:
    """Make the run of a view whose providers clean up, in the lifetimes of its request."""
    provision, convert, call = asked.provision, _make_convert(asked), _make_call(asked)

    async def run(request: Request, response: Response, params: Params) -> object:
        given = await convert(request, params)
        lifetimes = response.lifetimes
        error: BaseException | None = None
        result: object = None
        try:
            values = await providing.begin(provision, {"req": request, "res": response})
            await set_up(provision, values, lifetimes)
            result = await call(request, response, given, values)
        except BaseException as raised:  # noqa: BLE001 - raised below
            error = raised
        # What a view returned is refused by what called it, and providers are to see that.
        if error is not None or (result is None and not response.is_stream):
            error = await lifetimes.leave(error)
        if error is not None:
            try:
                raise error
            finally:
                del error  # its traceback refers to this frame, and so to the request
        return result

    return run


def _make_convert(asked: Asked) -> Convert:
    """Make the function that converts what a view asks for, and completes it for its hooks."""
    view, body = asked.view, asked.needs.body
    convert = make_convert(asked.needs)
    # Hooks see what the view gets, defaults included.
    optional = [parameter.name for parameter in view.parameters if parameter.has_default]
    has_hooks = bool(asked.before or asked.after)
    defaults = {name: view.signature.parameters[name].default for name in optional if has_hooks}

    async def convert_all(request: Request, params: Params) -> dict[str, Any]:
        errors: dict[str, str] = {}
        values = {**defaults, **convert(request, params, errors)}
        if body:
            await read_body(request, body, values=values, errors=errors)
        if errors:
            raise HTTPError(400, errors)
        return values

    return convert_all


def _make_call(asked: Asked) -> Call:
    """Make the function that calls a view between its hooks."""
    function: Callable[..., Awaitable[object]] = asked.view.function  # it may return something
    provided = tuple(asked.needs.providers.items())
    before, after = asked.before, asked.after
    if not before and not after:

        def call(
            request: Request, response: Response, given: dict[str, Any], values: Values
        ) -> Awaitable[object]:
            for name, provider in provided:
                given[name] = values[provider]
            return function(request, response, **given)

        return call

    async def call_with_hooks(
        request: Request, response: Response, given: dict[str, Any], values: Values
    ) -> object:
        for name, provider in provided:
            given[name] = values[provider]
        for hook, extras in before:
            more = {name: values[provider] for name, provider in extras.items()}
            result = await hook.call(request, response, given, *hook.args, **hook.kwargs, **more)
            if result is not None:
                refuse_hook_result(hook.call, result)
        returned = await function(request, response, **given)
        for hook, extras in after:
            more = {name: values[provider] for name, provider in extras.items()}
            result = await hook.call(request, response, given, *hook.args, **hook.kwargs, **more)
            if result is not None:
                refuse_hook_result(hook.call, result)
        return returned

    return call_with_hooks
