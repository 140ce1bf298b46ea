"""The life of an application, from its startup to its shutdown.

Source: ASGI specification, Lifespan Protocol 2.0.
"""

from collections import deque
from typing import TYPE_CHECKING, Any

from ._wire import Wire

if TYPE_CHECKING:
    from starlette.types import Message

__all__ = ["Life"]


class Life(Wire):
    """Start an application, and shut it down."""

    def __init__(self, **options: Any) -> None:
        super().__init__("lifespan", **options)
        self._incoming: deque[Message] = deque()
        self._said: dict[str, str] = {}

    async def receive(self) -> "Message":
        await self.until(lambda: self._incoming)
        return self._incoming.popleft()

    async def send(self, message: "Message") -> None:
        self._said[message["type"]] = message.get("message", "")
        self.change()

    async def start_up(self) -> None:
        """Wait until the application has started; one that knows no lifespan has.

        Raises:
            TimeoutError: it does not start in time.
            RuntimeError: it says that it failed, and raises nothing.
            Exception: what it raised.
        """
        self._incoming.append({"type": "lifespan.startup"})
        await self.wait(lambda: self._said or self.is_over, "the application did not start")
        await self._check("startup")

    async def shut_down(self) -> None:
        """Wait until the application has shut down; what it raises is as at startup."""
        self._incoming.append({"type": "lifespan.shutdown"})
        self.change()
        await self.wait(lambda: self.is_over, "the application did not shut down")
        await self._check("shutdown")

    async def _check(self, phase: str) -> None:
        failed = f"lifespan.{phase}.failed"
        if failed in self._said:
            await self.wait(lambda: self.is_over, f"the application did not return after {failed}")
        self.raise_error()
        if failed in self._said:
            raise RuntimeError(f"{failed}: {self._said.pop(failed)}")
