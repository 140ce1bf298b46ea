"""HTTP middleware: classes that see each request before it is dispatched, and its response after.

    before_dispatch of the outermost            the last one added
      before_dispatch of the innermost          the first one added
        conversion, hooks, the view
      after_dispatch of the innermost
    after_dispatch of the outermost

They see the requests that no view answers, too: 404, 405 and OPTIONS. They do not see those of
mounted applications, which are no matter of requests and responses: ASGI middleware does.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn

from bocadillo._near_misses import find_near_miss
from bocadillo.plans import Params, Plan
from bocadillo.requests import Request
from bocadillo.responses import Response
from bocadillo.views import expect_arguments, expect_async, locate

__all__ = ["Dispatch", "Middleware", "compile_dispatch", "dispatch_plan", "refuse_result"]

Dispatch = Callable[[Request, Response, Plan, Params], Awaitable[Response]]

NAMES = ("before_dispatch", "after_dispatch")


class Middleware:
    """Act before and after the dispatching of each request, with `app.add_middleware(cls)`.

    Args:
        inner: what the middleware wraps: the next one, or the application.
        **kwargs: the arguments of `add_middleware`.
    """

    def __init__(self, inner: Any, **kwargs: Any) -> None:
        self.inner = inner
        self.kwargs = kwargs

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse methods that would fail, or never be called.

        Raises:
            ExpectedAsync: `before_dispatch` or `after_dispatch` is not `async def`.
            TypeError: one of them has other arguments, or its name is misspelled.
        """
        super().__init_subclass__(**kwargs)
        for name in NAMES:
            method = getattr(cls, name)
            expect_async(method, what="middleware method")
            expect_arguments(method, "self, req, res", what="middleware method")
        for name in vars(cls).keys() - set(NAMES):
            if near := find_near_miss(name, NAMES, cutoff=0.9):
                raise TypeError(
                    f"middleware `{cls.__name__}` ({locate(cls)}) has a method `{name}`, which "
                    f"nobody calls. Did you mean `{near}`?"
                )

    async def before_dispatch(self, req: Request, res: Response) -> Response | None:
        """Act before the request is dispatched; returning `res` ends dispatching with it.

        `after_dispatch` of this middleware and of those inside it is then skipped.
        """

    async def after_dispatch(self, req: Request, res: Response) -> Response | None:
        """Act on the response, which is not sent yet; skipped when an exception passes through."""


async def dispatch_plan(
    request: Request, response: Response, plan: Plan, params: Params
) -> Response:
    """Run a plan: what the innermost middleware wraps."""
    result = await plan.run(request, response, params)
    if result is not None:
        refuse_result(plan, result)
    return response


def refuse_result(plan: Plan, result: object) -> NoReturn:
    """Refuse what a view returned: it would be lost.

    Raises:
        TypeError: naming the view and what it returned.
    """
    raise TypeError(
        f"{plan.place} returned {result!r}: views return nothing. Set `res.text`, `res.html`, "
        "`res.json` or `res.content` instead."
    )


def compile_dispatch(
    app: Any, added: Sequence[tuple[type[Middleware], dict[str, Any]]]
) -> Dispatch:
    """Instantiate the middleware of an application, and compose what dispatches its requests."""
    inner: Any = app
    dispatch: Dispatch = dispatch_plan
    for cls, kwargs in added:
        inner = cls(inner, **kwargs)
        dispatch = _wrap(inner, dispatch)
    return dispatch


def _wrap(middleware: Middleware, inner: Dispatch) -> Dispatch:
    """Wrap one middleware around what it wraps; a method it does not define costs nothing."""
    has_before, has_after = (
        getattr(type(middleware), name) is not getattr(Middleware, name) for name in NAMES
    )
    is_innermost = inner is dispatch_plan

    async def dispatch(
        request: Request, response: Response, plan: Plan, params: Params
    ) -> Response:
        if has_before:
            early = await middleware.before_dispatch(request, response)
            if early is not None:
                return _expect_response(middleware.before_dispatch, early)
        if is_innermost:  # what `dispatch_plan` does, without its coroutine
            result = await plan.run(request, response, params)
            if result is not None:
                refuse_result(plan, result)
        else:
            response = await inner(request, response, plan, params)
        if has_after:
            late = await middleware.after_dispatch(request, response)
            if late is not None:
                return _expect_response(middleware.after_dispatch, late)
        return response

    return dispatch


def _expect_response(method: Any, value: object) -> Response:
    if not isinstance(value, Response):
        raise TypeError(
            f"`{method.__qualname__}` ({locate(method)}) returned {value!r}: expected the "
            "response, or nothing"
        )
    return value
