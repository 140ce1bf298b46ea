import asyncio

import anyio.to_thread
import pytest

from livedocs.browser.threads import replace_threads


async def test_work_for_threads_runs_inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anyio.to_thread, "run_sync", anyio.to_thread.run_sync)  # to be restored
    replace_threads()
    assert await anyio.to_thread.run_sync(asyncio.current_task) is asyncio.current_task()
