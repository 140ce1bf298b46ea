"""An application that tells, line by line, what its providers do: run as a program by the tests."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from typing import Annotated, Any

from bocadillo import App, Request, Response, _lifetimes

__all__ = ["make_app"]

Tell = Callable[[str], None]


def make_app(tell: Tell, fault: str = "") -> App:
    """Make an application with three providers of its own, and three of each request.

    Args:
        tell: is told what happens.
        fault: where it goes wrong, such as `two up`, `two down` or `two hangs`.
    """
    app = App()
    needed: Any = Any
    for name in ("one", "two", "three"):
        needed = Annotated[Any, add_app_provider(app, name, needed, tell=tell, fault=fault)]
    for name in ("a", "b", "c"):
        needed = Annotated[Any, add_provider(app, name, needed, tell=tell)]
    add_views(app, tell)
    return app


def add_app_provider(app: App, name: str, needed: Any, *, tell: Tell, fault: str) -> Any:
    @app.provider(scope="app", name=name)
    async def provide(needed: needed = None) -> AsyncGenerator[str, None]:
        if fault == f"{name} up":
            raise OSError(fault)
        tell(f"+{name}")
        try:
            yield name
        finally:
            tell(f"-{name}")
            if fault == f"{name} down":
                raise OSError(fault)
            if fault == f"{name} hangs":
                await asyncio.sleep(60)

    return provide


def add_provider(app: App, name: str, needed: Any, *, tell: Tell) -> Any:
    @app.provider(name=name)
    async def provide(needed: needed) -> AsyncGenerator[str, None]:
        await asyncio.sleep(0)
        tell(f"+{name}")
        try:
            yield name
        finally:
            await asyncio.sleep(0.01)
            tell(f"-{name}")

    return provide


def add_views(app: App, tell: Tell) -> None:
    @app.route("/wait/{seconds}")
    async def wait(req: Request, res: Response, seconds: float, c: str) -> None:
        tell("waiting")
        await asyncio.sleep(seconds)
        res.text = "waited"

    @app.route("/stream")
    async def stream(req: Request, res: Response, c: str) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            try:
                yield "first"
                tell("waiting")
                await asyncio.sleep(3600)
            finally:
                tell("closed")


def main(fault: str, parser: str) -> None:
    """Serve with uvicorn, on a port that it chooses and logs."""
    import uvicorn

    def tell(what: str) -> None:
        print(what, flush=True)

    _lifetimes.CLEANUP_SECONDS = 0.3
    app = make_app(tell, fault)
    uvicorn.run(app, port=0, http=parser, lifespan="on", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
