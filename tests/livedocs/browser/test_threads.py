import asyncio

import anyio.to_thread
import pytest

from livedocs.browser.threads import replace_threads


async def test_work_for_threads_runs_inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anyio.to_thread, "run_sync", anyio.to_thread.run_sync)  # to be restored
    monkeypatch.setattr(asyncio, "to_thread", asyncio.to_thread)
    replace_threads()
    assert await asyncio.to_thread(asyncio.current_task) is asyncio.current_task()
    assert await asyncio.to_thread(int, "10", base=2) == 2
    assert await anyio.to_thread.run_sync(asyncio.current_task) is asyncio.current_task()
