import threading

import pytest

from bocadillo._threads import run_in_thread


async def test_function_runs_in_another_thread() -> None:
    assert await run_in_thread(threading.get_ident) != threading.get_ident()


async def test_function_gets_its_arguments_and_its_value_comes_back() -> None:
    assert await run_in_thread(divmod, 7, 2) == (3, 1)


async def test_what_the_function_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await run_in_thread(divmod, 7, 0)
