import pytest

from bocadillo._calling import call_handler, refuse_hook_result
from bocadillo.views import locate


async def test_handler_gets_its_arguments_and_what_it_returns_is_refused() -> None:
    calls: list[object] = []

    async def handler(first: int, *, extra: str, returned: object = None) -> object:
        calls.append((first, extra))
        return returned

    await call_handler(handler, 1, extra="x")
    with pytest.raises(TypeError) as caught:
        await call_handler(handler, 2, extra="y", returned="lost")
    assert calls == [(1, "x"), (2, "y")]
    assert str(caught.value) == (
        f"error handler `handler` ({locate(handler)}) returned 'lost': error handlers return "
        "nothing. Set `res.json` and `res.status_code`, for example."
    )


def test_result_of_a_hook_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        refuse_hook_result(call_handler, False)
    assert str(caught.value) == (
        f"hook `call_handler` ({locate(call_handler)}) returned False: hooks return nothing. To "
        "answer instead of the view, raise `HTTPError` or `Redirect`."
    )
