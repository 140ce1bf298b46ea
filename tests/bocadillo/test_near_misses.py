import pytest

from bocadillo._near_misses import ask_for_await, find_near_miss


@pytest.mark.parametrize(
    ("name", "cutoff", "found"),
    [
        ("databse", 0.6, "database"),
        ("clients", 0.6, "client"),
        ("clients", 0.99, None),
        ("queue", 0.6, None),
        ("", 0.6, None),
    ],
)
def test_name_that_looks_most_alike_is_found(name: str, cutoff: float, found: str | None) -> None:
    assert find_near_miss(name, {"database", "client"}, cutoff=cutoff) == found


async def nothing() -> None:
    raise NotImplementedError


def test_only_what_waits_to_be_awaited_is_asked_about() -> None:
    coroutine = nothing()
    assert ask_for_await(coroutine) == ". Did you forget `await`?"
    coroutine.close()
    assert ask_for_await(nothing) == ""
