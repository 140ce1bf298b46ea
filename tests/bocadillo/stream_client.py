"""A client of a stream, without a server."""

import asyncio
from typing import Any

from bocadillo.streaming import Stream, send_stream

__all__ = ["Client"]


class Client:
    """A client that leaves, or whose server cancels the request, when the test says so."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.gone = asyncio.Event()
        self.error: Exception | None = None
        self.task: asyncio.Task[None] | None = None

    async def receive(self) -> Any:
        await self.gone.wait()
        if self.error is not None:
            raise self.error
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message["body"])

    async def serve(self, stream: Stream, **options: Any) -> None:
        """Stream to this client in a task of its own, and raise what it raises."""
        before = asyncio.all_tasks()
        async with asyncio.timeout(5):
            self.task = asyncio.create_task(  # noqa: TID251 - what it raises belongs to the test
                send_stream(stream, self.receive, self.send, **options)
            )
            await asyncio.wait([self.task])
        assert asyncio.all_tasks() == before
        if not self.task.cancelled():
            assert self.task.cancelling() == 0
        await self.task
